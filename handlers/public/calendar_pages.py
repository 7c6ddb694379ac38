"""各地报名时间: the calendar of windows by region, with a search, and as a file for one's own calendar."""

from __future__ import annotations

import math
from typing import Any

from flask import Response

from domain.wording import dates
from handlers.apply.choices import offers
from handlers.entry.access import allow
from handlers.page import calendar_files
from handlers.page.contract import Page, ask, show
from handlers.page.formfields import FormView
from handlers.page.queries import QuerySchema, RowReference, SearchWords
from handlers.public import plan_calendar
from handlers.public.blueprint import pages
from models import db
from models.authorities import plan_calendar as plans
from models.authorities.plan_calendar import CalendarWish
from models.base.codes import KINDS
from translations import lazy_gettext

SIZE = 20  # plans on a page
MOST_EVENTS = 100  # plans in a file
STAGES = (
    ("open", lazy_gettext("现在可以报名")),
    ("ahead", lazy_gettext("还没有开始")),
    ("over", lazy_gettext("已经结束")),
)
NAMES = ("province", "city", "county", "kind", "stage")
LEVELS = (("county", "counties"), ("city", "cities"), ("province", "provinces"))  # the smallest first


class CalendarQuery(QuerySchema):
    """Where, for which kind, and when."""

    words = SearchWords(data_key="q", most=40)
    province = SearchWords(most=6)
    city = SearchWords(most=6)
    county = SearchWords(most=6)
    kind = SearchWords(most=24)
    stage = SearchWords(most=10)
    plan = RowReference()
    page = RowReference()


@pages.get("/calendar")
@allow("public")
@show("public/calendar.html")
@ask(CalendarQuery)
def calendar(asked: dict[str, Any]) -> Page:
    """Who takes applications when: by province, city and county, by kind, and by where it stands."""
    moment, regions = dates.request_time(), offers.list_region_choices(asked)
    wish = _read_wish(asked, regions)
    total = db.session.scalar(plans.count_calendar(wish, moment)) or 0
    last = max(1, math.ceil(total / SIZE))
    page = min(max(asked["page"] or 1, 1), last)
    found = db.session.scalars(plans.select_calendar(wish, moment).limit(SIZE).offset((page - 1) * SIZE))
    kept = {name: asked[name] for name in NAMES} | {"q": asked["words"]}
    return {
        "form": FormView.blank(None, asked),
        "regions": regions,
        "kinds": tuple(KINDS.items()),
        "stages": STAGES,
        "rows": [plan_calendar.describe_plan(one, moment) for one in found],
        "total": total,
        "page": page,
        "pages": last,
        "kept": {name: value for name, value in kept.items() if value},
        "one": asked["plan"] is not None,
    }


@pages.get("/calendar.ics")
@allow("public")
@ask(CalendarQuery)
def calendar_file(asked: dict[str, Any]) -> Response:
    """The same windows as a file for one's own calendar."""
    moment = dates.request_time()
    wish = _read_wish(asked, offers.list_region_choices(asked))
    found = db.session.scalars(plans.select_calendar(wish, moment).limit(MOST_EVENTS))
    events = [event for plan in found for event in plan_calendar.list_events(plan)]
    return calendar_files.answer_calendar(events, name="zige", moment=moment)


def _read_wish(asked: dict[str, Any], regions: dict[str, list[tuple[str, str]]]) -> CalendarWish:
    """What is asked for, as far as it exists; those above a place decide there too."""
    place = next((asked[name] for name, level in LEVELS if asked[name] in dict(regions[level])), "")
    above = tuple(code for code in (asked["city"], asked["province"]) if code and code != place)
    return CalendarWish(
        within=place.removesuffix("00").removesuffix("00"),
        besides=above if place else (),
        kind=asked["kind"] if asked["kind"] in KINDS else "",
        stage=asked["stage"] if asked["stage"] in dict(STAGES) else "",
        words=tuple(asked["words"].split()),
        plan=asked["plan"],
    )
