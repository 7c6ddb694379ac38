"""Every look at a person's data leaves a row, in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request

from domain.reach import scope
from domain.reach.principal import Principal
from models import db
from models.base.database import write_transaction
from models.cases.applications import Application, Certificate
from models.cases.notices import AuditEntry
from models.persons.accounts import AccountRequest, select_request
from models.persons.identity import IdentityCheck, select_check
from models.processes.instances import WorkItem
from workflows.clock import now


def record_view(principal: Principal, action: str, application: Application, **detail: Any) -> None:
    """Record a look at a case; what was read before is read anew afterwards."""
    entry = _build_entry(
        principal, action, detail, person_id=application.person_id, application_id=application.id
    )
    with write_transaction():
        db.session.add(entry)


def record_item_view(principal: Principal, item: WorkItem) -> None:
    """Record a look at a work item: at a case, at one of its threads, or at something about an account."""
    application_id = scope.find_application_id(item)
    if application_id is not None:
        record_view(principal, "task.viewed", db.session.get_one(Application, application_id), item=item.id)
        return
    asked = db.session.scalar(select_request(item.instance_id))
    if asked is not None:
        record_request_view(principal, "account_request.viewed", asked)
    check = db.session.scalar(select_check(item.instance_id))
    if check is not None:
        record_check_view(principal, "identity_check.viewed", check)


def record_check_view(principal: Principal, action: str, seen: IdentityCheck) -> None:
    """Record a look at a real-name check, which shows a document."""
    entry = _build_entry(principal, action, {"check": seen.id}, person_id=seen.person_id)
    with write_transaction():
        db.session.add(entry)


def record_request_view(principal: Principal, action: str, seen: AccountRequest) -> None:
    """Record a look at a request about an account, which shows particulars of two people."""
    entry = _build_entry(principal, action, {"request": seen.id}, person_id=seen.person_id)
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
