"""Where and when one can apply: the plans of all authorities, those open now first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select

from domain.wording import dates
from handlers.apply.choices import offers
from handlers.page.calendar_files import CalendarEvent
from models import db
from models.authorities import plan_calendar as plans
from models.authorities.places import Authority, Region
from models.authorities.plan_calendar import CalendarWish
from models.authorities.plans import Plan
from models.authorities.states import PlanMode, RegionLevel
from models.base.codes import KINDS, SHORT_KINDS
from translations import gettext, join_words, lazy_gettext

STAGES = {
    "open": ("ok", "ok", lazy_gettext("接受报名")),
    "ahead": ("", "clock", lazy_gettext("未开始")),
    "over": ("", "clock", lazy_gettext("报名已结束")),
    "no_site": ("", "info", lazy_gettext("未设置确认点，暂不能报名")),
    "closed": ("", "info", lazy_gettext("不组织网上报名")),
}
LEVELS = {
    RegionLevel.PROVINCE: lazy_gettext("省级"),
    RegionLevel.CITY: lazy_gettext("市级"),
    RegionLevel.COUNTY: lazy_gettext("县级"),
}
MOST_AT_HOME = 12


def list_plan_rows(moment: datetime) -> list[dict[str, Any]]:
    """The plans that concern most people now, as rows of the home page: those that have not ended first."""
    query = plans.select_calendar(CalendarWish(), moment).where(Plan.confirm_until >= moment)
    return [describe_plan(plan, moment) for plan in db.session.scalars(query.limit(MOST_AT_HOME))]


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


def describe_plan(plan: Plan, moment: datetime) -> dict[str, Any]:
    """A plan as a page shows it."""
    stage = find_stage(plan, moment)
    return {
        "id": plan.id,
        "authority": plan.authority.name,
        "level": LEVELS.get(plan.authority.level, ""),
        "phone": plan.authority.phone,
        "batch": plan.batch,
        "kinds": join_words(SHORT_KINDS[kind] for kind in plan.kinds if kind in SHORT_KINDS),
        "apply": (plan.apply_from, plan.apply_until),
        "confirm": (plan.confirm_from, plan.confirm_until),
        "online": plan.mode == PlanMode.ONLINE,
        "sites": [{"name": part.site.name, "scope": part.scope} for part in plan.sites],
        "open": stage == "open",
        "stage": STAGES[stage],
    }


def find_stage(plan: Plan, moment: datetime) -> str:
    """Where a plan is in its time; one without a place to be confirmed takes no application."""
    return plan.stage(moment) if plan.sites or not plan.open else plans.NO_SITE


def list_events(plan: Plan) -> Iterator[CalendarEvent]:
    """Both windows of a plan for somebody's own calendar."""
    host = current_app.config["PUBLIC_URL"].partition("//")[2]
    sites = join_words(part.site.name for part in plan.sites)
    for sort, label, place in (
        ("apply", gettext("网上报名"), ""),
        ("confirm", gettext("确认"), "" if plan.mode == PlanMode.ONLINE else sites),
    ):
        start, end = getattr(plan, f"{sort}_from"), getattr(plan, f"{sort}_until")
        yield CalendarEvent(
            uid=f"plan-{plan.id}-{sort}@{host}",
            title=gettext(
                "%(authority)s %(batch)s %(window)s",
                authority=plan.authority.name,
                batch=plan.batch,
                window=label,
            ),
            start=start,
            end=end,
            text=gettext(
                "%(window)s。%(contact)s",
                window=dates.format_window((start, end)),
                contact=plan.authority.contact_line,
            ),
            place=place,
            address=url_for("public.calendar", plan=plan.id, _external=True),
        )
