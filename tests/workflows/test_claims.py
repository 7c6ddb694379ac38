"""Whose an item is: SQL of known posts, SQL of the posts as they are and Python of a row say the same."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import ColumnElement, select

from models import db
from models.listing import claims
from models.listing.ways import OtherThan, Way, is_true_of, match_ways
from models.persons.people import Person, Post
from models.processes.instances import Duty, WorkItem
from tests.workflows.office import Office, writes
from workflows.clock import now

Posts = frozenset[tuple[str, str | None]]
ROLES = ("", "site.clerk", "sender", "expert", "authority.second", "applicant")
PLACES = (None, "site:1", "site:11", "authority:1")
STATES = ("open", "claimed", "done", "withdrawn")
POSTS: dict[str, Posts] = {
    "without": frozenset(),
    "clerk": frozenset({("site.clerk", "site:1")}),
    "everywhere": frozenset({("site.clerk", None)}),
    "superior": frozenset({("site.supervisor", "site:1"), ("site.clerk", "site:11")}),
    "decides": frozenset({("authority.decide", "authority:1")}),
    "chair": frozenset({("expert.chair", None)}),
    "expert": frozenset({("expert", "authority:1"), ("authority.second", None)}),
    "applicant": frozenset({("applicant", None), ("applicant", "site:1")}),
}


@pytest.fixture
def people(office: Office) -> dict[str, int]:
    """People with all sorts of posts, items of all sorts, and what some of them did before."""
    found = {}
    with writes():
        for login, posts in POSTS.items():
            person = Person(kind="staff", login=login, name=login, password_hash="-", created_at=now())
            person.posts = [Post(role=role, place=place) for role, place in posts]
            db.session.add(person)
            db.session.flush()
            found[login] = person.id
    instance = office.start()
    sorts = product(ROLES, PLACES, STATES, (None, "clerk", "expert"), ("", "other, first_done"), (-1, 0, 1))
    with writes():
        db.session.add(
            Duty(instance_id=instance, duty="first_done", person_id=found["everywhere"], element="before")
        )
        for number, sort in enumerate(sorts):
            db.session.add(_make_item(instance, number, sort, found))
    return found


def _make_item(instance: int, number: int, sort: tuple[Any, ...], people: dict[str, int]) -> WorkItem:
    role, place, state, holder, not_by, minutes = sort
    return WorkItem(
        instance_id=instance,
        process_key="leave_request",
        task_id=f"{number:032x}",
        element="drawn",
        name="画",
        role=role or None,
        place=place,
        state=state,
        assignee_id=people.get(holder),
        not_by=not_by or None,
        claim_expires_at=now() + timedelta(minutes=minutes) if state == "claimed" else None,
        done_by=people.get(holder) if state == "done" else None,
        created_at=now(),
    )


def _choose(condition: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(select(WorkItem.id).where(condition)))


def _judge(ways: list[Way]) -> set[int]:
    return {item.id for item in db.session.scalars(select(WorkItem)) if is_true_of(ways, item)}


def test_sql_and_python_agree_on_whose_an_item_is(office: Office, people: dict[str, int]) -> None:
    for login, posts in POSTS.items():
        me = people[login]
        lists = {
            "live": claims.live_ways(),
            "free": claims.free_ways(now()),
            "claimed": claims.claimed_ways(me),
            "held": claims.held_ways(me),
            "other": claims.other_ways(me),
            "somebody else": [{"assignee_id": OtherThan(me)}],
            "party": claims.party_ways(me),
            "addressed": claims.addressed_ways(posts),
            "supervised": claims.supervised_ways(posts),
            "visible": claims.visible_ways(me, posts),
        }
        judged = {name: _judge(ways) for name, ways in lists.items()}
        assert {name: _choose(match_ways(ways)) for name, ways in lists.items()} == judged
        assert _choose(claims.holds_role(me)) == judged["addressed"]
        assert _choose(claims.supervises_assignee(me)) == judged["supervised"]
        assert _choose(claims.is_visible(me, posts)) == judged["visible"]


def test_what_is_offered_is_what_can_be_claimed(office: Office, people: dict[str, int]) -> None:
    barred = {item.id for item in db.session.scalars(select(WorkItem)) if item.not_by}
    for login, posts in POSTS.items():
        me, excluded = people[login], barred if login == "everywhere" else set()
        may = _judge(claims.free_ways(now())) & _judge(claims.addressed_ways(posts)) - excluded
        assert _choose(claims.may_claim(me, now())) == may
        assert _choose(claims.is_claimable(me, posts, now())) == may & _judge(claims.other_ways(me))


def test_an_item_is_handed_to_those_who_hold_its_role(office: Office, people: dict[str, int]) -> None:
    for role, place in product(ROLES[1:], PLACES):
        item = WorkItem(role=role, place=place)
        holders = {one.login for one in db.session.scalars(claims.select_role_holders(role, place))}
        may = {login for login, posts in POSTS.items() if is_true_of(claims.addressed_ways(posts), item)}
        assert holders & set(POSTS) == may, (role, place)


@pytest.mark.parametrize(
    ("login", "role", "place", "state", "expected"),
    [
        ("clerk", "site.clerk", "site:1", "done", True),
        ("clerk", "site.clerk", "site:11", "open", False),  # the place is whole, not how it begins
        ("clerk", "site.clerk", None, "open", True),
        ("clerk", None, "authority:1", "open", True),  # for everybody
        ("clerk", "sender", "site:1", "open", True),  # a role that several posts share
        ("superior", "sender", "site:1", "open", True),
        ("superior", "site.clerk", "site:1", "open", False),  # nobody's by name
        ("expert", "expert", "authority:1", "withdrawn", True),
        ("applicant", "applicant", None, "open", False),  # theirs by name alone
        ("without", "site.clerk", None, "open", False),
    ],
)
def test_whose_an_item_is(
    login: str, role: str | None, place: str | None, state: str, expected: bool
) -> None:
    item = WorkItem(role=role, place=place, state=state)
    assert claims.sees_item(item, 1, POSTS[login]) is expected


@pytest.mark.parametrize(("state", "expected"), [("open", True), ("claimed", False), ("done", False)])
def test_a_superior_sees_what_waits_by_name(state: str, expected: bool) -> None:
    item = WorkItem(role="site.clerk", place="site:1", state=state, assignee_id=2)
    assert claims.sees_item(item, 1, POSTS["superior"]) is expected
    assert claims.sees_item(item, 2, POSTS["without"]) is expected
    assert not claims.sees_item(item, 3, POSTS["without"])
