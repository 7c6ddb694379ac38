"""Every look at a person's data leaves a row, in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from domain.reach.principal import Principal
from models import db
from models.base.database import write_transaction
from models.cases.applications import Application, Certificate
from models.cases.notices import AuditEntry
from workflows.clock import now


def record_view(principal: Principal, action: str, application: Application, **detail: Any) -> None:
    """Record a look at a case; what was read before is read anew afterwards."""
    entry = _build_entry(
        principal, action, detail, person_id=application.person_id, application_id=application.id
    )
    with write_transaction():
        db.session.add(entry)


def record_views(principal: Principal, action: str, shown: Sequence[Certificate], **detail: Any) -> None:
    """Record a look at a list that names people: a row for each of them, in one transaction."""
    entries = [
        _build_entry(principal, action, detail, person_id=one.person_id, application_id=one.application_id)
        for one in shown
    ]
    if entries:
        with write_transaction():
            db.session.add_all(entries)


def _build_entry(principal: Principal, action: str, detail: dict[str, Any], **whose: int) -> AuditEntry:
    return AuditEntry(
        at=now(),
        actor_id=principal.person_id,
        action=action,
        address=request.remote_addr or "",
        detail=detail or None,
        **whose,
    )
