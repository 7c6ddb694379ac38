"""The end of registering: the number is free, the register knows the name, and the account is made.

A register that says no makes no account, so that nobody locks a number under a wrong name. One that is silent
makes an account that can do nothing before it is verified; it locks no number either, as it can be contested.
"""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from domain import outside
from domain.accounts import email_proofs
from handlers.account import documents, registrations, signing
from handlers.account.schemas import DocumentSchema, RegisterSchema
from handlers.entry import limits
from handlers.page.formfields import FormView
from models import db
from models.accounts import Registration
from models.people import Person
from workflows.clock import now

TAKEN = "该证件号码已经注册，请直接登录；忘记密码可以找回。"
MISMATCH = "实名核验没有通过：姓名与证件号码不一致，请照证件核对后更正"
LIMITED = "今天核验的次数已经用完，账号没有注册，请明天再试"
REFUSED = {"mismatch": (MISMATCH, 422), "limited": (LIMITED, 429)}


def settle(token: str) -> ResponseReturnValue:
    """Make the account of a registration whose mobile is proved, or show what stands against it."""
    known = registrations.read(token)
    if known["taken"]:
        return taken(known)
    outcome = _verify(known)
    if outcome in REFUSED:
        sentence, status = REFUSED[outcome]
        form = FormView.refused(known, {"name": [sentence]}, DocumentSchema())
        return name_page(token, form), status
    return _make(token, outcome, known)


def name_page(token: str, form: FormView) -> str:
    """The page on which name and document are corrected; nothing else has to be typed again."""
    return render_template("account/register_name.html", form=form, carried=token)


def taken(known: dict[str, Any]) -> ResponseReturnValue:
    """The first page again, and the way to contest the number for somebody with a proved mobile."""
    form = FormView.refused(known, {"document_number": [TAKEN]}, RegisterSchema())
    return render_template("account/register.html", form=form, contestable=True), 422


def _verify(known: dict[str, Any]) -> str:
    """The register's answer; three tries a day from one mobile, so that nobody spends another's."""
    if not limits.count(limits.IDENTITY_CHECKS, "identity", "mobile", known["mobile"]):
        return "limited"
    return outside.verify_identity(known["document_kind"], known["document_number"], known["name"])


def _make(token: str, outcome: str, known: dict[str, Any]) -> ResponseReturnValue:
    row = registrations.proved(token)
    person = _person(row, outcome)
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        return taken(known)
    email_proofs.propose(person, str(row.email), now())
    registrations.finish(row)
    db.session.commit()
    return signing.admit(person.id, person.kind)


def _person(row: Registration, outcome: str) -> Person:
    sex, born = documents.sex_and_birth(row.document_kind, row.document_number)
    return Person(
        kind="applicant",
        login=row.document_number,
        name=row.name,
        password_hash=row.password_hash,
        mobile=row.mobile,
        document_kind=row.document_kind,
        document_number=row.document_number,
        sex=sex,
        birth_date=born,
        verification=outcome,
        verified_at=now() if outcome == "verified" else None,
        created_at=now(),
    )
