"""Whose a work item is to see and to claim: one rule for the list, its number, the next one, the claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, literal_column, or_, select

from models.base.codes import SHARED_ROLES, SUPERVISED
from models.persons.people import Post
from models.processes.instances import Duty, WorkItem

ITEM: Any = WorkItem.__table__
DUTY: Any = Duty.__table__
POST: Any = Post.__table__
HeldPost = tuple[str, str | None]  # role and place; a post without a place holds everywhere
BY_NAME = "applicant"  # whose items are theirs by name; a post that is called so opens nobody's

# States stand in the statement itself: a partial index serves no statement that sends them as parameters.
OPEN, CLAIMED = (ITEM.c.state == literal_column(f"'{state}'") for state in ("open", "claimed"))
DONE, WITHDRAWN = (ITEM.c.state == literal_column(f"'{state}'") for state in ("done", "withdrawn"))
LIVE = or_(OPEN, CLAIMED)


def holds_role(person: Any) -> ColumnElement[bool]:
    """Whether a person holds the role of an item at its place, as the posts are at this moment."""
    same = or_(POST.c.role == ITEM.c.role, *_shared_role_matches())
    held = exists().where(POST.c.person_id == person, same, POST.c.role != BY_NAME, _is_at_place())
    return or_(ITEM.c.role.is_(None), held)


def supervises_assignee(person: Any) -> ColumnElement[bool]:
    """Whether an item waits by name for somebody whose superior at its place the person is."""
    pairs = [(above, below) for above, roles in SUPERVISED.items() for below in roles]
    over = or_(*(and_(POST.c.role == above, ITEM.c.role == below) for above, below in pairs))
    return and_(*_waits_by_name(), exists().where(POST.c.person_id == person, over, _is_at_place()))


def supervised_by_posts(posts: Iterable[HeldPost]) -> ColumnElement[bool]:
    """The same for posts that are known already."""
    below = [(role, place) for above, place in posts for role in SUPERVISED.get(above, ())]
    ways = [way for post in sorted(below, key=str) for way in _post_conditions(post, *_waits_by_name())]
    # By itself it goes from an OR that it stands in; as "0 = 1" it would have SQLite read the whole table.
    return or_(*ways) if ways else false()


def _waits_by_name() -> tuple[ColumnElement[bool], ...]:
    return OPEN, ITEM.c.assignee_id.is_not(None)


def _is_at_place() -> ColumnElement[bool]:
    return or_(POST.c.place.is_(None), ITEM.c.place.is_(None), POST.c.place == ITEM.c.place)


def _shared_role_matches() -> list[ColumnElement[bool]]:
    return [
        and_(ITEM.c.role == shared, POST.c.role == role)
        for shared, roles in SHARED_ROLES.items()
        for role in roles
    ]


def _add_shared_roles(posts: Iterable[HeldPost]) -> set[HeldPost]:
    """The posts, and the roles that they hold together with others."""
    held = set(posts)
    return held | {
        (shared, place) for role, place in held for shared, roles in SHARED_ROLES.items() if role in roles
    }


def addressed_to_posts(posts: Iterable[HeldPost], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same for posts that are known already, each a way of its own, so that each finds its index."""
    ways = [and_(*conditions, ITEM.c.role.is_(None))]
    for post in sorted((post for post in _add_shared_roles(posts) if post[0] != BY_NAME), key=str):
        ways += _post_conditions(post, *conditions)
    return or_(*ways)


def _post_conditions(post: HeldPost, *conditions: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    role, place = post
    own = (*conditions, ITEM.c.role == role)
    if place is None:
        return [and_(*own)]
    return [and_(*own, ITEM.c.place == place), and_(*own, ITEM.c.place.is_(None))]


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


def is_not_excluded(person: Any) -> ColumnElement[bool]:
    """Whether separation of duties leaves an item to a person."""
    return ~exists(excluding_duty(person))


def is_free(at: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The two ways in which an item is nobody's: open and unassigned, or its claim ran out."""
    return (
        and_(OPEN, ITEM.c.assignee_id.is_(None)),
        and_(CLAIMED, ITEM.c.claim_expires_at <= at),
    )


def is_claimable(person: int, posts: Iterable[HeldPost], at: Any) -> ColumnElement[bool]:
    """Items that a person may claim now; what they hold already is not offered to them."""
    held = list(posts)
    free = or_(*(addressed_to_posts(held, way) for way in is_free(at)))
    return and_(free, held_by_another_or_nobody(person), is_not_excluded(person))


def held_by_another_or_nobody(person: Any) -> ColumnElement[bool]:
    """Whether an item is not in a person's own hands, by claim or by name."""
    return or_(ITEM.c.assignee_id.is_(None), ITEM.c.assignee_id != person)


def is_visible(person: int, posts: Iterable[HeldPost]) -> ColumnElement[bool]:
    """Items for a post that a person holds, and those that wait by name for them or for whom they supervise.

    What somebody held or did under a post that has ended is theirs no longer.
    """
    held = list(posts)
    return or_(addressed_to_posts(held), waits_for_person(person), supervised_by_posts(held))


def waits_for_person(person: int) -> ColumnElement[bool]:
    """Items that were assigned to a person by name and wait for them."""
    return and_(ITEM.c.assignee_id == person, OPEN)
