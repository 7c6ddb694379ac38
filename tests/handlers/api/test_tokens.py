"""Whose token enters, for how long, and what is left of it when a post ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from models import db
from models.base.database import writing
from models.persons.people import ApiToken, Person, Post
from models.processes.instances import WorkItem
from tests.handlers.api.calling import Caller
from tests.handlers.api.test_leave_request import refused, told
from tests.handlers.api.test_library_forms import begin, caller
from tests.handlers.casework.conftest import World, office, world
from workflows.clock import wall_time

__all__ = ["office", "world"]  # the small world of the reviewers' side, as a fixture

SECOND = timedelta(seconds=1)


def change(act: Callable[[], object]) -> None:
    """Write something, as an administrator would."""
    db.session.rollback()
    writing.set(True)
    act()
    db.session.commit()
    writing.set(None)


def row_of(somebody: Caller) -> ApiToken:
    """The newest token of somebody."""
    query = select(ApiToken).where(ApiToken.person_id == somebody.person_id).order_by(ApiToken.id.desc())
    return db.session.scalars(query).first() or pytest.fail("no token")


def enters(somebody: Caller) -> bool:
    """Whether somebody's token opens every part of the API, or none."""
    answers = [somebody.get("/tasks"), somebody.get("/tasks/1"), somebody.post("/tasks/1/claim")]
    kinds = {answer.status_code == 401 for answer in answers}
    assert len(kinds) == 1
    assert all(refused(one) == (401, "unauthorized") for one in answers if one.status_code == 401)
    return kinds == {False}


@pytest.mark.found("X4", "T2")
def test_a_token_enters_until_it_expires(leave: dict[str, Caller]) -> None:
    lin = leave["lin"]
    change(lambda: setattr(row_of(lin), "expires_at", wall_time() + timedelta(hours=1)))
    assert enters(lin)
    change(lambda: setattr(row_of(lin), "expires_at", wall_time() - SECOND))
    assert not enters(lin)


@pytest.mark.found("X4", "T2")
def test_a_token_enters_until_it_is_revoked(leave: dict[str, Caller]) -> None:
    lin = leave["lin"]
    assert enters(lin)
    change(lambda: setattr(row_of(lin), "revoked_at", wall_time() - SECOND))
    assert not enters(lin)
    assert enters(leave["both"])


@pytest.mark.found("X4", "T2")
def test_the_token_of_a_disabled_person_does_not_enter(leave: dict[str, Caller]) -> None:
    lin = leave["lin"]
    assert enters(lin)
    change(lambda: setattr(db.session.get_one(Person, lin.person_id), "disabled_at", wall_time() - SECOND))
    assert not enters(lin)
    assert enters(leave["both"])


@pytest.mark.found("X4")
def test_a_post_that_ended_opens_nothing(app: Flask, world: World) -> None:
    begin(app, world, "decision")
    first = caller(app, world, "first")
    (task,) = told(first.get("/tasks"))["tasks"]
    told(first.post(f"/tasks/{task['id']}/claim"))
    done = first.post(f"/tasks/{task['id']}/complete", data={"first": "grant"})
    instance = told(done)["id"]
    assert told(first.get(f"/tasks/{task['id']}"))["view"]
    change(lambda: db.session.execute(delete(Post).where(Post.person_id == first.person_id)))
    assert told(first.get("/tasks"))["tasks"] == []
    for path in (f"/tasks/{task['id']}", f"/instances/{instance}", f"/instances/{instance}/events"):
        assert refused(first.get(path)) == (404, "not_found")
    again = first.post(f"/tasks/{task['id']}/complete", data={"first": "grant"})
    assert refused(again) == (404, "not_found")


@pytest.mark.found("X4")
def test_what_waits_by_name_does_not_depend_on_a_post(app: Flask, world: World) -> None:
    begin(app, world, "decision")
    first = caller(app, world, "first")
    item = db.session.scalars(select(WorkItem).where(WorkItem.element == "first_review")).one().id
    change(lambda: setattr(db.session.get_one(WorkItem, item), "assignee_id", first.person_id))
    change(lambda: db.session.execute(delete(Post).where(Post.person_id == first.person_id)))
    assert [task["id"] for task in told(first.get("/tasks"))["tasks"]] == [item]
