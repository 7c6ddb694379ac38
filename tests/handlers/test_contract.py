"""What stands above a page: the form is read, refused and shown again in one way everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from handlers.page.attachments import AttachedFiles
from handlers.page.contract import ON_THE_PAGE, ShowAgain, Submission, accept, ask
from handlers.page.queries import QuerySchema, RowReference, SearchWords
from models import db
from models.base.database import writing
from models.base.errors import Changed, DomainError, Invalid, NotFound
from models.persons.people import Person
from models.persons.states import PersonKind
from workflows.clock import now


class LeaveSchema(Schema):
    """How long somebody is away."""

    class Meta:
        """Pages send more."""

        unknown = EXCLUDE

    days = fields.Integer(required=True, error_messages={"required": "请填写天数"})
    reason = fields.String(load_default="", validate=validate.Length(max=5, error="太长"))
    password = fields.String(load_default="")


def send(app: Flask, handler: Any, typed: dict[str, Any] | None, **places: Any) -> Any:
    """Call a handler as a browser would: None opens its page."""
    method = "GET" if typed is None else "POST"
    with app.test_request_context(method=method, data=typed):
        g.retry_after = 0
        return handler(**places)


def make(*, raises: Exception | None = None, **options: Any) -> Any:
    """A page whose body does nothing but refuse."""

    @accept(LeaveSchema, **options)
    def leave(sent: Submission, **places: Any) -> Any:
        if not sent.is_accepted:
            return {"shown": True, **places}
        if raises is not None:
            raise raises
        return "done"

    return leave


def test_a_page_that_is_opened_has_an_empty_form(app: Flask) -> None:
    page, status = send(app, make(), None)
    assert (page["shown"], page["form"].errors, page["form"].value("days"), status) == (True, {}, "", 200)


def test_a_form_that_can_be_read_reaches_the_body(app: Flask) -> None:
    assert send(app, make(), {"days": "3"}) == "done"


def test_a_form_that_cannot_be_read_is_shown_again_with_all_that_was_typed_but_passwords(app: Flask) -> None:
    page, status = send(app, make(), {"reason": "长长的理由", "password": "secret"}, number=7)
    assert (status, page["number"]) == (422, 7)
    assert page["form"].errors == {"days": ("请填写天数",)}
    assert page["form"].value("reason") == "长长的理由"
    assert "secret" not in repr(page["form"])


@pytest.mark.parametrize(
    ("raised", "options", "errors", "told", "status"),
    [
        (ValidationError("不行", "days"), {}, {"days": ("不行",)}, None, 422),
        (Invalid({"days": ["不行"]}), {}, {"days": ("不行",)}, None, 422),
        (ShowAgain({"days": ["不行"]}, 503, down=True), {}, {"days": ("不行",)}, None, 503),
        (Changed("变了"), {"refusals": "reason"}, {"reason": ("变了",)}, None, 409),
        (Changed("变了"), {"refusals": ON_THE_PAGE}, {}, "变了", 409),
    ],
)
def test_what_the_body_refuses_is_told_on_the_same_page(
    app: Flask, raised: Exception, options: dict[str, Any], errors: Any, told: str | None, status: int
) -> None:
    page, shown = send(app, make(raises=raised, **options), {"days": "3"})
    assert (page["form"].errors, page.get("refusal"), shown) == (errors, told, status)
    assert page["form"].value("days") == "3"
    assert page.get("down") is (True if isinstance(raised, ShowAgain) else None)


class Elsewhere(DomainError):
    """A refusal that names the question it is about."""

    field = "password"
    sentence = "请先验证"


class Gone(DomainError):
    """A page that has run out."""

    status = 410
    sentence = "页面已经过期"


def test_a_refusal_that_names_its_question_is_told_there(app: Flask) -> None:
    page, _ = send(app, make(raises=Elsewhere(), refusals="days"), {"days": "3"})
    assert page["form"].errors == {"password": ("请先验证",)}


@pytest.mark.parametrize(
    ("raised", "options"),
    [(Changed(), {}), (NotFound(), {"refusals": ON_THE_PAGE}), (Gone(), {"refusals": "days"})],
)
def test_what_is_not_about_the_form_has_the_page_that_all_refusals_have(
    app: Flask, raised: DomainError, options: dict[str, Any]
) -> None:
    with pytest.raises(type(raised)):
        send(app, make(raises=raised, **options), {"days": "3"})


def test_nothing_of_a_refused_form_is_written(app: Flask) -> None:
    @accept(LeaveSchema)
    def leave(sent: Submission) -> Any:
        if sent.is_accepted:
            values = {"kind": PersonKind.STAFF, "login": "x", "name": "某人", "password_hash": ""}
            db.session.add(Person(**values, created_at=now()))
            db.session.flush()
            raise ValidationError("不行", "days")
        return {"people": db.session.query(Person).count()}

    writing.set(True)
    page, _ = send(app, leave, {"days": "3"})
    writing.set(None)
    assert page["people"] == 0


def test_a_button_that_asks_for_something_else_is_judged_by_nothing(app: Flask) -> None:
    pressed = []

    @accept(LeaveSchema, buttons=("do=keep", "resend"))
    def leave(sent: Submission) -> Any:
        if not sent.is_accepted:
            return {}
        pressed.append((sent.button, sent.answers.get("days")))
        return "kept"

    assert send(app, leave, {"do": "keep", "days": "many"}) == "kept"
    assert send(app, leave, {"resend": "yes"}) == "kept"
    assert pressed == [("keep", "many"), ("resend", None)]
    assert send(app, leave, {"do": "send", "days": "many"})[1] == 422


def test_what_is_wrong_with_files_and_answers_is_told_in_one_round(app: Flask) -> None:
    bad = AttachedFiles(uploads=(), problems=("文件已损坏",), field="proof")
    page, _ = send(app, make(files=lambda: bad), {"days": ""})
    assert page["form"].errors == {"days": ("请填写天数",), "proof": ("文件已损坏",)}


def test_the_form_may_depend_on_the_address(app: Flask) -> None:
    class Other(LeaveSchema):
        """Another form."""

        days = fields.Integer(required=True, error_messages={"required": "请填写另一个天数"})

    @accept(lambda sort: Other() if sort == "other" else LeaveSchema())
    def leave(sent: Submission, sort: str) -> Any:
        return {}

    assert send(app, leave, {}, sort="other")[0]["form"].errors == {"days": ("请填写另一个天数",)}
    assert send(app, leave, {}, sort="first")[0]["form"].errors == {"days": ("请填写天数",)}


class LeaveQuery(QuerySchema):
    """Whose leave."""

    words = SearchWords(data_key="q", most=4)
    person = RowReference()


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/", {"words": "", "person": None}),
        ("/?q= 张三 &person=3&next=/", {"words": "张三", "person": 3}),
        ("/?q=很长很长的话&person=99999999999999", {"words": "很长很长", "person": None}),
        ("/?person=-1", {"words": "", "person": None}),
    ],
)
def test_what_is_wrong_in_an_address_counts_as_not_asked(
    app: Flask, address: str, asked: dict[str, Any]
) -> None:
    @ask(LeaveQuery)
    def leave(asked: dict[str, Any]) -> Any:
        return asked

    with app.test_request_context(address):
        assert leave() == asked


def test_a_form_without_a_schema_is_taken_as_it_was_typed(app: Flask) -> None:
    @accept()
    def task(sent: Submission) -> Any:
        return dict(sent.answers)

    typed = MultiDict([("verdict", "yes"), ("csrf_token", "x"), ("rows.0.name", "a"), ("rows.1.name", "b")])
    page, _ = send(app, task, typed)
    form = page.pop("form")
    assert page == {"verdict": "yes", "rows": [{"name": "a"}, {"name": "b"}]}
    assert form.value("verdict") == "yes"
