"""Account and security: another password, and where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select, update

from domain.accounts import password_resets, passwords, wechat_bindings
from handlers.account.blueprint import pages
from handlers.account.proofs import browser_names, known_devices, password_checks
from handlers.account.proofs.schemas import ChangePasswordSchema
from handlers.entry.access import allow, idle_limit
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.base.database import writing
from models.persons.people import Person, SignIn, end_sign_ins
from models.persons.states import PersonKind
from translations import gettext
from workflows.clock import wall_time


@pages.get("/settings")
@allow("applicant", "staff")
@show("account/settings.html")
@accept(ChangePasswordSchema)
def settings(sent: Submission) -> Page:
    """The page of the account."""
    return _build_page()


@pages.post("/settings/password")
@allow("applicant", "staff")
@show("account/settings.html")
@accept(ChangePasswordSchema, page=lambda sent: _build_page(), refusals="current_password")
def change_password(sent: Submission) -> Page:
    """Set another password; every other session ends."""
    password_checks.check_own_password(sent.answers["current_password"], gettext("当前密码不正确"))
    password_hash = passwords.hash_password(sent.answers["password"])
    writing.set(True)
    own = Person.id == g.principal.person_id
    db.session.execute(update(Person).where(own).values(password_hash=password_hash))
    _end_other_sign_ins()
    password_resets.cancel_resets(g.principal.person_id)
    db.session.commit()
    flash(gettext("密码已修改，其他设备上的登录已退出。"), "ok")
    return redirect(url_for("account.settings"), 303)


@pages.post("/settings/sign-ins/<int:sign_in_id>/end")
@allow("applicant", "staff")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    mine = (SignIn.id == sign_in_id) & (SignIn.person_id == g.principal.person_id)
    db.session.execute(end_sign_ins(wall_time(), mine))
    db.session.commit()
    flash(gettext("已退出该设备上的登录。"), "ok")
    return redirect(url_for("account.settings"), 303)


@pages.post("/settings/sign-ins/end-others")
@allow("applicant", "staff")
def end_others() -> ResponseReturnValue:
    """End every session of one's own but this."""
    _end_other_sign_ins()
    db.session.commit()
    flash(gettext("已退出其他设备上的登录。"), "ok")
    return redirect(url_for("account.settings"), 303)


def _end_other_sign_ins() -> None:
    known_devices.forget_other_devices(g.principal.person_id)
    others = (SignIn.person_id == g.principal.person_id) & (SignIn.id != g.principal.sign_in_id)
    db.session.execute(end_sign_ins(wall_time(), others))


def _build_page() -> dict[str, Any]:
    applies = g.principal.kind == PersonKind.APPLICANT
    person = db.session.get_one(Person, g.principal.person_id) if applies else None
    binding = wechat_bindings.find_binding(g.principal.person_id) if applies else None
    return {"person": person, "binding": binding, "sign_ins": _list_sign_ins()}


def _list_sign_ins() -> list[dict[str, Any]]:
    """Where one is signed in: this browser first, then what was used last."""
    own = SignIn.person_id == g.principal.person_id
    live = (own, *SignIn.live(wall_time(), idle_limit()))
    newest = (SignIn.id == g.principal.sign_in_id).desc(), SignIn.last_seen_at.desc(), SignIn.id.desc()
    sign_ins = db.session.scalars(select(SignIn).where(*live).order_by(*newest)).all()
    return [_describe_sign_in(one) for one in sign_ins]


def _describe_sign_in(one: SignIn) -> dict[str, Any]:
    here = one.id == g.principal.sign_in_id
    told = {
        "id": one.id,
        "here": here,
        "browser": browser_names.browser_name(one.browser),
        "address": one.address,
    }
    return told | {"seen": wall_time() if here else one.last_seen_at}
