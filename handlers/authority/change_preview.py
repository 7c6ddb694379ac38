"""A change of plan or calendar in two steps: what it would do to the cases, then doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import g

from domain.deadlines import deadline_changes
from domain.deadlines.deadline_changes import TimeChange
from models import db
from models.authorities.plans import Plan
from models.cases.notices import AuditEntry
from workflows.clock import now

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class ChangePreview:
    """What a change would do."""

    effects: list[TimeChange]
    overdue: int  # cases of which the new time has already passed

    @property
    def shown(self) -> list[TimeChange]:
        """The first of them."""
        return self.effects[:SHOWN]


@dataclass(frozen=True, kw_only=True)
class AuditNote:
    """What the audit log says of a change."""

    action: str
    detail: dict[str, Any]


def preview_change(change: Callable[[], None], plan: Plan | None = None) -> ChangePreview:
    """Try a change and take it back; what the cases' times would be."""
    effects = _try_change(change, plan)
    late = sum(one.after <= now() for one in effects)
    for one in effects:
        db.session.expunge(one.application)
    db.session.rollback()
    return ChangePreview(effects=effects, overdue=late)


def carry_out_change(change: Callable[[], None], entry: AuditNote, plan: Plan | None = None) -> int:
    """Make a change, note who made it, and have the cases re-dated; how many. The caller commits."""
    effects = _try_change(change, plan)
    number = uuid4().hex
    targets = deadline_changes.cases_with_targets() if plan is None else []
    deadline_changes.queue_redating(sorted({*targets, *(one.application.id for one in effects)}), number)
    detail = {**entry.detail, "cases": len(effects), "change": number}
    actor = g.principal.person_id
    db.session.add(AuditEntry(at=now(), actor_id=actor, action=entry.action, detail=detail))
    return len(effects)


def _try_change(change: Callable[[], None], plan: Plan | None) -> list[TimeChange]:
    before, own = deadline_changes.list_case_times(plan), deadline_changes.cases_with_own_days(plan)
    change()
    after = deadline_changes.list_case_times(plan)
    kept = {number: max(before[number], after[number]) for number in own if number in before.keys() & after}
    return deadline_changes.compare_times(before, after | kept)
