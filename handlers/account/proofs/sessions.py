"""Opening a session for somebody who was proved to be who they say."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.outside.records import record_syncs
from domain.rules import eligibility
from handlers.account.proofs import known_devices
from handlers.entry import access, safe_redirects
from models import db
from models.base.database import writing
from models.persons.people import Person
from models.persons.states import PersonKind


def open_session(person_id: int, kind: str) -> ResponseReturnValue:
    """Open a session for a person, know the browser from now on, and lead them on."""
    db.session.rollback()
    writing.set(True)
    target = find_target(kind)
    if kind == PersonKind.APPLICANT:
        target = _complete_first(person_id, target)
        record_syncs.request_when_due(person_id)
    response = access.sign_in(make_response(redirect(target, 303)), person_id)
    known_devices.remember_device(response, person_id)
    db.session.commit()
    return response


def _complete_first(person_id: int, target: str) -> str:
    """Whoever lacks particulars completes them first, and then goes on to where they wanted."""
    lacks = eligibility.missing_particulars(db.session.get_one(Person, person_id))
    return url_for("profile.particulars", next=target) if lacks else target


def find_target(kind: str) -> str:
    """Where a person goes after signing in: the page that asked for it, or the one of their kind."""
    usual = "apply.platform" if kind == "applicant" else "casework.worklist"
    return safe_redirects.safe_address(request.values.get("next", "")) or url_for(usual)
