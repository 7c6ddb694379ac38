"""Which level of authority decides on a kind, and who that is for a region."""

from __future__ import annotations

from collections.abc import Sequence

from domain.rules import policy
from domain.rules.requirements import cite_article
from models import db
from models.authorities.places import Authority, find_region
from models.authorities.plans import select_authorities
from models.base import codes
from models.cases.applications import Application
from models.cases.refusals import WrongLevel
from translations import gettext


def region_chain(code: str) -> list[str]:
    """A region and those above it, the smallest first."""
    codes = [code]
    while (region := find_region(codes[-1])) is not None and region.parent_code:
        codes.append(region.parent_code)
    return codes


def select_fitting_authorities(kind: str, province: str, authorities: Sequence[Authority]) -> list[Authority]:
    """Of the authorities that decide on a kind those of its level.

    The decision table names the level; a lower authority that was entrusted with the kind fits too,
    a higher one only where there is no other.
    """
    level = policy.AUTHORITY_LEVELS.index(policy.deciding_level(kind, province).level)
    lower = [one for one in authorities if policy.AUTHORITY_LEVELS.index(one.level) <= level]
    return lower or list(authorities)


def find_deciding_authorities(kind: str, region: str) -> list[Authority]:
    """Who decides on a kind for somebody who lives in a region."""
    regions = region_chain(region)
    return select_fitting_authorities(
        kind, regions[-1], list(db.session.scalars(select_authorities(kind, regions)))
    )


def why_decided_elsewhere(kind: str, region: str) -> str:
    """Who decides on a kind, and by which article: said of an authority that does not."""
    needed = policy.deciding_level(kind, region_chain(region)[-1])
    if not needed.reason:
        reason = gettext("不由该机构认定")
    else:
        reason = gettext("%(kind)s%(reason)s", kind=codes.KINDS.get(kind, ""), reason=needed.reason)
    return cite_article(reason, needed.article)


def check_authority(application: Application) -> None:
    """The authority decides on the kind for the place."""
    kind, region = application.kind or "", application.region_code or ""
    if application.authority_id in {one.id for one in find_deciding_authorities(kind, region)}:
        return
    raise WrongLevel(
        gettext(
            "%(reason)s，不由%(authority)s认定。",
            reason=why_decided_elsewhere(kind, region),
            authority=application.authority.name,
        )
    )
