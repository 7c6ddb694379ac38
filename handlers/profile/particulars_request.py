"""Particulars that one cannot change any more: what they are to be, with a picture of the document."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, redirect, url_for
from marshmallow import Schema, ValidationError

from domain.accounts import account_requests
from domain.accounts.account_requests import AccountClaim
from handlers.account.requests import request_forms, standing_pages
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.formfields import join_dates
from handlers.profile.blueprint import pages
from handlers.profile.corrections import CORRECTIONS, LocalCorrection
from models import db
from models.base.database import read_once
from models.persons.people import Person
from models.persons.states import RequestSort
from translations import lazy_gettext
from workflows.clock import now

NOTHING_CHANGED = lazy_gettext("填写的内容与现在的信息相同，没有需要更正的。请修改要更正的项目")
FIELDS = ("name", "sex", "birth_date", "ethnicity", "local_id_number", "pass_number")


@pages.route("/particulars/correction", methods=["GET", "POST"])
@allow("applicant")
@show("profile/request_particulars.html")
@accept(lambda: _choose_schema(), read=lambda: _read_form(), refusals="statement")
def request_particulars(sent: Submission) -> Page:
    """Ask for other particulars; those that stay as they are need no request."""
    person = _current_person()
    if not sent.is_accepted:
        return {"form": sent.view(_read_values(person)), "drawn": _choose_schema().fields}
    wanted = {
        name: value for name, value in _plain(sent.answers).items() if value != _read_values(person)[name]
    }
    if not wanted:
        raise ValidationError(str(NOTHING_CHANGED), "name")
    claim = AccountClaim(
        document_kind=person.document_kind or "",
        document_number=person.document_number or "",
        name=wanted.get("name", person.name),
        mobile=person.mobile or "",
        statement=sent.answers["statement"],
        sort=RequestSort.PARTICULARS,
        wanted=wanted,
    )
    picture = request_forms.unpack_picture(sent.answers["picture"])
    code = account_requests.open_request(claim, picture, now()).code
    db.session.commit()
    standing_pages.remember_code(code)
    return redirect(url_for("account.contested", code=code), 303)


def _read_form() -> dict[str, Any]:
    typed = request_forms.read_with_picture()
    return dict(join_dates(typed, "birth_date")) if "birth_date-year" in typed else typed


def _choose_schema() -> Schema:
    return CORRECTIONS.get(_current_person().document_kind or "", LocalCorrection)()


def _plain(answers: dict[str, Any]) -> dict[str, str]:
    known = {name: answers[name] for name in FIELDS if name in answers}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in known.items()}


def _read_values(person: Person) -> dict[str, Any]:
    held = {name: getattr(person, name) or "" for name in FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in held.items()}


def _current_person() -> Person:
    number = g.principal.person_id
    return read_once(("person", number), lambda: db.session.get_one(Person, number))
