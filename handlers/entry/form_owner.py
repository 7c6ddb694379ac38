"""A form belongs to the person whom it was shown to: a mark beside its token says whose it is.

A tab outlives its session: one person signs out, another signs in, and what the first one typed would be kept
as the second one's. The mark names the person and not the session, so anyone who signs in again sends their
own form all the same.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from models.base.errors import DomainError
from translations import lazy_gettext

if TYPE_CHECKING:
    from domain.reach.principal import Principal

FIELD = "form_owner"
HEADER = "X-Form-Owner"  # for scripts that send no form
WHO_ASKS_IS_NOT_KNOWN_YET = "the form is how a person becomes known"
WITHOUT_MARK = {  # endpoint → why its form belongs to nobody
    "account.sign_in": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.register": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.finish_registering": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.name_page": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.contest": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.forgotten": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.find_request": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.request_mobile": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.request_mobile_code": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.request_mobile_picture": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.reset_ways": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.reset": WHO_ASKS_IS_NOT_KNOWN_YET,
    "account.reset_by_link": "the signed address names the account, whoever is signed in",
    "account.return_from_wechat": "the ticket names the account, whoever is signed in on the phone",
    "account.prove_email": "the signed address names the person, whoever is signed in",
    "preferences.choose": "light or dark belongs to the browser",
    "phone.sign": "the signed address names the application, whoever is signed in on the phone",
}
NOT_FOR_FORMS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignForm(DomainError):
    """A form that was shown to another person than the one who sends it."""

    code = "foreign_form"
    sentence = lazy_gettext("这个页面是用另一个账号打开的，这一次没有提交，也没有做任何改动。")


class UnmarkedForm(ForeignForm):
    """A form that does not say whom it was shown to."""

    sentence = lazy_gettext("无法确认这个页面是打开给谁的，这一次没有提交。请刷新原来的页面后再填写。")


def install(app: Flask) -> None:
    """Let every form carry its token and its owner."""
    app.jinja_env.globals.update(form_marks=form_marks)


def form_marks() -> Markup:
    """The two hidden inputs that begin every form: its token, and the mark of its owner."""
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return hidden.format("csrf_token", generate_csrf()) + hidden.format(FIELD, owner_mark(g.get("principal")))


def owner_mark(principal: Principal | None) -> str:
    """A mark that only this installation can make, the same for all sessions of a person."""
    owner = principal.person_id if principal else "nobody"
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"form_owner:{owner}".encode(), "sha256").hexdigest()[:32]


def check_owner(principal: Principal | None, *, from_program: bool) -> None:
    """Refuse a form of somebody else, before anything of it is read for good.

    Nobody is signed in: access or the handler itself says so, with the form kept.
    """
    unmarked = from_program or request.endpoint is None or request.endpoint in WITHOUT_MARK
    if principal is None or unmarked or request.method in NOT_FOR_FORMS:
        return
    sent = request.form.get(FIELD) or request.headers.get(HEADER, "")
    if sent and not hmac.compare_digest(sent.encode(), owner_mark(principal).encode()):
        raise ForeignForm
    if not sent and current_app.config["WTF_CSRF_ENABLED"]:
        raise UnmarkedForm
