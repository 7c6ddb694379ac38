"""个人身份信息: completing it, and the real-name check."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from domain.accounts import email_proofs, identity_checks
from domain.outside.records import register_records
from domain.rules import eligibility
from domain.wording import dates
from handlers.account.proofs import identity_check, identity_documents
from handlers.entry import rate_limits
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.formfields import FormView
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.overview import VERIFICATION
from handlers.profile.records import record_locks, schemas
from models import db
from models.base import codes as code_lists
from models.base.database import read_once
from models.persons.people import Person
from models.persons.states import Verification
from translations import gettext, lazy_gettext
from workflows.clock import now

SCHEMAS = {"resident_id": schemas.Ethnicity, "residence_permit": schemas.PermitHolder}
CONTRADICTS_NUMBER = lazy_gettext("与证件号码不一致，请核对")
OUTCOME_MESSAGES = {
    "verified": ("ok", lazy_gettext("实名核验通过。")),
    "mismatch": ("bad", lazy_gettext("实名核验没有通过，姓名与证件号码不一致。")),
    "unavailable": ("warn", lazy_gettext("核验库暂时无法连接，这次没有计入次数，请稍后重新核验。")),
    "limited": (
        "warn",
        lazy_gettext(
            "核验库今天不再核验您的证件号码，可能有人多次填错姓名。这次没有计入次数，请明天重新核验。"
        ),
    ),
}


class NameChecksSpent(rate_limits.TooMany):
    """The register has answered three times today."""

    sentence = lazy_gettext("今天已经核验 3 次，请 %(wait)s后再试。")


@pages.route("/particulars", methods=["GET", "POST"])
@allow("applicant")
@show("profile/particulars.html")
@accept(lambda: _choose_schema(_current_person()), dates=("birth_date",))
def particulars(sent: Submission) -> Page:
    """Keep what was filled in, unless an application stands on it."""
    person = _current_person()
    if not sent.is_accepted:
        return _build_page(person) | {"form": sent.view(_read_values(person))}
    _refuse_contrary(person, sent.answers)
    _refuse_locked(person, sent.answers)
    with record_locks.carry_over_changes():
        for name, value in sent.answers.items():
            setattr(person, name, value)
    db.session.commit()
    flash(gettext("个人身份信息已保存。"), "ok")
    return redirect_back("profile.particulars")


@pages.post("/particulars/verify")
@allow("applicant")
def verify() -> ResponseReturnValue:
    """Ask the identity register again, under a corrected name if one is typed; three answers a day."""
    known = register_records.read_holder(g.principal.person_id)
    name = identity_documents.normal_name(request.form.get("name", "")) or known.name
    if problem := identity_documents.name_problem(name):
        return _show_name_refusal(name, problem)
    asked = replace(known, name=name)
    try:
        outcome = identity_check.check_identity(asked, NameChecksSpent, "person", str(g.principal.person_id))
        _keep_verification(outcome, known, name)
    except rate_limits.TooMany as refusal:
        flash(refusal.sentence, "warn")
        return redirect_to_page("profile.particulars")
    except register_records.HolderChanged as refusal:
        db.session.rollback()
        return _show_name_refusal(name, refusal.sentence)
    state, words = OUTCOME_MESSAGES[outcome]
    if name != known.name and outcome != "verified":
        return _show_name_refusal(name, words)
    flash(words, state)
    return redirect_to_page("profile.particulars")


def _keep_verification(outcome: str, asked_of: register_records.Holder, name: str) -> None:
    """The name counts that the register knows; a name that is verified is changed at the office only."""
    person = register_records.lock_holder(g.principal.person_id, asked_of)
    if not person.is_identified:
        person.verification = Verification("unavailable" if outcome == "limited" else outcome)
        person.verified_at = now() if outcome == "verified" else None
        person.name = name if outcome == "verified" else person.name
        _follow_check(person, outcome, name)
    db.session.commit()


def _follow_check(person: Person, outcome: str, name: str) -> None:
    """A check that goes on by itself ends when the register knows the name, and begins when it is silent."""
    check = identity_checks.find_open_check(person.id)
    if outcome == "verified" and check is not None:
        identity_checks.settle_check(check, name)
    elif outcome in ("unavailable", "limited") and check is None and name == person.name:
        identity_checks.open_check(person, name, now(), said=outcome)


def _show_name_refusal(name: str, problem: str) -> ResponseReturnValue:
    person = _current_person()
    if person.is_identified:  # the page has no input for a name that is verified
        flash(problem, "bad")
        return redirect_to_page("profile.particulars")
    schema = _choose_schema(person)
    form = FormView.refused({**_read_values(person), "name": name}, {"name": [problem]}, schema)
    return render_template("profile/particulars.html", form=form, **_build_page(person)), 422


def _refuse_contrary(person: Person, answers: dict[str, Any]) -> None:
    # A residence permit's number tells both, as an identity card's does.
    told = identity_documents.sex_and_birth(person.document_kind or "", person.document_number or "")
    known = dict(zip(("sex", "birth_date"), told, strict=True))
    wrong = [name for name, value in known.items() if value and name in answers and answers[name] != value]
    if wrong:
        raise ValidationError({name: [CONTRADICTS_NUMBER] for name in wrong})


def _refuse_locked(person: Person, answers: dict[str, Any]) -> None:
    reason = record_locks.why_particulars_locked(person.id)
    changed = [name for name, value in answers.items() if getattr(person, name) not in (None, "", value)]
    if reason and changed:
        raise ValidationError({name: [reason] for name in changed[:1]})


def _current_person() -> Person:
    number = g.principal.person_id
    return read_once(("person", number), lambda: db.session.get_one(Person, number))


def _choose_schema(person: Person) -> Schema:
    return SCHEMAS.get(person.document_kind or "", schemas.LocalHolder)()


def _read_values(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in _choose_schema(person).fields}


def _build_page(person: Person) -> dict[str, Any]:
    return {
        "person": person,
        "known": _list_fixed_particulars(person),
        "missing": eligibility.missing_particulars(person),
        "state": VERIFICATION[person.verification],
        "locked": record_locks.find_particulars_use(person.id),
        "check": identity_checks.find_newest_check(person.id),
        "unproved": email_proofs.find_pending_proof(person.id),
    }


def _list_fixed_particulars(person: Person) -> list[tuple[str, str]]:
    told = [
        (gettext("姓名"), person.name),
        (gettext("证件类型"), code_lists.DOCUMENT_KINDS.get(person.document_kind or "", "")),
        (gettext("证件号码"), person.document_number or ""),
    ]
    if person.document_kind == "resident_id":
        told += [
            (gettext("性别"), code_lists.SEXES.get(person.sex or "", "")),
            (gettext("出生日期"), dates.format_day(person.birth_date)),
        ]
    return told
