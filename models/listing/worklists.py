"""Named queries of the work list: items with their cases, in keyset order, never loading the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from models.authorities.places import Site
from models.base import spelling
from models.base.columns import Moment
from models.cases.applications import Application
from models.cases.threads import Thread
from models.listing import claims
from models.listing.ways import Way, combine_ways, match_ways
from models.persons.people import Person
from models.processes.instances import ProcessInstance, WorkItem
from models.processes.states import ItemState

FAR = datetime(9999, 12, 31, tzinfo=UTC)
SOON = timedelta(days=2)
HeldPost = tuple[str, str | None]
Holder = aliased(Person, name="holder")
Applicant = aliased(Person, name="applicant")
About = aliased(Application, name="about")


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Whose work list it is, and when they ask."""

    person_id: int
    posts: frozenset[HeldPost]
    now: datetime


@dataclass(frozen=True, kw_only=True)
class WorklistFilter:
    """What a person looks for within a view; empty means all."""

    element: str = ""
    kind: str = ""
    place: str = ""
    words: str = ""


def is_claimable(asker: Asker) -> ColumnElement[bool]:
    """Items that the person may take."""
    return claims.is_claimable(asker.person_id, asker.posts, asker.now)


def is_own(asker: Asker) -> ColumnElement[bool]:
    """Items that the person holds or that were assigned to them."""
    addressed = claims.addressed_ways(asker.posts)
    held = combine_ways(claims.claimed_ways(asker.person_id), addressed)
    return match_ways([*claims.named_ways(asker.person_id), *held])


def is_due_soon(asker: Asker) -> ColumnElement[bool]:
    """Items in the person's reach that are overdue or will be within two days."""
    return and_(is_live(asker), WorkItem.due_at <= asker.now + SOON)


def is_live(asker: Asker) -> ColumnElement[bool]:
    """Items in the person's reach that are still to be done, whoever holds them."""
    waiting = [*claims.named_ways(asker.person_id), *claims.supervised_ways(asker.posts)]
    return match_ways([*waiting, *combine_ways(claims.live_ways(), claims.addressed_ways(asker.posts))])


def is_done(asker: Asker) -> ColumnElement[bool]:
    """Items that the person completed, and those that the process took out of their hands."""
    ended: list[Way] = [
        {"state": ItemState.DONE, "done_by": asker.person_id},
        {"state": ItemState.WITHDRAWN, "assignee_id": asker.person_id},
    ]
    return match_ways(combine_ways(ended, claims.addressed_ways(asker.posts)))


def is_in_any_view(asker: Asker) -> ColumnElement[bool]:
    """Items of all views, and those that others hold or that are barred: where a search looks."""
    return or_(is_live(asker), is_done(asker))


def is_visible(asker: Asker) -> ColumnElement[bool]:
    """All items that are the person's to see, in whatever state."""
    return claims.is_visible(asker.person_id, asker.posts)


VIEWS = {
    "open": is_claimable,
    "mine": is_own,
    "due": is_due_soon,
    "done": is_done,
    "found": is_in_any_view,
    "visible": is_visible,
}


def select_rows(asker: Asker, view: str, narrowing: WorklistFilter) -> Select[Any]:
    """The rows of a view with what the list shows of each case."""
    query = _join_cases(
        select(
            WorkItem.id,
            WorkItem.name,
            WorkItem.element,
            WorkItem.state,
            WorkItem.due_at,
            WorkItem.created_at,
            WorkItem.done_at,
            WorkItem.assignee_id,
            WorkItem.claim_expires_at,
            ProcessInstance.business_key,
            Application.id.label("application_id"),
            Application.registration_number,
            Application.kind,
            Application.subject,
            Application.registered_at,
            Applicant.name.label("applicant"),
            Applicant.document_number,
            Site.name.label("site"),
            Holder.name.label("holder"),
            is_claimable(asker).label("claimable"),
            (Thread.opened_by == asker.person_id).label("begun_by_asker"),
        )
    )
    return query.where(VIEWS[view](asker), *_build_conditions(narrowing))


