"""The three pages inside step 4: each saved by itself, and nothing lost on the way."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from tests.handlers.apply.conftest import DETAILS, Applicant, errors, the_application

TITLES = {"pictures": "证件照", "particulars": "基本信息", "resume": "工作与简历"}


def turn(applicant: Applicant, here: str, there: str, **other: str) -> TestResponse:
    """Go from one page to another one with everything filled in."""
    return applicant.send(f"details?page={here}", **{**DETAILS, **other}, go="", do=f"page:{there}")


def shown(page: str) -> list[str]:
    """The titles of the pages that are not hidden."""
    parts = re.split(r'<div class="stack-l"( ?hidden)?>', page)
    held = zip(parts[1::2], parts[2::2], strict=True)
    return [
        name
        for hidden, part in held
        if not hidden
        for name, title in TITLES.items()
        if f">{title}</h2>" in part
    ]


@pytest.mark.manual("W4.0")
@pytest.mark.parametrize("page", TITLES)
def test_an_address_shows_one_page_and_carries_all(applicant: Applicant, page: str) -> None:
    applicant.until("details")
    text = applicant.open(f"details?page={page}")
    assert shown(text) == [page]
    assert 'name="photo"' in text
    assert 'name="employer"' in text


@pytest.mark.manual("W4.0")
def test_pages_are_gone_through_and_nothing_is_lost(applicant: Applicant) -> None:
    applicant.until("details")
    assert shown(applicant.open("details")) == ["pictures"]
    applicant.draw()
    assert shown(applicant.open("details")) == ["particulars"]
    answer = turn(applicant, "particulars", "resume", employer="", household_place="浙江省衢州市府山街道")
    assert answer.location == "/apply/details?page=resume"
    text = applicant.open("details?page=resume")
    assert shown(text) == ["resume"]
    assert 'value="浙江省衢州市府山街道"' in text
    assert turn(applicant, "resume", "pictures", employer="").location == "/apply/details?page=pictures"
    assert applicant.detail().location == "/apply/check"


@pytest.mark.manual("W4.0")
def test_a_later_page_is_reached_over_sound_answers(applicant: Applicant) -> None:
    applicant.until("details")
    assert "请上传证件照" in errors(turn(applicant, "pictures", "particulars"))
    applicant.draw()
    refused = turn(applicant, "particulars", "resume", postcode="1", employer="")
    assert "邮政编码为 6 位数字" in errors(refused)
    assert "工作单位" not in errors(refused)
    assert shown(refused.get_data(as_text=True)) == ["particulars"]
    assert turn(applicant, "particulars", "pictures", postcode="1").status_code == 303
    assert (the_application(1).typed or {})["details"]["postcode"] == "1"


@pytest.mark.manual("W4.0")
def test_what_is_wrong_on_a_hidden_page_is_shown(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    refused = applicant.send("details?page=resume", **{**DETAILS, "postcode": "1", "employer": ""})
    assert shown(refused.get_data(as_text=True)) == ["particulars", "resume"]


def test_changing_a_registered_application_shows_everything(applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.send("reminder")
    assert shown(applicant.open(f"applications/{the_application(1).id}/change/details")) == list(TITLES)
