"""Whose a work item is to see and to claim: one rule for the list, its number, the next one, the claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, literal_column, or_, select

from models.people import Post
from models.process import Duty, WorkItem

ITEM: Any = WorkItem.__table__
DUTY: Any = Duty.__table__
POST: Any = Post.__table__
Held = tuple[str, str | None]  # role and place; a post without a place holds everywhere
BY_NAME = "applicant"  # whose items are theirs by name; a post that is called so opens nobody's

# States stand in the statement itself: a partial index serves no statement that sends them as parameters.
OPEN, CLAIMED = (ITEM.c.state == literal_column(f"'{state}'") for state in ("open", "claimed"))
DONE, WITHDRAWN = (ITEM.c.state == literal_column(f"'{state}'") for state in ("done", "withdrawn"))
LIVE = or_(OPEN, CLAIMED)


def holds_role(person: Any) -> ColumnElement[bool]:
    """Whether a person holds the role of an item at its place, as the posts are at this moment."""
    held = exists().where(
        POST.c.person_id == person,
        POST.c.role == ITEM.c.role,
        POST.c.role != BY_NAME,
        or_(POST.c.place.is_(None), ITEM.c.place.is_(None), POST.c.place == ITEM.c.place),
    )
    return or_(ITEM.c.role.is_(None), held)


def addressed(posts: Iterable[Held], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same for posts that are known already, each a way of its own, so that each finds its index."""
    ways: list[tuple[ColumnElement[bool], ...]] = [(ITEM.c.role.is_(None),)]
    for role, place in sorted((post for post in posts if post[0] != BY_NAME), key=str):
        here = ITEM.c.role == role
        ways += (
            [(here,)] if place is None else [(here, ITEM.c.place == place), (here, ITEM.c.place.is_(None))]
        )
    return or_(*(and_(*conditions, *way) for way in ways))


def excluding_duty(person: Any) -> Select[str]:
    """The duty that a person did earlier in the same case and that excludes them from an item."""
    # The groups stand in one text, "first_review,second_review"; "_" is a wildcard of LIKE, so it is escaped.
    groups = literal(",").concat(func.replace(ITEM.c.not_by, " ", "")).concat(",")
    group = literal("%,").concat(func.replace(DUTY.c.duty, "_", "\\_")).concat(",%")
    earlier: Select[str] = select(DUTY.c.duty).where(
        ITEM.c.not_by.is_not(None),
        DUTY.c.instance_id == ITEM.c.instance_id,
        DUTY.c.person_id == person,
        DUTY.c.element != ITEM.c.element,
        groups.like(group, escape="\\"),
    )
    return earlier.limit(1).correlate(ITEM)


def not_excluded(person: Any) -> ColumnElement[bool]:
    """Whether separation of duties leaves an item to a person."""
    return ~exists(excluding_duty(person))


def is_free(at: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two ways in which an item is nobody's: open and unassigned, or its claim ran out."""
    return (
        and_(OPEN, ITEM.c.assignee_id.is_(None)),
        and_(CLAIMED, ITEM.c.claim_expires_at <= at),
    )


def claimable(person: int, posts: Iterable[Held], at: Any) -> ColumnElement[bool]:
    """Items that a person may claim now; what they hold already is not offered to them."""
    held = list(posts)
    free = or_(*(addressed(held, way) for way in is_free(at)))
    return and_(free, held_by_another_or_nobody(person), not_excluded(person))


def held_by_another_or_nobody(person: Any) -> ColumnElement[bool]:
    """Whether an item is not in a person's own hands, by claim or by name."""
    return or_(ITEM.c.assignee_id.is_(None), ITEM.c.assignee_id != person)


def visible(person: int, posts: Iterable[Held]) -> ColumnElement[bool]:
    """Items for a post that a person holds, and those that wait for them by name.

    What somebody held or did under a post that has ended is theirs no longer.
    """
    return or_(addressed(posts), named(person))


def named(person: int) -> ColumnElement[bool]:
    """Items that were assigned to a person by name and wait for them."""
    return and_(ITEM.c.assignee_id == person, OPEN)
