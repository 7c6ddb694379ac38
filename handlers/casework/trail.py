"""Every look at a person's data leaves a row, in a short transaction of its own."""

from __future__ import annotations

from typing import Any

from flask import request

from handlers.access import Principal
from models import db
from models.applications import Application
from models.database import writing
from models.notices import AuditEntry
from workflows.clock import now


def viewed(principal: Principal, action: str, application: Application, **detail: Any) -> None:
    """Record a look at a case; what was read before is read anew afterwards."""
    entry = AuditEntry(
        at=now(),
        actor_id=principal.person_id,
        action=action,
        person_id=application.person_id,
        application_id=application.id,
        address=request.remote_addr or "",
        detail=detail or None,
    )
    # The row must begin its transaction: SQLite cannot turn a reading one into a writing one.
    db.session.rollback()
    before = writing.set(True)
    try:
        db.session.add(entry)
        db.session.commit()
    finally:
        writing.reset(before)
