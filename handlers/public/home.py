"""The home page: where to begin, whether one can apply now, and the calendar of all authorities."""

from __future__ import annotations

from typing import Any

from domain.wording import dates
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.formfields import FormView
from handlers.page.queries import QuerySchema, SearchWords
from handlers.public import plan_calendar
from handlers.public.blueprint import pages
from models.base.codes import KINDS


class PlaceQuery(QuerySchema):
    """Where, and for which kind."""

    city = SearchWords(most=40)
    kind = SearchWords(most=40)


@pages.get("/")
@allow("public")
@show("public/home.html")
@ask(PlaceQuery)
def home(asked: dict[str, Any]) -> Page:
    """Home; with a city and a kind it also answers whether one can apply there."""
    moment = dates.request_time()
    city, kind = asked["city"], asked["kind"]
    cities = plan_calendar.list_cities()
    rows = plan_calendar.list_plan_rows(moment)
    return {
        "form": FormView.blank(None, {"city": city, "kind": kind}),
        "cities": cities,
        "kinds": list(KINDS.items()),
        "asked": city in dict(cities) and kind in KINDS,
        "offers": plan_calendar.find_offers(city, kind, moment) if city in dict(cities) else [],
        "rows": rows,
        "batch": next((row["batch"] for row in rows if row["open"]), ""),
    }
