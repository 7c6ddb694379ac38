"""The calendar of windows: which authorities take applications when, by place and stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, func, or_, select, type_coerce
from sqlalchemy.orm import joinedload, selectinload

from models.authorities.places import Authority, AuthorityKind
from models.authorities.plans import Plan, PlanSite
from models.authorities.states import PlanStage

KEPT = timedelta(days=180)  # that a plan stays in the calendar after its last day
NO_SITE = "no_site"  # a window that is open, and nowhere to be confirmed
STAGES = (PlanStage.OPEN, PlanStage.AHEAD, PlanStage.OVER, NO_SITE, PlanStage.CLOSED)  # in this order


@dataclass(frozen=True, kw_only=True)
class CalendarWish:
    """What somebody wants to see of the calendar; what is empty is not asked for."""

    within: str = ""  # digits with which the codes of regions begin
    besides: tuple[str, ...] = ()  # codes of regions above, whose authorities decide there too
    kind: str = ""
    stage: str = ""
    words: tuple[str, ...] = ()  # each of them in the name of the authority, the batch or a site's scope
    plan: int | None = None


def stage_order(moment: datetime) -> ColumnElement[int]:
    """Where a plan stands at a moment, as its place in STAGES."""
    without_site = ~select(PlanSite.id).where(PlanSite.plan_id == Plan.id).exists()
    return case(
        (Plan.open.is_(False), STAGES.index(PlanStage.CLOSED)),
        (without_site, STAGES.index(NO_SITE)),
        (Plan.apply_from > moment, STAGES.index(PlanStage.AHEAD)),
        (Plan.apply_until >= moment, STAGES.index(PlanStage.OPEN)),
        else_=STAGES.index(PlanStage.OVER),
    )


def select_calendar(wish: CalendarWish, moment: datetime) -> Select[Plan]:
    """The plans of a wish with authorities and sites: those open first, then those that come soonest."""
    found: Select[Plan] = _with_conditions(select(Plan), wish, moment)
    ordered = found.order_by(stage_order(moment), Plan.apply_from, Authority.region_code, Plan.id)
    return ordered.options(joinedload(Plan.authority), selectinload(Plan.sites).joinedload(PlanSite.site))


def count_calendar(wish: CalendarWish, moment: datetime) -> Select[int]:
    """How many plans a wish finds."""
    found: Select[int] = _with_conditions(select(func.count()).select_from(Plan), wish, moment)
    return found


def _with_conditions(query: Any, wish: CalendarWish, moment: datetime) -> Any:
    query = query.join(Authority, Authority.id == Plan.authority_id)
    return query.where(*_list_conditions(wish, moment))


def _list_conditions(wish: CalendarWish, moment: datetime) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Plan.confirm_until >= moment - KEPT]
    if wish.plan is not None:
        found.append(Plan.id == wish.plan)
    if wish.within:
        inside = Authority.region_code.startswith(wish.within, autoescape=True)
        found.append(or_(inside, Authority.region_code.in_(wish.besides)))
    if wish.kind:
        decides = (AuthorityKind.authority_id == Authority.id, AuthorityKind.kind == wish.kind)
        taken = type_coerce(Plan.kinds, Text).contains(f'"{wish.kind}"', autoescape=True)
        found += [select(AuthorityKind.kind).where(*decides).exists(), taken]
    if wish.stage in STAGES:
        found.append(stage_order(moment) == STAGES.index(wish.stage))
    return [*found, *(_mentions(word) for word in wish.words)]


def _mentions(word: str) -> ColumnElement[bool]:
    site = and_(PlanSite.plan_id == Plan.id, PlanSite.scope.contains(word, autoescape=True))
    return or_(
        Authority.name.contains(word, autoescape=True),
        Plan.batch.contains(word, autoescape=True),
        select(PlanSite.id).where(site).exists(),
    )
