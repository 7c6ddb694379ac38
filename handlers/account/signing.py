"""Signing in and out."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select, update

from handlers import access, limits, onward
from handlers.account import documents, passwords
from handlers.account.blueprint import pages
from handlers.account.schemas import SignInSchema
from handlers.apply import drafts
from handlers.formfields import FormView
from models import db
from models.database import writing
from models.people import Person

WRONG = "账号或密码不正确，请核对后重新填写。"
WAIT = "密码连续输错 5 次，请 15 分钟后再试，或者找回密码。"


@pages.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """The page to sign in."""
    if g.principal is not None:
        return redirect(_target(g.principal.kind))
    return _page(FormView.blank(SignInSchema()))


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Check the password and open a session."""
    try:
        typed = SignInSchema().load(request.form)
    except ValidationError as error:
        return _refused(error.messages_dict)
    login = documents.normal_number(typed["login"])
    address = request.remote_addr or ""
    if not (
        limits.is_free(limits.SIGN_IN_FAILURES, login) and limits.is_free(limits.ADDRESS_FAILURES, address)
    ):
        return _refused({"password": [WAIT]}, 429)
    person = _find(login, typed["login"])
    if person is None or not passwords.matches(_hash_of(person), typed["password"]):
        if person is None:
            passwords.matches(None, typed["password"])
        limits.count(limits.SIGN_IN_FAILURES, login)
        limits.count(limits.ADDRESS_FAILURES, address)
        return _refused({"password": [WRONG]})
    limits.forget(limits.SIGN_IN_FAILURES, login)
    _renew_hash(person, typed["password"])
    return admit(person[0], person[2])


def admit(person_id: int, kind: str) -> ResponseReturnValue:
    """Open a session for a person and lead them on."""
    db.session.rollback()
    writing.set(True)
    response = access.sign_in(make_response(redirect(_target(kind), 303)), person_id)
    db.session.commit()
    return response


@pages.get("/sign-out")
def sign_out_page() -> ResponseReturnValue:
    """Ask before a draft is lost."""
    if g.principal is None:
        return redirect(url_for("public.home"))
    draft = drafts.of(g.principal.person_id) if g.principal.kind == "applicant" else None
    return render_template("account/sign_out.html", draft=draft)


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session; an unfinished application is given up, as the manual has it."""
    response = make_response(redirect(url_for("public.home"), 303))
    if g.principal is None:
        return response
    if g.principal.kind == "applicant" and drafts.leave(g.principal.person_id):
        flash("已退出登录，未提交的报名已放弃。", "ok")
    access.sign_out(response)
    db.session.commit()
    return response


def _may_try(login: str, address: str) -> bool:
    own = limits.is_free(limits.SIGN_IN_FAILURES, login)
    return own and limits.is_free(limits.ADDRESS_FAILURES, address)


def _find(number: str, login: str) -> tuple[int, str, str] | None:
    # Applicants sign in with their document number, staff with a name in small letters.
    wanted = select(Person.id, Person.password_hash, Person.kind).where(Person.disabled_at.is_(None))
    row = db.session.execute(wanted.where(Person.login.in_((number, login.lower())))).first()
    db.session.rollback()
    return (row[0], row[1], row[2]) if row else None


def _renew_hash(person: tuple[int, str, str], password: str) -> None:
    """Replace a hash of older parameters, now that the password is known to be right; it is committed."""
    if not passwords.is_outdated(_hash_of(person)):
        return
    renewed = passwords.hashed(password)
    writing.set(True)
    # Not when the password was changed meanwhile.
    same = (Person.id == person[0], Person.password_hash == _hash_of(person))
    db.session.execute(update(Person).where(*same).values(password_hash=renewed))
    db.session.commit()


def _hash_of(person: tuple[int, str, str]) -> str:
    return person[1]


def _target(kind: str) -> str:
    usual = "apply.platform" if kind == "applicant" else "casework.worklist"
    return onward.own(request.values.get("next", "")) or url_for(usual)


def _refused(problems: dict[str, list[str]], status: int = 422) -> ResponseReturnValue:
    typed = {"login": request.form.get("login", "")}
    return _page(FormView.refused(typed, problems, SignInSchema())), status


def _page(form: FormView) -> str:
    return render_template("account/sign_in.html", form=form, next=request.values.get("next", ""))
