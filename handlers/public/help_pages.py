"""咨询服务: questions and answers, whom to call and where; accessibility."""

from __future__ import annotations

from itertools import islice
from typing import Any

from domain.site import questions
from handlers.apply.choices import offers
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.formfields import FormView
from handlers.page.queries import QuerySchema, SearchWords
from handlers.public.blueprint import pages
from models import db
from models.authorities.places import Authority, select_offices
from models.authorities.plans import select_sites_of

MOST_OFFICES = 40


class QuestionQuery(QuerySchema):
    """What somebody wants to know, and where."""

    words = SearchWords(data_key="q", most=60)
    province = SearchWords(most=6)
    city = SearchWords(most=6)


@pages.get("/help")
@allow("public")
@show("public/help.html")
@ask(QuestionQuery)
def help(asked: dict[str, Any]) -> Page:
    """常见问题, searchable, and the telephones of the offices of a place."""
    regions = offers.list_region_choices(asked)
    return {
        "form": FormView.blank(None, asked),
        "wanted": asked["words"],
        "topics": questions.search_questions(asked["words"]),
        "regions": regions,
        **list_offices(find_place(asked, regions)),
    }


@pages.get("/accessibility")
@allow("public")
@show("public/accessibility.html")
def accessibility() -> Page:
    """无障碍说明."""
    return {}


def find_place(asked: dict[str, Any], regions: dict[str, list[tuple[str, str]]]) -> str:
    """The digits with which the codes of the chosen place begin; empty for the whole country."""
    if asked["city"] in dict(regions["cities"]):
        return str(asked["city"][:4])
    return str(asked["province"][:2]) if asked["province"] in dict(regions["provinces"]) else ""


def list_offices(place: str) -> dict[str, Any]:
    """The offices of a place with their sites; those of a whole country are too many for a page."""
    found = islice(db.session.scalars(select_offices(place).limit(MOST_OFFICES + 1)), MOST_OFFICES + 1)
    offices = list(found)
    return {
        "offices": [_describe_office(one) for one in offices[:MOST_OFFICES]],
        "more_offices": len(offices) > MOST_OFFICES,
    }


def _describe_office(one: Authority) -> dict[str, Any]:
    sites = [site for site in db.session.scalars(select_sites_of(one.id)) if site.phone]
    return {**one.contact, "address": one.address, "mail": bool(one.email), "id": one.id, "sites": sites}
