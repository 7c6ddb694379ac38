"""Who may see which cases: a post opens the cases of its own place, and nothing else."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, false, or_, select, true

from domain.reach.principal import Principal
from models import db
from models.base.codes import ROLE_PLACES
from models.base.database import read_once
from models.base.errors import NotFound
from models.cases.applications import Application
from models.cases.threads import Thread
from models.listing import claims
from models.listing.ways import match_ways
from models.processes.instances import WorkItem

# Held at an authority, and yet not for whatever case it has: plans are no cases, and an expert sees those to
# which they are appointed.
NOT_FOR_ALL_CASES = frozenset({"authority.plans", "expert"})
SITE_ROLES = frozenset(role for role, sort in ROLE_PLACES.items() if sort == "site")
AUTHORITY_ROLES = (
    frozenset(role for role, sort in ROLE_PLACES.items() if sort == "authority") - NOT_FOR_ALL_CASES
)
CERTIFICATE_ROLES = frozenset({"certificate.clerk"})  # see the register, print, record the receipt
BACKGROUND_ROLES = frozenset(
    {"authority.first", "authority.second", "authority.decide", "check.officer", "check.supervisor"}
)

# Where these have tasks, the place of a token tells whether something was found.
CHECKERS = frozenset({"check.officer", "check.supervisor"})


def case_filter(principal: Principal) -> ColumnElement[bool]:
    """The condition under which an application is the person's to see."""
    if _works_everywhere(principal):
        return true()
    sites, authorities = (
        _place_numbers(principal, SITE_ROLES, "site"),
        _place_numbers(principal, AUTHORITY_ROLES, "authority"),
    )
    ways = [_appointed_filter(principal)]
    if sites:
        ways.append(Application.site_id.in_(sites))
    if authorities:
        ways.append(Application.authority_id.in_(authorities))
    return or_(false(), *ways)


def select_visible_cases(principal: Principal) -> Select[Application]:
    """The registered applications that the person may see; drafts appear to nobody."""
    return select(Application).where(Application.registration_number.is_not(None), case_filter(principal))


def find_case(principal: Principal, application_id: int) -> Application:
    """One of the person's cases; a foreign one does not exist for them."""
    found = db.session.scalar(select_visible_cases(principal).where(Application.id == application_id))
    if found is None:
        raise NotFound
    return found


def may_see_case(principal: Principal, application: Application | None) -> bool:
    """Whether an application is one of the person's cases."""
    found = select_visible_cases(principal).where(Application.id == application.id) if application else None
    return found is not None and db.session.scalar(found) is not None


def find_item(principal: Principal, item_id: int) -> WorkItem:
    """A work item addressed to the person, in whatever state; others do not exist for them."""
    item = db.session.scalar(select(WorkItem).where(WorkItem.id == item_id, item_filter(principal)))
    if item is None:
        raise NotFound
    return item


def item_filter(principal: Principal) -> ColumnElement[bool]:
    """The condition under which a work item is the person's to see."""
    return claims.is_visible(principal.person_id, principal.posts)


def may_see_item(principal: Principal, item: WorkItem) -> bool:
    """Whether a work item that was read is the person's to see."""
    return claims.sees_item(item, principal.person_id, principal.posts)


def list_openable_items(principal: Principal, instance_id: int | None) -> set[int]:
    """The items of an instance that the person may open."""
    found = select(WorkItem.id).where(WorkItem.instance_id == instance_id, item_filter(principal))
    return set(db.session.scalars(found))


def find_application_id(item: WorkItem) -> int | None:
    """The application whose process, or one of whose threads, an item belongs to."""
    own = select(Application.id).where(Application.instance_id == item.instance_id)
    about = select(Thread.application_id).where(Thread.instance_id == item.instance_id)
    # An instance belongs to the same case for ever: the page and its entry in the audit trail ask once.
    return read_once(("application of", item.instance_id), lambda: db.session.scalar(own.union_all(about)))


def holds_role(principal: Principal, roles: frozenset[str], place: str) -> bool:
    """Whether the person holds one of some roles at a place."""
    return any(role in roles and claims.covers_place(held, place) for role, held in principal.posts)


def may_see_background(principal: Principal, application: Application) -> bool:
    """Whether the person checks or decides at the authority of a case."""
    return holds_role(principal, BACKGROUND_ROLES, f"authority:{application.authority_id}")


def may_see_process(principal: Principal, application: Application, roles: set[str]) -> bool:
    """Whether the inside of a process is the person's to see; `roles` are those of its tasks."""
    return not roles & CHECKERS or may_see_background(principal, application)


def list_authorities(principal: Principal, roles: frozenset[str]) -> list[int] | None:
    """The authorities at which a person holds one of some roles; None means all."""
    if any(role in roles and place is None for role, place in principal.posts):
        return None
    return _place_numbers(principal, roles, "authority")


def _works_everywhere(principal: Principal) -> bool:
    return any(place is None and role in SITE_ROLES | AUTHORITY_ROLES for role, place in principal.posts)


def _place_numbers(principal: Principal, roles: frozenset[str], sort: str) -> list[int]:
    places = [place for role, place in principal.posts if role in roles and place]
    return [int(number) for name, _, number in (place.partition(":") for place in places) if name == sort]


def _appointed_filter(principal: Principal) -> ColumnElement[bool]:
    """Experts see the cases that they were given, also after they gave their opinion."""
    mine = match_ways(claims.party_ways(principal.person_id))
    return Application.instance_id.in_(select(WorkItem.instance_id).where(WorkItem.role == "expert", mine))
