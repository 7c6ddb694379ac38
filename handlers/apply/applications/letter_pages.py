"""The letters that an applicant was sent."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, g
from flask.typing import ResponseReturnValue

from domain.papers import letters
from handlers.apply.blueprint import pages
from handlers.entry.access import allow
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application
from models.cases.letters import Letter, select_letters


@pages.get("/applications/<int:application_id>/letters/<int:letter_id>.pdf")
@allow("applicant")
def letter_pdf(application_id: int, letter_id: int) -> ResponseReturnValue:
    """One of one's own letters, as it was issued."""
    own = Letter.application.has(Application.person_id == g.principal.person_id)
    found = db.session.scalar(select_letters(application_id).where(Letter.id == letter_id, own))
    if found is None:
        raise NotFound
    return pdf_response(found)


def pdf_response(letter: Letter) -> Response:
    """A letter to be shown and not kept; who may see it was asked before."""
    name = quote(f"{letter.title}{letter.number}.pdf")
    response = Response(letters.render_pdf(letter), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f"inline; filename=\"letter.pdf\"; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "private, no-store"
    return response
