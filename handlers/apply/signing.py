"""Signing on a phone, as the page at the desk sees it: the code to scan, and whether somebody has signed."""

from __future__ import annotations

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from handlers.apply import drafts
from handlers.apply.blueprint import pages
from handlers.phone import links
from models.errors import NotFound


@pages.get("/sign-code.svg")
def sign_code() -> Response:
    """The QR code that leads a phone to the signing page of one's draft."""
    draft = drafts.of(g.principal.person_id)
    if draft is None:
        raise NotFound
    response = Response(links.drawing(draft), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/signature")
def signature() -> ResponseReturnValue:
    """The panel with the signature once there is another one than the page has seen."""
    draft = drafts.of(g.principal.person_id)
    # The page asks again and again; a draft that has ended meanwhile must not put an error into it.
    if draft is None or (draft.undertaking_id or 0) == request.args.get("seen", type=int):
        return "", 204
    return render_template("apply/signature.html", undertaking=draft.undertaking_id, name=draft.person.name)
