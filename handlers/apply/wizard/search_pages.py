"""Where and when one can apply: looked up by province, city and kind before the first step."""

from __future__ import annotations

from typing import Any

from flask import g, request

from domain.cases import application_drafts
from domain.wording import dates
from handlers.apply.blueprint import pages
from handlers.apply.choices import offers
from handlers.apply.choices.offers import Offer
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.formfields import FormView
from handlers.page.queries import QuerySchema, SearchWords
from models.authorities.states import PlanMode, PlanStage
from models.base import codes
from translations import gettext, lazy_gettext
from workflows.clock import now

STAGES = {
    "open": (lazy_gettext("接受报名"), "ok"),
    "ahead": (lazy_gettext("未到时间"), ""),
    "over": (lazy_gettext("已经结束"), ""),
    "closed": (lazy_gettext("不组织网报"), ""),
    "none": (lazy_gettext("未开展"), ""),
}


class SiteQuery(QuerySchema):
    """Where somebody wants to apply, and for which kind."""

    province = SearchWords(most=40)
    city = SearchWords(most=40)
    kind = SearchWords(most=40)


@pages.get("/search")
@allow("applicant")
@show("apply/search.html")
@ask(SiteQuery)
def search(asked: dict[str, Any]) -> Page:
    """The authorities and sites of a city for a kind, each with its windows and 确认范围."""
    regions = offers.list_region_choices(asked)
    inside = asked["city"] in {code for code, _ in regions["cities"]}
    complete = inside and asked["kind"] in codes.KINDS
    found = offers.list_city_offers(asked["kind"], asked["city"], now()) if complete else []
    return {
        "form": FormView(values=asked, errors=_find_missing(asked, inside=inside)),
        "regions": regions,
        "kinds": tuple(codes.KINDS.items()),
        "complete": complete,
        "kind": asked["kind"],
        "kind_name": codes.KINDS.get(asked["kind"], ""),
        "offers": [describe_offer(offer) for offer in found],
        "draft": application_drafts.find_draft(g.principal.person_id),
    }


def describe_offer(offer: Offer) -> dict[str, Any]:
    """An offer as the page lists it."""
    plan = offer.plan
    label, state = STAGES[offer.stage]
    if offer.stage == PlanStage.OPEN and offer.refusal:
        label, state = gettext("暂不能报名"), ""
    return {
        "name": offer.authority.name,
        "batch": plan.batch if plan else "",
        "window": dates.format_window((plan.apply_from, plan.apply_until)) if plan else "",
        "confirm": dates.format_window((plan.confirm_from, plan.confirm_until)) if plan else "",
        "online": bool(plan and plan.mode == PlanMode.ONLINE),
        "stage": label,
        "state": state,
        "refusal": offer.refusal,
        "explanation": offer.explanation,
        "contact": offer.contact,
        "sites": [
            {"id": part.id, "name": part.site.name, "address": part.site.address, "scope": part.scope}
            for part in offer.sites
        ],
    }


def _find_missing(asked: dict[str, str], *, inside: bool) -> dict[str, tuple[str, ...]]:
    # Nobody has asked yet, or only for the next list of regions, with the cascade's own button.
    if not request.args or "refresh" in request.args:
        return {}
    errors = {"province": gettext("请选择省")} if not asked["province"] else {}
    if not inside:
        errors["city"] = gettext("请选择市")
    if asked["kind"] not in codes.KINDS:
        errors["kind"] = gettext("请选择资格种类")
    return {name: (sentence,) for name, sentence in errors.items()}
