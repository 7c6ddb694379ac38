"""Signing on a phone, as the page at the desk sees it: the code to scan, and whether somebody has signed."""

from __future__ import annotations

from flask import Response, g, request

from domain.cases import application_drafts, revisions
from handlers.apply.blueprint import pages
from handlers.apply.changing import pending_changes
from handlers.apply.pictures import signing_links
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application, select_registered


@pages.get("/sign-code.svg")
@allow("applicant")
def sign_code() -> Response:
    """The QR code that leads a phone to the signing page of one's draft."""
    draft = _find_signable()
    if draft is None:
        raise NotFound
    response = Response(signing_links.draw_qr_code(draft), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@pages.get("/signature")
@allow("applicant")
@show("apply/signature.html")
def signature() -> Page:
    """The panel with the signature once there is another one than the page has seen."""
    draft = _find_signable()
    # The page asks again and again; a draft that has ended meanwhile must not put an error into it.
    signed = pending_changes.find_signature(draft) if draft is not None else None
    if draft is None or (signed or 0) == request.args.get("seen", type=row_numbers.read_number):
        return "", 204
    return {"undertaking": signed, "name": draft.person.name}


def _find_signable() -> Application | None:
    """The application that the person fills in, or changes."""
    person_id = g.principal.person_id
    found = (
        application_drafts.find_draft(person_id) or db.session.scalars(select_registered(person_id)).first()
    )
    return found if found and (found.registration_number is None or revisions.is_changeable(found)) else None