def select_count(asker: Asker, view: str, narrowing: WorklistFilter) -> Select[int]:
    """How many rows a view has."""
    query = select(func.count(WorkItem.id)).select_from(WorkItem)
    if narrowing != WorklistFilter():
        query = _join_cases(query)
    return query.where(VIEWS[view](asker), *_build_conditions(narrowing))


def order_by_due(query: Select[Any], after: tuple[datetime, int] | None) -> Select[Any]:
    """Nearest deadline first; `after` is the last row of the page before."""
    moment = func.coalesce(WorkItem.due_at, literal(FAR, Moment()))
    if after is not None:
        due, item_id = literal(after[0], Moment()), after[1]
        query = query.where(or_(moment > due, and_(moment == due, WorkItem.id > item_id)))
    return query.order_by(moment, WorkItem.id)


def select_next(asker: Asker, narrowing: WorklistFilter) -> Select[int]:
    """The most urgent item that the person may claim; one that somebody is claiming now is passed over."""
    query = select(WorkItem.id).select_from(WorkItem)
    if narrowing != WorklistFilter():
        query = _join_cases(query)
    query = query.where(is_claimable(asker), *_build_conditions(narrowing))
    return order_by_due(query, None).limit(1).with_for_update(of=WorkItem, skip_locked=True)


def order_newest_first(query: Select[Any], before: int | None) -> Select[Any]:
    """Newest first; `before` is the id of the last row of the page before."""
    if before is not None:
        query = query.where(WorkItem.id < before)
    return query.order_by(WorkItem.id.desc())


def select_stages(asker: Asker) -> Select[str, str]:
    """The elements and names of the items within the person's reach."""
    return (
        select(WorkItem.element, func.max(WorkItem.name))
        .where(is_live(asker))
        .group_by(WorkItem.element)
        .order_by(func.max(WorkItem.name))
    )


def matches_words(words: str) -> ColumnElement[bool]:
    """Cases by registration number, name, document number or its last four characters, or mobile number."""
    compact, mobile = spelling.normalize_number(words), spelling.normalize_mobile(words)
    ways: list[ColumnElement[bool]] = [
        Application.registration_number == compact,
        Applicant.document_number == compact,
        Applicant.mobile == mobile,
        Application.phone == mobile,
        _matches_name(words),
    ]
    if len(compact) == 4 and compact[:3].isdigit():
        ways.append(Applicant.document_number.endswith(compact, autoescape=True))
    return or_(*ways)


def _matches_name(words: str) -> ColumnElement[bool]:
    sought = spelling.normalize_sought_name(words)
    if sought:
        return func.replace(Applicant.name, "·", "").icontains(sought, autoescape=True)
    return Applicant.name.contains(spelling.normalize_name(words), autoescape=True)


def _join_cases(query: Any) -> Select[Any]:
    # A thread runs beside the process of the case that it is about.
    case = func.coalesce(About.instance_id, WorkItem.instance_id)
    joined: Select[Any] = (
        query.select_from(WorkItem)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .outerjoin(Thread, Thread.instance_id == WorkItem.instance_id)
        .outerjoin(About, About.id == Thread.application_id)
        .outerjoin(Application, Application.instance_id == case)
        .outerjoin(Applicant, Applicant.id == Application.person_id)
        .outerjoin(Site, Site.id == Application.site_id)
        .outerjoin(Holder, Holder.id == WorkItem.assignee_id)
    )
    return joined


def _build_conditions(narrowing: WorklistFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if narrowing.element:
        wanted.append(WorkItem.element == narrowing.element)
    if narrowing.kind:
        wanted.append(Application.kind == narrowing.kind)
    if narrowing.place:
        wanted.append(_is_at_place(narrowing.place))
    if narrowing.words.strip():
        wanted.append(matches_words(narrowing.words))
    return wanted


def _is_at_place(place: str) -> ColumnElement[bool]:
    sort, _, number = place.partition(":")
    if not number.isdecimal() or len(number) > 9:  # more digits than a place is numbered with
        return WorkItem.place == place
    column = Application.site_id if sort == "site" else Application.authority_id
    return or_(WorkItem.place == place, column == int(number))
