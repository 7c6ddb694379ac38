"""The home page: where to begin, whether one can apply now, and the calendar of all authorities."""

from __future__ import annotations

from flask import request

from domain.wording import dates
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.page.formfields import FormView
from handlers.public import plan_calendar
from handlers.public.blueprint import pages
from models.base.codes import KINDS


@pages.get("/")
@allow("public")
@show("public/home.html")
def home() -> Page:
    """Home; with a city and a kind it also answers whether one can apply there."""
    moment = dates.request_time()
    city, kind = request.args.get("city", ""), request.args.get("kind", "")
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
