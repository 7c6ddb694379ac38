"""A change of plan or calendar in two steps: what it would do to the cases, then doing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import g

from domain.deadlines import redating
from domain.deadlines.redating import Effect
from models import db
from models.notices import AuditEntry
from models.plans import Plan
from workflows.clock import now

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What a change would do."""

    effects: list[Effect]
    overdue: int  # cases of which the new time has already passed

    @property
    def shown(self) -> list[Effect]:
        """The first of them."""
        return self.effects[:SHOWN]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What the audit log says of a change."""

    action: str
    detail: dict[str, Any]


def preview(change: Callable[[], None], plan: Plan | None = None) -> Preview:
    """Try a change and take it back; what the cases' times would be."""
    effects = _tried(change, plan)
    late = sum(one.after <= now() for one in effects)
    for one in effects:
        db.session.expunge(one.application)
    db.session.rollback()
    return Preview(effects=effects, overdue=late)


def carry_out(change: Callable[[], None], entry: Entry, plan: Plan | None = None) -> int:
    """Make a change, note who made it, and have the cases re-dated; how many. The caller commits."""
    effects = _tried(change, plan)
    number = uuid4().hex
    targets = redating.with_targets() if plan is None else []
    redating.queue(sorted({*targets, *(one.application.id for one in effects)}), number)
    detail = {**entry.detail, "cases": len(effects), "change": number}
    actor = g.principal.person_id
    db.session.add(AuditEntry(at=now(), actor_id=actor, action=entry.action, detail=detail))
    return len(effects)


def _tried(change: Callable[[], None], plan: Plan | None) -> list[Effect]:
    before, own = redating.times(plan), redating.own_days(plan)
    change()
    after = redating.times(plan)
    kept = {number: max(before[number], after[number]) for number in own if number in before.keys() & after}
    return redating.effects(before, after | kept)
