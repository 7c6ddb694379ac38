"""Registering in two pages: who you are and your mobile number, then the code and a password."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError

from handlers import limits
from handlers.account import carried, codes, documents, passwords, signing
from handlers.account.blueprint import pages
from handlers.account.schemas import ConfirmSchema, RegisterSchema
from handlers.formfields import FormView
from handlers.services import outside
from models import db
from models.errors import DomainError
from models.people import Person
from workflows.clock import now

PURPOSE = "register"
TAKEN = "该证件号码已经注册，请直接登录；忘记密码可以找回。"


@pages.get("/register")
def register() -> ResponseReturnValue:
    """The first page."""
    return render_template("account/register.html", form=FormView.blank(RegisterSchema()))


@pages.post("/register")
def begin_registering() -> ResponseReturnValue:
    """Check who it is, send a code, and go on to the second page."""
    try:
        answers = RegisterSchema().load(request.form)
        answers["code"] = codes.send(answers["mobile"], PURPOSE)
    except ValidationError as error:
        return _first(error.messages_dict)
    except DomainError as refusal:
        return _first({"mobile": [refusal.sentence]}, refusal.status)
    return _second(answers, FormView.blank(ConfirmSchema()))


@pages.post("/register/confirm")
def finish_registering() -> ResponseReturnValue:
    """Make the account and sign its owner in."""
    answers = carried.unpack(PURPOSE, request.form.get("carried", ""))
    if "resend" in request.form:
        return _again(answers)
    try:
        more = ConfirmSchema().load(request.form)
    except ValidationError as error:
        return _second(answers, _refused(error.messages_dict)), 422
    accepted = codes.accept(answers["code"], answers["mobile"], PURPOSE, more["code"])
    db.session.commit()
    if not accepted:
        return _second(answers, _refused({"code": ["验证码不正确或已失效，请重新获取"]})), 422
    verification = _verify(answers)
    password_hash = passwords.hashed(more["password"])
    person = _person(answers, more["email"], password_hash, verification)
    db.session.add(person)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return _first({"document_number": [TAKEN]}, typed=answers)
    return signing.admit(person.id, person.kind)


def _verify(answers: dict[str, Any]) -> str:
    """The register's answer; three a day for each proved mobile number, whatever document is named."""
    if not limits.count(limits.IDENTITY_CHECKS, "identity", "mobile", answers["mobile"]):
        return "none"
    return outside.verify_identity(answers["document_kind"], answers["document_number"], answers["name"])


def _person(answers: dict[str, Any], email: str, password_hash: str, verification: str) -> Person:
    sex, born = documents.sex_and_birth(answers["document_kind"], answers["document_number"])
    return Person(
        kind="applicant",
        login=answers["document_number"],
        name=answers["name"],
        password_hash=password_hash,
        mobile=answers["mobile"],
        email=email,
        document_kind=answers["document_kind"],
        document_number=answers["document_number"],
        sex=sex,
        birth_date=born,
        verification=verification,
        verified_at=now() if verification == "verified" else None,
        created_at=now(),
    )


def _again(answers: dict[str, Any]) -> ResponseReturnValue:
    try:
        answers["code"] = codes.send(answers["mobile"], PURPOSE)
    except DomainError as refusal:
        return _second(answers, _refused({"code": [refusal.sentence]})), refusal.status
    return _second(answers, FormView.blank(ConfirmSchema(), {"email": request.form.get("email", "")}))


def _first(
    problems: dict[str, list[str]], status: int = 422, typed: dict[str, Any] | None = None
) -> ResponseReturnValue:
    form = FormView.refused(typed or request.form, problems, RegisterSchema())
    return render_template("account/register.html", form=form), status


def _refused(problems: dict[str, list[str]]) -> FormView:
    typed = {name: value for name, value in request.form.items() if "password" not in name}
    return FormView.refused(typed, problems, ConfirmSchema())


def _second(answers: dict[str, Any], form: FormView) -> str:
    return render_template(
        "account/register_confirm.html",
        form=form,
        mobile=answers["mobile"],
        carried=carried.pack(PURPOSE, answers),
    )


@pages.get("/register/confirm")
def confirm_page() -> ResponseReturnValue:
    """The second page cannot be opened by itself."""
    return redirect(url_for("account.register"))
