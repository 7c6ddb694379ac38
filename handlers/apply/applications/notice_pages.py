"""What an applicant was told: every notice with its words, and how far it has got on each channel."""

from __future__ import annotations

from flask import g
from sqlalchemy import select

from domain.notices import delivery
from handlers.apply.blueprint import pages
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from models import db
from models.cases.notices import Notice
from models.persons.people import Person

MOST = 100


@pages.get("/notices")
@allow("applicant")
@show("apply/notices.html")
def notices() -> Page:
    """One's own notices, the newest first."""
    own = select(Notice).where(Notice.person_id == g.principal.person_id).order_by(Notice.id.desc())
    return {
        "person": db.session.get_one(Person, g.principal.person_id),
        "notices": [
            {"row": one, "states": delivery.list_states(one)} for one in db.session.scalars(own.limit(MOST))
        ],
    }
