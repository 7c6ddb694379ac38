"""Who is asking, and whether they may enter. Default deny: a place without an audience does not register."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from domain.reach.principal import Principal
from handlers.entry import consent_gate, form_owner
from handlers.entry.cookies import forget_cookie, keep_cookie, sent_cookie
from models import db
from models.base.database import writing
from models.base.errors import NotAllowed
from models.persons.people import SignIn, end_sign_ins, select_session, select_token_bearer
from models.persons.published_texts import owes_consent
from translations import lazy_gettext
from workflows.clock import wall_time

COOKIE = "zige_sign_in"
SEEN_PARTS = 10  # a session notes its use once in this part of its idle limit, not at every page
BACKGROUND = "X-Background"  # sent along by what a page asks for by itself
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC, TOKEN = frozenset({"public"}), frozenset({"token"})
# Made by Flask and by the description of the API, not by a handler of ours.
LIBRARY_PAGES = frozenset({"static", "api-docs.openapi_json"})
View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask) -> None:
    """Check every request before its handler runs."""
    app.before_request(_check_request)
    app.teardown_request(_reset_writing)
    app.context_processor(_template_context)


def allow(*audience: str) -> Callable[[View], View]:
    """Say who may enter a page: public, applicant, staff, a role, or token for programs."""

    def decorate(view: View) -> View:
        view.audience = frozenset(audience)  # type: ignore[attr-defined]
        return view

    return decorate


def find_audience(app: Flask, endpoint: str | None) -> frozenset[str]:
    """Who may enter the page of an endpoint; no such page is for everybody, as its 404 is."""
    if endpoint is None or endpoint in LIBRARY_PAGES:
        return PUBLIC
    found: frozenset[str] = getattr(app.view_functions[endpoint], "audience")  # noqa: B009
    return found


def check_audiences(app: Flask) -> None:
    """Refuse to start with a page that does not say who may enter it."""
    silent = [name for name, view in app.view_functions.items() if not hasattr(view, "audience")]
    if lacking := set(silent) - LIBRARY_PAGES:
        raise RuntimeError(f"pages without an audience: {', '.join(sorted(lacking))}")


def hash_token(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(response: Response, person_id: int) -> Response:
    """Open a session for a person and hand its token to the browser; the caller commits."""
    token, moment = secrets.token_urlsafe(32), wall_time()
    limit = timedelta(hours=current_app.config["SESSION_HOURS"])
    db.session.add(
        SignIn(
            token_hash=hash_token(token),
            person_id=person_id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + limit,
            address=request.remote_addr or "",
            browser=(request.user_agent.string or "")[:200],
        )
    )
    keep_cookie(response, COOKIE, token)
    return response


def sign_out(response: Response) -> Response:
    """End the browser's session; the caller commits."""
    if g.principal and g.principal.sign_in_id:
        own = SignIn.id == g.principal.sign_in_id
        db.session.execute(end_sign_ins(wall_time(), own))
    forget_cookie(response, COOKIE)
    # Not "cookies": that would also take the display chosen here, and what other sites of the domain keep.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _check_request() -> ResponseReturnValue | None:
    writing.set(False)
    audience = find_audience(current_app, request.endpoint)
    g.principal = _principal_by_token() if audience == TOKEN else _principal_by_cookie()
    # Reading who asks is a transaction of its own, so that a write takes its lock before its first read.
    db.session.rollback()
    form_owner.check_owner(g.principal, from_program=audience == TOKEN)
    refusal = _refuse_entry(audience, g.principal) or consent_gate.lead_to_consent(audience, g.principal)
    if refusal is None and request.method not in SAFE_METHODS:
        writing.set(True)
    return refusal


def _reset_writing(_error: BaseException | None) -> None:
    writing.set(None)


def _refuse_entry(audience: frozenset[str], principal: Principal | None) -> ResponseReturnValue | None:
    if audience == PUBLIC:
        return None
    if principal is None:
        if audience == TOKEN:
            raise Unauthorized
        if request.method not in SAFE_METHODS:
            raise SignedOut
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    if audience == TOKEN or may_enter(audience, principal):
        return None
    raise NotAllowed


def may_enter(audience: frozenset[str], principal: Principal | None) -> bool:
    """Whether somebody who is signed in, or nobody, may enter pages of an audience."""
    held = {principal.kind, *principal.roles} if principal else set()
    return bool(audience & (held | PUBLIC))


class SignedOut(NotAllowed):
    """A form that was sent after its session had ended."""

    code = "signed_out"
    status = 401
    sentence = lazy_gettext("登录已超时，这一次没有提交。")


class Unauthorized(NotAllowed):
    """A request to the API without a valid bearer token."""

    code = "unauthorized"
    status = 401
    sentence = lazy_gettext("请在 Authorization 请求头中提供有效的访问令牌。")


def _principal_by_cookie() -> Principal | None:
    token = sent_cookie(COOKIE)
    if not token:
        return None
    moment, idle = wall_time(), idle_limit()
    session = select_session(hash_token(token), moment, idle).add_columns(owes_consent(moment))
    rows = db.session.execute(session).all()
    if not rows:
        return None
    sign_in_id, *person, seen, ends, g.owes_consent = (*rows[0][:4], *rows[0][6:])
    principal = _build_principal(*person, [row[4:6] for row in rows], sign_in_id=sign_in_id)
    # A page that asks by itself again and again is no sign of a person.
    due = moment - seen >= idle / SEEN_PARTS and BACKGROUND not in request.headers
    if due and _note_seen(sign_in_id, moment):
        seen = moment
    g.session_seconds = int(min(seen + idle - moment, ends - moment).total_seconds())
    return principal


def idle_limit() -> timedelta:
    """How long a session lives without a request."""
    return timedelta(minutes=current_app.config["IDLE_MINUTES"])


def _template_context() -> dict[str, Any]:
    return {"principal": g.get("principal"), "session_seconds": g.get("session_seconds")}


def _note_seen(sign_in_id: int, moment: datetime) -> bool:
    db.session.rollback()
    writing.set(True)
    try:
        own = SignIn.id == sign_in_id
        db.session.execute(update(SignIn).where(own).values(last_seen_at=moment))
        db.session.commit()
    except OperationalError:
        db.session.rollback()  # a busy database keeps nobody from reading for the sake of this note
        return False
    finally:
        writing.set(False)
    return True


def _principal_by_token() -> Principal | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    rows = db.session.execute(select_token_bearer(hash_token(token.strip()), wall_time())).all()
    return _build_principal(*rows[0][:3], [row[3:5] for row in rows]) if rows else None


def _build_principal(
    person_id: int, name: str, kind: str, posts: Iterable[tuple[str, str]], *, sign_in_id: int | None = None
) -> Principal:
    held = frozenset((role, place) for role, place in posts if role is not None)
    return Principal(person_id=person_id, name=name, kind=kind, posts=held, sign_in_id=sign_in_id)
