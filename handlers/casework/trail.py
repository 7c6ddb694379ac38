"""Every look at a person's data leaves a row, in a short transaction of its own."""

from __future__ import annotations

from typing import Any

from flask import request

from handlers.access import Principal
from handlers.aside import written_aside
from models import db
from models.applications import Application
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
    with written_aside():
        db.session.add(entry)
