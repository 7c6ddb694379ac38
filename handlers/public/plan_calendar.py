"""Where and when one can apply: the plans of all authorities, those open now first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from handlers.apply.choices import offers
from models import db
from models.authorities.places import Authority, Region
from models.authorities.plans import Plan
from models.authorities.states import RegionLevel
from models.base.codes import KINDS, SHORT_KINDS
from translations import join_words, lazy_gettext

STAGES = {
    "open": ("ok", "ok", lazy_gettext("接受报名")),
    "ahead": ("", "clock", lazy_gettext("未开始")),
    "over": ("", "clock", lazy_gettext("报名已结束")),
    "no_site": ("", "info", lazy_gettext("未设置确认点，暂不能报名")),
    "closed": ("", "info", lazy_gettext("不组织网上报名")),
}
ORDER = tuple(STAGES)


def list_plan_rows(moment: datetime) -> list[dict[str, Any]]:
    """Every plan whose confirmation is not over, as a row of the table."""
    loaded = select(Plan).options(joinedload(Plan.authority), selectinload(Plan.sites))
    current = loaded.where(Plan.confirm_until >= moment)
    found = sorted(db.session.scalars(current), key=lambda plan: _sort_key(plan, moment))
    return [_plan_row(plan, _plan_stage(plan, moment)) for plan in found]


def list_cities() -> list[tuple[str, str]]:
    """The cities in which an authority takes applications."""
    codes = {code[:4] + "00" for code in db.session.scalars(select(Authority.region_code))}
    found = (
        select(Region).where(Region.code.in_(codes), Region.level == RegionLevel.CITY).order_by(Region.code)
    )
    return [(region.code, region.name) for region in db.session.scalars(found)]


def find_offers(city: str, kind: str, moment: datetime) -> list[offers.Offer]:
    """Who takes applications for a kind in a city; those that are open first."""
    return offers.list_city_offers(kind, city, moment) if kind in KINDS else []


def _sort_key(plan: Plan, moment: datetime) -> tuple[int, datetime, str]:
    return ORDER.index(_plan_stage(plan, moment)), plan.apply_from, plan.authority.region_code


def _plan_stage(plan: Plan, moment: datetime) -> str:
    """Where a plan is in its time; one without a place to be confirmed takes no application."""
    return plan.stage(moment) if plan.sites else "no_site"


def _plan_row(plan: Plan, stage: str) -> dict[str, Any]:
    return {
        "authority": plan.authority.name,
        "batch": plan.batch,
        "kinds": join_words(SHORT_KINDS[kind] for kind in plan.kinds),
        "apply": (plan.apply_from, plan.apply_until),
        "confirm": (plan.confirm_from, plan.confirm_until),
        "open": stage == "open",
        "stage": STAGES[stage],
    }
