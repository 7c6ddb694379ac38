"""Signing in and out."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select, update

from domain.accounts import passwords
from domain.cases import application_drafts
from handlers.account.blueprint import pages
from handlers.account.proofs import challenges, identity_documents, known_devices, sessions, sign_in_attempts
from handlers.account.proofs.schemas import SignInSchema
from handlers.entry import access, rate_limits
from handlers.page.formfields import FormView
from models import db
from models.base.database import writing
from models.persons.people import Person
from translations import gettext, lazy_gettext

WRONG = lazy_gettext("账号或密码不正确，请核对后重新填写。")


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The page to sign in."""
    if g.principal is not None:
        return redirect(sessions.find_target(g.principal.kind))
    return _render_page(FormView.blank(SignInSchema()))


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Check the password and open a session."""
    try:
        typed = SignInSchema().load(request.form)
    except ValidationError as error:
        return _show_refusal(error.messages_dict)
    login = identity_documents.normal_number(typed["login"])
    device = known_devices.find_known_device(login, typed["login"].lower())
    try:
        sign_in_attempts.count_attempt(login, device)
    except rate_limits.TooMany as refusal:
        return _show_refusal(
            {challenges.refusal_field(refusal, "password"): [refusal.sentence]}, refusal.status
        )
    person_id, password_hash, kind = _find_account(login, typed["login"])
    if not passwords.verify_password(password_hash, typed["password"]):
        return _show_refusal({"password": [WRONG]})
    sign_in_attempts.record_success(login, device)
    if passwords.is_outdated(password_hash):
        _renew_hash(person_id, password_hash, typed["password"])
    return sessions.open_session(person_id, kind)


@pages.get("/sign-out")
def sign_out_page() -> ResponseReturnValue:
    """Ask before a draft is lost."""
    if g.principal is None:
        return redirect(url_for("public.home"))
    draft = application_drafts.find_draft(g.principal.person_id) if g.principal.kind == "applicant" else None
    return render_template("account/sign_out.html", draft=draft)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session; an unfinished application is given up, as the manual has it."""
    response = make_response(redirect(url_for("public.home"), 303))
    if g.principal is None:
        return response
    if g.principal.kind == "applicant" and application_drafts.abandon_draft(g.principal.person_id):
        flash(gettext("已退出登录，未提交的报名已放弃。"), "ok")
    access.sign_out(response)
    db.session.commit()
    return response


def _find_account(number: str, login: str) -> tuple[int, str | None, str]:
    # Applicants sign in with their document number, staff with a name in small letters.
    wanted = select(Person.id, Person.password_hash, Person.kind).where(Person.disabled_at.is_(None))
    row = db.session.execute(wanted.where(Person.login.in_((number, login.lower())))).first()
    db.session.rollback()
    return (row[0], row[1], row[2]) if row else (0, None, "")


def _renew_hash(person_id: int, outdated: str | None, password: str) -> None:
    """Replace a hash of older parameters, now that the password is known to be right; it is committed."""
    renewed = passwords.hash_password(password)
    writing.set(True)
    # Not when the password was changed meanwhile.
    same = (Person.id == person_id, Person.password_hash == outdated)
    db.session.execute(update(Person).where(*same).values(password_hash=renewed))
    db.session.commit()


def _show_refusal(problems: dict[str, list[str]], status: int = 422) -> ResponseReturnValue:
    typed = {"login": request.form.get("login", "")}
    return _render_page(FormView.refused(typed, problems, SignInSchema())), status


def _render_page(form: FormView) -> str:
    return render_template("account/sign_in.html", form=form, next=request.values.get("next", ""))
