"""Signing in and out."""

from __future__ import annotations

from flask import flash, g, make_response, redirect, request, url_for
from marshmallow import ValidationError
from sqlalchemy import select, update

from domain.accounts import passwords
from domain.cases import application_drafts
from handlers.account.blueprint import pages
from handlers.account.proofs import identity_documents, known_devices, sessions, sign_in_attempts
from handlers.account.proofs.puzzles import PuzzleSchema
from handlers.account.proofs.schemas import SignInSchema
from handlers.entry import access
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.base import spelling
from models.base.database import writing
from models.persons.people import Person
from models.persons.states import PersonKind
from translations import gettext, lazy_gettext

WRONG = lazy_gettext("账号或密码不正确，请核对后重新填写。")


class GuardedSignIn(PuzzleSchema, SignInSchema):
    """Signing in, with the puzzle of the manual."""

    class Meta(PuzzleSchema.Meta):
        fields = (
            "login",
            "password",
            "puzzle",
            "puzzle_name",
            "puzzle_pass",
        )  # errors are told in this order

    guards = "sign_in"


@pages.route("/sign-in", methods=["GET", "POST"])
@allow("public")
@show("account/sign_in.html")
@accept(GuardedSignIn, refusals="password")
def sign_in(sent: Submission) -> Page:
    """Check the password and open a session."""
    if not sent.is_accepted:
        return _show_sign_in()
    typed, password = sent.answers["login"], sent.answers["password"]
    login, name = identity_documents.normal_number(typed), spelling.normalize_login(typed)
    device = known_devices.find_known_device(login, name)
    sign_in_attempts.count_attempt(login, device)
    person_id, password_hash, kind = _find_account(login, name)
    if not passwords.verify_password(password_hash, password):
        raise ValidationError(WRONG, "password")
    sign_in_attempts.record_success(login, device)
    if passwords.is_outdated(password_hash):
        _renew_hash(person_id, password_hash, password)
    return sessions.open_session(person_id, kind)


def _show_sign_in() -> Page:
    if g.principal is not None and request.method in access.SAFE_METHODS:
        return redirect(sessions.find_target(g.principal.kind))
    return {"next": request.values.get("next", "")}


@pages.route("/sign-out", methods=["GET", "POST"])
@allow("public")
@show("account/sign_out.html")
def sign_out() -> Page:
    """End the session; an unfinished application is given up, as the manual has it, and asked for before."""
    if g.principal is None:
        return redirect(url_for("public.home"), 303)
    applies = g.principal.kind == PersonKind.APPLICANT
    if request.method in access.SAFE_METHODS:
        return {"draft": application_drafts.find_draft(g.principal.person_id) if applies else None}
    if applies and application_drafts.abandon_draft(g.principal.person_id):
        flash(gettext("已退出登录，未提交的报名已放弃。"), "ok")
    response = make_response(redirect(url_for("public.home"), 303))
    access.sign_out(response)
    db.session.commit()
    return response


def _find_account(number: str, login: str) -> tuple[int, str | None, str]:
    # Applicants sign in with their document number, staff with a name in small letters.
    wanted = select(Person.id, Person.password_hash, Person.kind).where(Person.disabled_at.is_(None))
    row = db.session.execute(wanted.where(Person.login.in_((number, login)))).first()
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
