"""Account and security: another password, and where one is signed in."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy import select, update

from domain.accounts import passwords
from handlers.account.blueprint import pages
from handlers.account.proofs import browser_names, known_devices, sign_in_attempts
from handlers.account.proofs.schemas import ChangePasswordSchema
from handlers.entry import rate_limits
from handlers.entry.access import idle_limit
from handlers.page.formfields import FormView
from models import db
from models.base.database import writing
from models.persons.people import Person, SignIn, end_sign_ins, select_password_hash
from translations import gettext
from workflows.clock import wall_time


@pages.get("/settings")
def settings() -> ResponseReturnValue:
    """The page of the account."""
    if g.principal is None:
        return redirect(url_for("account.sign_in", next=request.path))
    return _render_page(FormView.blank(ChangePasswordSchema()))


@pages.post("/settings/password")
def change_password() -> ResponseReturnValue:
    """Set another password; every other session ends."""
    if g.principal is None:
        return redirect(url_for("account.sign_in"))
    try:
        typed = ChangePasswordSchema().load(request.form)
    except ValidationError as error:
        return _show_refusal(error.messages_dict)
    try:
        sign_in_attempts.count_password_check()
    except rate_limits.TooMany as refusal:
        return _show_refusal({"current_password": [refusal.sentence]})
    writing.set(False)
    known = db.session.scalar(select_password_hash(g.principal.person_id))
    db.session.rollback()
    if not passwords.verify_password(known, typed["current_password"]):
        return _show_refusal({"current_password": [gettext("当前密码不正确")]})
    sign_in_attempts.record_password_check()
    password_hash = passwords.hash_password(typed["password"])
    writing.set(True)
    own = Person.id == g.principal.person_id
    db.session.execute(update(Person).where(own).values(password_hash=password_hash))
    _end_other_sign_ins()
    db.session.commit()
    flash(gettext("密码已修改，其他设备上的登录已退出。"), "ok")
    return redirect(url_for("account.settings"), 303)


@pages.post("/settings/sign-ins/<int:sign_in_id>/end")
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    """End one of one's own sessions."""
    if g.principal is None:
        return redirect(url_for("account.sign_in"))
    mine = (SignIn.id == sign_in_id) & (SignIn.person_id == g.principal.person_id)
    db.session.execute(end_sign_ins(wall_time(), mine))
    db.session.commit()
    flash(gettext("已退出该设备上的登录。"), "ok")
    return redirect(url_for("account.settings"), 303)


@pages.post("/settings/sign-ins/end-others")
def end_others() -> ResponseReturnValue:
    """End every session of one's own but this."""
    if g.principal is None:
        return redirect(url_for("account.sign_in"))
    _end_other_sign_ins()
    db.session.commit()
    flash(gettext("已退出其他设备上的登录。"), "ok")
    return redirect(url_for("account.settings"), 303)


def _end_other_sign_ins() -> None:
    known_devices.forget_other_devices(g.principal.person_id)
    others = (SignIn.person_id == g.principal.person_id) & (SignIn.id != g.principal.sign_in_id)
    db.session.execute(end_sign_ins(wall_time(), others))


def _show_refusal(problems: dict[str, list[str]]) -> ResponseReturnValue:
    db.session.rollback()
    return _render_page(FormView.refused({}, problems, ChangePasswordSchema())), rate_limits.refused_status()


def _render_page(form: FormView) -> str:
    own = SignIn.person_id == g.principal.person_id
    live = (own, *SignIn.live(wall_time(), idle_limit()))
    newest = (SignIn.id == g.principal.sign_in_id).desc(), SignIn.last_seen_at.desc(), SignIn.id.desc()
    sign_ins = db.session.scalars(select(SignIn).where(*live).order_by(*newest)).all()
    return render_template(
        "account/settings.html", form=form, sign_ins=[_describe_sign_in(one) for one in sign_ins]
    )


def _describe_sign_in(one: SignIn) -> dict[str, Any]:
    here = one.id == g.principal.sign_in_id
    told = {
        "id": one.id,
        "here": here,
        "browser": browser_names.browser_name(one.browser),
        "address": one.address,
    }
    return told | {"seen": wall_time() if here else one.last_seen_at}
