"""The cookies that we set: over TLS their names carry the prefix that ties them to this host alone."""

from __future__ import annotations

from flask import Response, current_app, has_request_context, request


def cookie_name(base: str) -> str:
    """The name under which a browser has the cookie."""
    return f"{current_app.config['COOKIE_PREFIX']}{base}"


def sent_cookie(base: str) -> str:
    """What the browser sent; empty when it has no such cookie, and in a command, which has no browser."""
    return request.cookies.get(cookie_name(base), "") if has_request_context() else ""


def keep_cookie(response: Response, base: str, value: str, max_age: int | None = None) -> None:
    """Let the browser keep a value, until it is closed unless an age is given."""
    secure = current_app.config["SECURE"]
    response.set_cookie(
        cookie_name(base), value, max_age=max_age, path="/", httponly=True, samesite="Lax", secure=secure
    )


def forget_cookie(response: Response, base: str) -> None:
    """Take the cookie away; a prefixed one goes only by the attributes it came with."""
    keep_cookie(response, base, "", max_age=0)
