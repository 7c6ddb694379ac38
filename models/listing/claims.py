"""Whose a work item is to see and to take: one rule for lists, their numbers, the claim, and a row at hand.

What posts open is said of posts that are known already, and of the posts that a person holds at this moment,
for statements that have no time to ask for them first; tests/workflows/test_claims.py holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, exists, func, literal, or_, select

from models.base.codes import SHARED_ROLES, SUPERVISED
from models.listing.ways import (
    ITEM,
    Anybody,
    EndedBy,
    OtherThan,
    Way,
    combine_ways,
    is_true_of,
    match_ways,
)
from models.persons.people import Person, Post
from models.processes.instances import Duty, WorkItem
from models.processes.states import LIVE_ITEMS, ItemState

DUTY: Any = Duty.__table__
POST: Any = Post.__table__
HeldPost = tuple[str, str | None]  # role and place; a post without a place holds everywhere
BY_NAME = "applicant"  # whose items are theirs by name; a post that is called so opens nobody's
ANYBODY = Anybody()

# The facts: which posts hold an item's role beside the post of that name, and which supervise its holders.
SHARED_BY = [(shared, role) for shared, roles in SHARED_ROLES.items() for role in roles]
SUPERVISED_BY = [(below, above) for above, roles in SUPERVISED.items() for below in roles]


def live_ways() -> list[Way]:
    """Items that are still to be done."""
    return [{"state": state} for state in LIVE_ITEMS]


def free_ways(at: Any) -> list[Way]:
    """Items that are nobody's: open and unassigned, or their claim ran out."""
    return [
        {"state": ItemState.OPEN, "assignee_id": None},
        {"state": ItemState.CLAIMED, "claim_expires_at": EndedBy(at)},
    ]


def claimed_ways(person: Any) -> list[Way]:
    """Items that a person claimed."""
    return [{"state": ItemState.CLAIMED, "assignee_id": person}]


def named_ways(person: Any) -> list[Way]:
    """Items that were assigned to a person by name and wait for them."""
    return [{"state": ItemState.OPEN, "assignee_id": person}]


def held_ways(person: Any) -> list[Way]:
    """Items in a person's hands, by claim or by name."""
    return combine_ways(live_ways(), [{"assignee_id": person}])


def other_ways(person: Any) -> list[Way]:
    """Items in nobody's hands, or somebody else's."""
    return [{"assignee_id": None}, {"assignee_id": OtherThan(person)}]


def party_ways(person: Any) -> list[Way]:
    """Items that are or were somebody's by name, as an applicant's are, in whatever state."""
    return [{"assignee_id": person}, {"done_by": person}]


def addressed_ways(posts: Iterable[HeldPost]) -> list[Way]:
    """Items for a role that one of some posts holds at their place, and those for everybody."""
    held = set(posts)
    held |= {(shared, place) for role, place in held for shared, holder in SHARED_BY if role == holder}
    return [{"role": None}, *_place_ways(post for post in held if post[0] != BY_NAME)]


def supervised_ways(posts: Iterable[HeldPost]) -> list[Way]:
    """Items that wait by name for somebody whose superior at their place one of some posts is."""
    below = {(role, place) for held, place in posts for role, above in SUPERVISED_BY if held == above}
    return combine_ways(named_ways(ANYBODY), _place_ways(below))


def visible_ways(person: int, posts: Iterable[HeldPost]) -> list[Way]:
    """Items for a post that a person holds, and those that wait by name for them or for whom they supervise.

    What somebody held or did under a post that has ended is theirs no longer.
    """
    held = list(posts)
    return [*addressed_ways(held), *named_ways(person), *supervised_ways(held)]


def _place_ways(posts: Iterable[HeldPost]) -> list[Way]:
    ways: list[Way] = []
    for role, place in sorted(posts, key=str):
        places: list[Way] = [{}] if place is None else [{"place": place}, {"place": None}]
        ways += [{"role": role, **one} for one in places]
    return ways


def covers_place(held: str | None, wanted: str | None) -> bool:
    """Whether a post that is held at a place counts at another; none is everywhere, on either side."""
    return held is None or wanted is None or held == wanted


def matches_place(wanted: Any) -> ColumnElement[bool]:
    """The same as a condition on posts, for a place or the column of one."""
    place = wanted if isinstance(wanted, ColumnElement) else literal(wanted, String)
    condition: ColumnElement[bool] = or_(POST.c.place.is_(None), place.is_(None), POST.c.place == place)
    return condition


def matches_role(wanted: Any) -> ColumnElement[bool]:
    """The condition on posts that hold a role, by its name or together with others; a value or its column."""
    role = wanted if isinstance(wanted, ColumnElement) else literal(wanted, String)
    shared = (and_(role == literal(one), POST.c.role == holder) for one, holder in SHARED_BY)
    return and_(or_(POST.c.role == role, *shared), POST.c.role != BY_NAME)


def holds_role(person: Any) -> ColumnElement[bool]:
    """Whether a person holds the role of an item at its place, as the posts are at this moment."""
    held = exists().where(POST.c.person_id == person, matches_role(ITEM.c.role), matches_place(ITEM.c.place))
    return or_(ITEM.c.role.is_(None), held)


def supervises_assignee(person: Any) -> ColumnElement[bool]:
    """Whether an item waits by name for somebody whose superior a person is, as the posts are now."""
    over = or_(*(and_(POST.c.role == above, ITEM.c.role == below) for below, above in SUPERVISED_BY))
    held = exists().where(POST.c.person_id == person, over, matches_place(ITEM.c.place))
    return and_(match_ways(named_ways(ANYBODY)), held)


def select_role_holders(role: str, place: str | None) -> Select[Person]:
    """The people whose posts hold a role at a place."""
    return (
        select(Person)
        .join(Post, Post.person_id == Person.id)
        .where(matches_role(role), matches_place(place), Person.disabled_at.is_(None))
        .order_by(Person.name, Person.id)
        .distinct()
    )


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


def may_claim(person: Any, at: Any) -> ColumnElement[bool]:
    """Items that a person may claim, as the posts are at this moment; their own that ran out among them."""
    return and_(match_ways(free_ways(at)), holds_role(person), is_not_excluded(person))


def is_claimable(person: int, posts: Iterable[HeldPost], at: Any) -> ColumnElement[bool]:
    """Items that a person may claim now; what they hold already is not offered to them."""
    free = match_ways(combine_ways(free_ways(at), addressed_ways(posts)))
    return and_(free, match_ways(other_ways(person)), is_not_excluded(person))


def is_visible(person: int, posts: Iterable[HeldPost]) -> ColumnElement[bool]:
    """Items that are a person's to see, in whatever state."""
    return match_ways(visible_ways(person, posts))


def sees_item(item: WorkItem, person: int, posts: Iterable[HeldPost]) -> bool:
    """The same of an item that was read."""
    return is_true_of(visible_ways(person, posts), item)


def is_free(item: WorkItem, at: Any) -> bool:
    """Whether an item that was read is nobody's."""
    return is_true_of(free_ways(at), item)


def holds_claim(item: WorkItem, person: int) -> bool:
    """Whether an item that was read is a person's by claim."""
    return is_true_of(claimed_ways(person), item)


def holds_item(item: WorkItem, person: int) -> bool:
    """Whether an item that was read is in a person's hands, by claim or by name."""
    return is_true_of(held_ways(person), item)
