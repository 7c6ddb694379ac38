"""What there is to do now, and when there will be more: a few looks at indexes, however long the tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, null, select

from models import db
from models.base.prebuilt import Prebuilt
from models.processes.instances import Job, Wait
from models.processes.states import JobState
from workflows.clock import now

JOB: Any = Job.__table__
WAIT: Any = Wait.__table__
IS_DUE = JOB.c.state == JobState.DUE


def _build_lanes_query() -> Prebuilt:
    """Each lane with jobs, and when its first one is due: from one lane to the next, along the index."""
    lanes = select(func.min(JOB.c.lane).label("lane")).where(IS_DUE).cte("lanes", recursive=True)
    later = select(func.min(JOB.c.lane)).where(IS_DUE, JOB.c.lane > lanes.c.lane).scalar_subquery()
    lanes = lanes.union_all(select(later).where(lanes.c.lane.is_not(null())))
    first = select(func.min(JOB.c.run_at)).where(IS_DUE, JOB.c.lane == lanes.c.lane).scalar_subquery()
    return Prebuilt(select(lanes.c.lane, first.label("run_at")).where(lanes.c.lane.is_not(null())))


LANES = _build_lanes_query()
LEASED = Prebuilt(
    select(JOB.c.lane, JOB.c.lease_until).where(JOB.c.state == JobState.LEASED).order_by(JOB.c.lease_until)
)
TIMER = Prebuilt(
    select(WAIT.c.fire_at).where(WAIT.c.fire_at.is_not(null())).order_by(WAIT.c.fire_at).limit(1)
)


@dataclass(frozen=True, kw_only=True)
class DueWork:
    """What is due now."""

    lanes: list[str]  # with jobs to run
    timers: bool
    following: datetime | None  # when more becomes due
    longest: datetime | None  # since when what waits longest is due

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to do now."""
        return not self.lanes and not self.timers


def find_due_work() -> DueWork:
    """See what is due; reads only, and ends its transaction."""
    at = now()
    jobs = {row.lane: row.run_at for row in LANES.all({})}
    for row in LEASED.all({}):  # as many as are being done; those of workers that went away run out
        jobs[row.lane] = min(row.lease_until, jobs.get(row.lane, row.lease_until))
    timer = TIMER.scalar({})
    db.session.rollback()
    moments = [*jobs.values(), *([timer] if timer else [])]
    return DueWork(
        lanes=[lane for lane, moment in jobs.items() if moment <= at],
        timers=timer is not None and timer <= at,
        following=min((moment for moment in moments if moment > at), default=None),
        longest=min((moment for moment in moments if moment <= at), default=None),
    )
