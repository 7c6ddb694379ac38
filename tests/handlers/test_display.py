"""Numbers and masks as lists show them; forms as they came back."""

from __future__ import annotations

import pytest
from marshmallow import Schema, ValidationError, fields
from werkzeug.datastructures import MultiDict

from domain.wording import masking
from handlers.page import display
from handlers.page.formfields import FormView, join_dates


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("330802200403120024", "3308**********0024"),
        ("H08341234", "H0834****"),
        ("12345678", "1234****"),
        ("", ""),
    ],
)
def test_a_document_is_masked(number: str, shown: str) -> None:
    assert masking.mask_document(number) == shown


def test_phone_and_address_are_masked() -> None:
    assert masking.mask_phone("13805700126") == "138****0126"
    assert masking.mask_phone("123") == "***"
    assert masking.mask_email("zheng@example.cn") == "z***@example.cn"


def test_numbers_are_grouped() -> None:
    assert masking.group_registration_number("2604003157") == "2604 0031 57"
    assert masking.group_document_number("330802200403120024") == "3308 0220 0403 12 0024"
    assert display.format_thousands(1284) == "1,284"
    assert display.format_file_size(497664) == "486 KB"
    assert display.format_file_size(1_258_291) == "1.2 MB"


@pytest.mark.parametrize(
    ("page", "pages", "numbers"),
    [(1, 1, [1]), (2, 7, [1, 2, 3, None, 7]), (5, 9, [1, None, 4, 5, 6, None, 9]), (3, 3, [1, 2, 3])],
)
def test_a_pager_shows_the_ends_and_the_neighbours(page: int, pages: int, numbers: list[int | None]) -> None:
    assert display.page_numbers(page, pages) == numbers


class RowSchema(Schema):
    """A row of the résumé."""

    school = fields.String(required=True)


class FormSchema(Schema):
    """A form with rows and a list."""

    name = fields.String(required=True, metadata={"label": "姓名", "hint": "与证件一致"})
    resume = fields.List(fields.Nested(RowSchema))
    reasons = fields.List(fields.String())


def _refused(typed: dict[str, object]) -> FormView:
    with pytest.raises(ValidationError) as refusal:
        FormSchema().load(typed)
    return FormView.refused(typed, refusal.value.normalized_messages(), FormSchema())


def test_errors_of_rows_have_the_names_of_their_inputs() -> None:
    form = _refused({"resume": [{"school": "衢州第二中学"}, {}]})
    assert list(form.errors) == ["name", "resume.1.school"]
    row = form.field("resume.1.school")
    assert row.id == "resume-1-school"
    assert row.errors


def test_what_was_typed_comes_back() -> None:
    form = _refused({"resume": [{"school": "衢州第二中学"}]})
    assert form.field("resume.0.school").value == "衢州第二中学"
    assert form.field("resume.7.school").value == ""


def test_labels_come_from_the_schema_unless_the_page_says_otherwise() -> None:
    form = FormView.blank(FormSchema(), {"name": "郑雨桐"})
    assert (form.field("name").label, form.field("name").hint) == ("姓名", "与证件一致")
    assert form.field("name", label="收件人").label == "收件人"


def test_a_name_sent_twice_becomes_a_list() -> None:
    typed = MultiDict([("reasons", "1"), ("reasons", "2"), ("name", "x")])
    form = FormView.refused(typed, {"_schema": ["请先领取"]}, FormSchema())
    assert form.value("reasons") == ["1", "2"]
    assert form.value("name") == "x"
    assert form.errors == {"_schema": ("请先领取",)}


def test_what_is_not_known_is_an_empty_field() -> None:
    form = FormView.blank(FormSchema(), {"name": None, "resume": [{"school": None}]})
    assert (form.value("name"), form.value("resume.0.school")) == ("", "")


def test_three_boxes_become_one_date() -> None:
    typed = MultiDict({"born-year": "2004", "born-month": " 3", "born-day": "12", "name": "x"})
    assert join_dates(typed, "born", "examined") == {"name": "x", "born": "2004-03-12", "examined": ""}


def test_a_half_filled_date_stays_as_it_was_typed() -> None:
    assert join_dates({"born-year": "2004", "born-month": "", "born-day": "x"}, "born") == {"born": "2004--x"}
