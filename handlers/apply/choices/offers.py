"""Which authorities take a kind of qualification where, when, and at which sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.rules import authority_levels
from domain.wording import dates
from models import db
from models.authorities.places import Authority, find_region
from models.authorities.plans import (
    Plan,
    PlanSite,
    choose_plan,
    select_authorities,
    select_plans,
    select_provinces,
    select_subregions,
)
from models.authorities.states import PlanStage
from translations import gettext, lazy_gettext

NO_SITE = lazy_gettext("该机构未设置确认点，请联系所选的教育局。")
OUTSIDE = lazy_gettext("当前时间不在该机构的网报时间段内")
PERIOD = lazy_gettext("申请应当在公布的受理期限内提出（《教师资格条例》第十四条）。")
CLOSED = lazy_gettext("该机构不组织网上采集认定信息，请与该机构联系。")
NO_PLAN = lazy_gettext("该机构目前未开展认定工作，请与该机构联系。")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """An authority with its plan that fits the day, if it has one."""

    authority: Authority
    plan: Plan | None
    stage: str  # open | ahead | over | closed | none

    @property
    def sites(self) -> list[PlanSite]:
        """The sites of the plan."""
        return list(self.plan.sites) if self.plan else []

    @property
    def refusal(self) -> str:
        """Why nobody can apply there now; empty when one can."""
        if self.plan is None:
            return NO_PLAN
        if self.stage == PlanStage.CLOSED:
            return CLOSED
        if self.stage != PlanStage.OPEN:
            return OUTSIDE
        return "" if self.plan.sites else NO_SITE

    @property
    def explanation(self) -> str:
        """What stands under the refusal: the real window, or whom to ask."""
        if self.refusal == OUTSIDE and self.plan is not None:
            window = dates.format_window((self.plan.apply_from, self.plan.apply_until))
            return gettext(
                "%(name)s的网报时间为 %(window)s。%(period)s",
                name=self.authority.name,
                window=window,
                period=PERIOD,
            )
        return self.contact if self.refusal else ""

    @property
    def contact(self) -> str:
        """Whom to ask."""
        return self.authority.contact_line


def list_region_offers(kind: str, regions: list[str], moment: datetime) -> list[Offer]:
    """The offers of all authorities of some regions that decide on a kind."""
    authorities = list(db.session.scalars(select_authorities(kind, regions)))
    return [_build_offer(authority, kind, moment) for authority in authorities]


def list_city_offers(kind: str, city: str, moment: datetime) -> list[Offer]:
    """What a search in a city finds: its own authority, those of its counties, and that of the province."""
    counties = [region.code for region in db.session.scalars(select_subregions(city))]
    found = list_region_offers(kind, [*counties, city, city[:2] + "0000"], moment)
    return sorted(found, key=lambda offer: (bool(offer.refusal), offer.authority.region_code))


def list_deciding_offers(kind: str, region: str, moment: datetime) -> list[Offer]:
    """Who decides on a kind for somebody who lives in a region, and when."""
    return [
        _build_offer(authority, kind, moment)
        for authority in authority_levels.find_deciding_authorities(kind, region)
    ]


def list_other_authorities(region: str, deciding: list[Offer]) -> list[Authority]:
    """The authorities of a region and its city beside those that decide there."""
    within = Authority.region_code.in_(
        authority_levels.region_chain(region)[:-1]
    )  # a province has too many to show
    query = select(Authority).where(within, Authority.id.not_in([one.authority.id for one in deciding]))
    return list(db.session.scalars(query.order_by(Authority.region_code.desc())))


def list_region_choices(values: Any) -> dict[str, list[tuple[str, str]]]:
    """The three lists of regions for what has been chosen so far."""
    province, city = values.get("province") or "", values.get("city") or ""
    cities = _list_cities(province) if province else []
    inside = city in {code for code, _ in cities}
    return {
        "provinces": _list_pairs(select_provinces()),
        "cities": cities,
        "counties": _list_counties(city) if inside else [],
    }


def full_region_name(code: str | None) -> str:
    """浙江省衢州市柯城区."""
    names = [find_region(part) for part in reversed(authority_levels.region_chain(code))] if code else []
    return "".join(region.name for region in names if region is not None and not _is_districts(region.name))


def _list_cities(province: str) -> list[tuple[str, str]]:
    """The cities of a province; a city under the central government has none between it and its districts."""
    found = _list_pairs(select_subregions(province))
    own = find_region(province)
    return [(code, own.name if own is not None and _is_districts(name) else name) for code, name in found]


def _list_counties(city: str) -> list[tuple[str, str]]:
    """The counties of a city; the districts taken together are an entry of the code list and no place."""
    return [(code, name) for code, name in _list_pairs(select_subregions(city)) if not _is_districts(name)]


def _is_districts(name: str) -> bool:
    return name == "市辖区"


def _build_offer(authority: Authority, kind: str, moment: datetime) -> Offer:
    plans = list(db.session.scalars(select_plans([authority.id])))
    plan = choose_plan(plans, kind, moment)
    return Offer(authority=authority, plan=plan, stage=plan.stage(moment) if plan else "none")


def _list_pairs(query: Any) -> list[tuple[str, str]]:
    return [(region.code, region.name) for region in db.session.scalars(query)]
