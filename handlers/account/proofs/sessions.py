"""Opening a session for somebody who was proved to be who they say."""

from __future__ import annotations

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from handlers.account.proofs import known_devices
from handlers.entry import access, safe_redirects
from models import db
from models.base.database import writing


def open_session(person_id: int, kind: str) -> ResponseReturnValue:
    """Open a session for a person, know the browser from now on, and lead them on."""
    db.session.rollback()
    writing.set(True)
    response = access.sign_in(make_response(redirect(find_target(kind), 303)), person_id)
    known_devices.remember_device(response, person_id)
    db.session.commit()
    return response


def find_target(kind: str) -> str:
    """Where a person goes after signing in: the page that asked for it, or the one of their kind."""
    usual = "apply.platform" if kind == "applicant" else "casework.worklist"
    return safe_redirects.safe_address(request.values.get("next", "")) or url_for(usual)
