"""The end of registering: the number is free, the register knows the name, and the account is made.

A register that says no makes no account, so that nobody locks a number under a wrong name. One that is silent
makes an account that can do nothing before it is verified; it locks no number either, as it can be contested.
One that answers no more for a number today, as somebody has tried too many names, is silent about whoever
comes next: the registration stays proved, and the account without an answer is theirs for the asking.

What was verified is what is made. The same registration may be sent from two windows, and the register may
take its time over one of them: what the other one changed meanwhile was never verified.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from domain.accounts import email_proofs, identity_checks
from domain.outside.records.register_records import Holder
from domain.site import agreed_texts
from handlers.account.proofs import identity_check, identity_documents, sessions
from handlers.account.proofs.schemas import DocumentSchema
from handlers.account.registration import pending_registrations
from handlers.entry import rate_limits
from handlers.page.formfields import FormView
from models import db
from models.persons.people import Person
from models.persons.states import PersonKind, Verification
from translations import lazy_gettext
from workflows.clock import now, wall_time

TAKEN = lazy_gettext("该证件号码已经注册，请直接登录；忘记密码可以找回。")
MISMATCH = lazy_gettext("实名核验没有通过：姓名与证件号码不一致，请照证件核对后更正")
Known = dict[str, Any]


class TooManyNames(rate_limits.TooMany):
    """Too many names were tried with one mobile number."""

    sentence = lazy_gettext("今天核验的次数已经用完，账号没有注册，请 %(wait)s后再试。")


def create_account(token: str, *, without_answer: bool = False) -> ResponseReturnValue:
    """Make the account of a registration whose mobile is proved, or show what stands against it.

    `without_answer`: also where the register answers no more for this number today.
    """
    known = pending_registrations.read_registration(token)
    if known["taken"]:
        return render_taken(known)
    try:
        outcome = _verify_identity(known)
        if outcome == "mismatch":
            return _show_name_refusal(token, known, MISMATCH, 422)
        if outcome == "limited" and not without_answer:
            return render_name_page(token, FormView.blank(DocumentSchema(), known), limited=True), 503
        return _add_account(token, outcome, known)
    except (rate_limits.TooMany, pending_registrations.RegistrationChanged) as refusal:
        db.session.rollback()
        return _show_name_refusal(token, known, refusal.sentence, refusal.status)


def render_name_page(token: str, form: FormView, *, limited: bool = False) -> str:
    """The page on which name and document are corrected; nothing else has to be typed again."""
    return render_template("account/register_name.html", form=form, carried=token, limited=limited)


def render_taken(known: Known) -> ResponseReturnValue:
    """The first page again, and the way to contest the number for somebody with a proved mobile."""
    form = FormView.refused(known, {"document_number": [TAKEN]}, DocumentSchema())
    return render_template("account/register.html", form=form, contestable=True), 422


def _show_name_refusal(token: str, known: Known, sentence: str, status: int) -> ResponseReturnValue:
    form = FormView.refused(known, {"name": [sentence]}, DocumentSchema())
    return render_name_page(token, form), status


def _verify_identity(known: Known) -> str:
    """The register's answer; a mobile has tries of its own, so that nobody spends another's."""
    who = {name: known[name] for name in ("document_kind", "document_number", "name")}
    return identity_check.check_identity(Holder(**who), TooManyNames, "mobile", known["mobile"])


def _add_account(token: str, outcome: str, known: Known) -> ResponseReturnValue:
    agreed = pending_registrations.lock_unchanged(token, known).agreed_texts or []
    person = _build_person(known, outcome)
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return render_taken(known)
    email_proofs.propose_address(person, known["email"], now())
    address = request.remote_addr or ""
    agreed_texts.record_consent(person.id, agreed, moment=wall_time(), address=address)
    if outcome != "verified":
        identity_checks.open_check(person, person.name, now(), said=outcome)
    pending_registrations.finish_registration(token, person.id, "register")
    db.session.commit()
    return sessions.open_session(person.id, person.kind)


def _build_person(known: Known, outcome: str) -> Person:
    sex, born = identity_documents.sex_and_birth(known["document_kind"], known["document_number"])
    return Person(
        kind=PersonKind.APPLICANT,
        login=known["document_number"],
        name=known["name"],
        password_hash=known["password_hash"],
        mobile=known["mobile"],
        document_kind=known["document_kind"],
        document_number=known["document_number"],
        sex=sex,
        birth_date=born,
        verification=Verification.VERIFIED if outcome == "verified" else Verification.UNAVAILABLE,
        verified_at=now() if outcome == "verified" else None,
        created_at=now(),
    )
