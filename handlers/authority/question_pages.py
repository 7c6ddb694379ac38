"""常见问题 as staff keep them: written, put in order, published and withdrawn, in the browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, fields, validate

from domain.reach import scope
from domain.site import questions as site_questions
from handlers.authority.blueprint import pages
from handlers.authority.schemas import StaffSchema
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.authorities.guidance import Question, select_kept_questions
from models.authorities.places import Authority, select_offices
from models.authorities.states import QuestionState
from models.base.errors import NotFound
from models.cases.notices import AuditEntry
from translations import gettext, lazy_gettext
from workflows.clock import now

PLANNERS, KEEPERS = frozenset({"authority.plans"}), frozenset({"admin"})
EDITORS = PLANNERS | KEEPERS
STATES = {
    QuestionState.DRAFT: (lazy_gettext("草稿"), ""),
    QuestionState.PUBLISHED: (lazy_gettext("已公布"), "ok"),
    QuestionState.WITHDRAWN: (lazy_gettext("已撤下"), "warn"),
}
ACTS = {
    "publish": (QuestionState.PUBLISHED, lazy_gettext("已公布，所有人都能看到。")),
    "withdraw": (QuestionState.WITHDRAWN, lazy_gettext("已撤下，只有工作人员能看到。")),
}


def _line(label: str, most: int, hint: str = "") -> fields.String:
    needed = gettext("请填写%(label)s", label=label)
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=needed),
            validate.Length(max=most, error=gettext("%(label)s不超过 %(most)s 字", label=label, most=most)),
        ],
        error_messages={"required": needed},
        metadata={"label": label, "hint": hint},
    )


class QuestionSchema(StaffSchema):
    """A question with its answer."""

    topic = _line(lazy_gettext("类别"), 40, lazy_gettext("同一类别的问题排在一起，如：账号、报名、证书"))
    text = _line(lazy_gettext("问题"), 200)
    answer = _line(lazy_gettext("答复"), 4000, lazy_gettext("空一行另起一段"))
    place = fields.String(
        load_default="",
        validate=validate.Regexp(r"[0-9]{0,10}\Z", error=lazy_gettext("请选择适用范围")),
        metadata={"label": lazy_gettext("适用范围")},
    )


@pages.get("/questions")
@allow(*EDITORS)
@show("authority/questions.html")
def questions() -> Page:
    """The questions in the person's care, in the order in which everybody reads them."""
    return {"rows": _list_kept(), "states": STATES}


@pages.route("/questions/new", methods=["GET", "POST"])
@allow(*EDITORS)
@show("authority/question.html")
@accept(QuestionSchema)
def new_question(sent: Submission) -> Page:
    """Write a question; it is a draft until it is published."""
    if not sent.is_accepted:
        return _build_page(None, sent)
    kept = _list_kept()
    position = max((one.position for one in kept), default=0) + 1
    made = Question(position=position, state=QuestionState.DRAFT, changed_at=now())
    _write(made, sent.answers)
    db.session.add(made)
    db.session.flush()
    _note("question.written", made)
    db.session.commit()
    flash(gettext("已保存为草稿，核对后公布。"), "ok")
    return redirect(url_for("authority.question", question_id=made.id), 303)


@pages.route("/questions/<int:question_id>", methods=["GET", "POST"])
@allow(*EDITORS)
@show("authority/question.html")
@accept(QuestionSchema)
def question(sent: Submission, question_id: int) -> Page:
    """Read or change one question; what is published already is read by everybody as it was changed."""
    found = _find_kept(question_id)
    sent = _tell_of_change(found, sent)
    if not sent.is_accepted:
        return _build_page(found, sent), sent.status
    _write(found, sent.answers)
    _note("question.changed", found)
    db.session.commit()
    flash(gettext("已保存。"), "ok")
    return redirect(url_for("authority.question", question_id=question_id), 303)


@pages.post("/questions/<int:question_id>/state")
@allow(*EDITORS)
def set_question_state(question_id: int) -> ResponseReturnValue:
    """Publish a question, or withdraw it."""
    found = _find_kept(question_id)
    state, told = ACTS.get(request.form.get("act", ""), (None, ""))
    if state is None:
        raise NotFound
    if found.state != state:
        found.state = state
        found.changed_at, found.changed_by = now(), g.principal.person_id
        _note(f"question.{state}", found)
        db.session.commit()
    flash(str(told), "ok")
    return redirect(url_for("authority.question", question_id=question_id), 303)


@pages.post("/questions/<int:question_id>/move")
@allow(*EDITORS)
def move_question(question_id: int) -> ResponseReturnValue:
    """Put a question before the one above it, or after the one below."""
    found, kept = _find_kept(question_id), _list_kept()
    site_questions.move_question(found, kept, -1 if request.form.get("to") == "up" else 1)
    _note("question.moved", found)
    db.session.commit()
    return redirect(url_for("authority.questions", _anchor=f"question-{question_id}"), 303)


def _build_page(found: Question | None, sent: Submission) -> dict[str, Any]:
    values = {"place": _own_places()[0][0]}
    if found is not None:
        values = {
            "topic": found.topic,
            "text": found.text,
            "answer": found.answer,
            "place": str(found.authority_id or ""),
        }
    return {
        "form": sent.view(values),
        "question": found,
        "stamp": found.stamp if found else "",
        "states": STATES,
        "places": _own_places(),
        "topics": list(dict.fromkeys(one.topic for one in _list_kept())),
    }


def _write(found: Question, answers: dict[str, Any]) -> None:
    found.topic, found.text = answers["topic"], answers["text"]
    paragraphs = [part.strip() for part in answers["answer"].split("\n\n")]
    found.answer = "\n\n".join(part for part in paragraphs if part)
    found.authority_id = _read_place(answers["place"])
    found.changed_at, found.changed_by = now(), g.principal.person_id


def _tell_of_change(found: Question, sent: Submission) -> Submission:
    """Refuse a form of somebody who has not seen the question as it is; what they typed stays."""
    if request.form.get("stamp", found.stamp) == found.stamp:
        return sent
    told = {"_schema": [site_questions.QuestionChanged().sentence]}
    return replace(sent, is_accepted=False, errors={**sent.errors, **told}, status=409)


def _own_places() -> list[tuple[str, str]]:
    """Where the person's questions may be about: their authorities, and the platform for its keepers."""
    platform = [("", gettext("整个平台"))] if _keeps_platform() else []
    return platform + [(str(one.id), one.name) for one in _own_authorities()]


def _own_authorities() -> list[Authority]:
    mine = scope.list_authorities(g.principal, EDITORS)
    found = list(db.session.scalars(select_offices()))
    return found if mine is None else [one for one in found if one.id in mine]


def _read_place(text: str) -> int | None:
    if text not in dict(_own_places()):
        raise ValidationError(gettext("请选择适用范围"), "place")
    return row_numbers.read_number(text) if text else None


def _list_kept() -> list[Question]:
    mine = scope.list_authorities(g.principal, EDITORS)
    return list(db.session.scalars(select_kept_questions(mine, platform=_keeps_platform())))


def _find_kept(number: int) -> Question:
    found = next((one for one in _list_kept() if one.id == number), None)
    if found is None:
        raise NotFound
    return found


def _keeps_platform() -> bool:
    return bool(g.principal.roles & KEEPERS)


def _note(action: str, about: Question) -> None:
    detail = {"question": about.id, "text": about.text, "state": str(about.state)}
    entry = AuditEntry(at=now(), actor_id=g.principal.person_id, action=action, detail=detail)
    db.session.add(entry)
