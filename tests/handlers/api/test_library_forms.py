"""The library's own forms through the API: described, shown to who works on them, and with a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from domain.messages import threads
from domain.messages.threads import NewMessage, NewThread
from handlers.commands.people import new_token
from models import db
from models.base.database import writing
from models.cases.notices import AuditEntry
from models.persons.people import Person
from models.processes.instances import ProcessInstance
from tests.handlers.api.calling import ROOT, Caller
from tests.handlers.api.test_leave_request import refused, told
from tests.handlers.casework.conftest import LIBRARY, World, office, world
from workflows.clock import now

__all__ = ["office", "world"]  # the small world of the reviewers' side, as a fixture

PLAN = {"mode": "on_site", "until": "2080-01-01T00:00:00+08:00"}
PROCESSES = {"confirmation": ("clerk", "site:1"), "decision": ("first", "authority:1")}


def caller(app: Flask, world: World, login: str) -> Caller:
    """Somebody of the small world, with a token."""
    writing.set(True)
    token = new_token(db.session.get_one(Person, world.people[login]), days=1)
    db.session.commit()
    writing.set(None)
    described = app.test_client().get(f"{ROOT}/openapi.json").get_json()
    return Caller(app=app, person_id=world.people[login], token=token, described=described)


def trace() -> list[tuple[str, int | None]]:
    """Who looked at the case."""
    db.session.rollback()
    rows = db.session.query(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)
    return [tuple(row) for row in rows]


def begin(app: Flask, world: World, process: str) -> None:
    """Start a process for the case; the applicant is at the desk."""
    world.start(process, plan=PLAN)
    if process == "confirmation":
        arrived = {"name": "arrived", "key": str(world.application)}
        told(caller(app, world, "designer").post("/messages", arrived))


@pytest.mark.parametrize("process", PROCESSES)
def test_a_reviewer_sees_the_form_and_leaves_a_trace(app: Flask, world: World, process: str) -> None:
    login, place = PROCESSES[process]
    begin(app, world, process)
    reviewer = caller(app, world, login)
    (task,) = told(reviewer.get("/tasks"))["tasks"]
    assert task["place"] == place
    detail: dict[str, Any] = told(reviewer.get(f"/tasks/{task['id']}"))
    assert detail["form"]["properties"]
    assert "郑雨桐" in json.dumps(detail["view"], ensure_ascii=False)
    assert ("task.viewed", reviewer.person_id) in trace()
    told(reviewer.post(f"/tasks/{task['id']}/claim"))
    response = reviewer.post(f"/tasks/{task['id']}/complete", data={"nothing": 1})
    assert refused(response) == (422, "invalid")
    assert {"nothing", *detail["form"]["required"]} <= set(response.get_json()["fields"])


def test_other_places_and_designers_see_nothing_of_the_person(app: Flask, world: World) -> None:
    begin(app, world, "confirmation")
    (task,) = told(caller(app, world, "clerk").get("/tasks"))["tasks"]
    path = f"/tasks/{task['id']}"
    assert refused(caller(app, world, "other_clerk").get(path)) == (404, "not_found")
    seen = len(trace())
    assert refused(caller(app, world, "designer").get(path)) == (404, "not_found")
    assert len(trace()) == seen


@pytest.mark.found("X4")
@pytest.mark.corrupts("no_process")
@pytest.mark.parametrize("login", ["clerk", "designer"])
def test_no_process_of_the_library_is_started_by_hand(app: Flask, world: World, login: str) -> None:
    somebody = caller(app, world, login)
    for file in sorted(LIBRARY.glob("*/*.bpmn")):
        path, known = f"/processes/{file.stem}/instances", {"application": world.application, "request": 1}
        for body in ({}, {"variables": known}):
            assert refused(somebody.post(path, body)) == (403, "not_allowed"), file.stem
    assert db.session.query(ProcessInstance).count() == 0


def test_messages_of_a_case_are_sent_by_its_pages(app: Flask, world: World) -> None:
    world.start("confirmation", plan=PLAN)
    arrived = {"name": "arrived", "key": str(world.application)}
    for login, refusal in (("clerk", (409, "nothing_waiting")), ("other_clerk", (409, "nothing_waiting"))):
        assert refused(caller(app, world, login).post("/messages", arrived)) == refusal
    begin_again = caller(app, world, "designer").post("/messages", arrived)
    assert told(begin_again)["elements"] == []  # the designer moved it, and sees nothing of the case
    (task,) = told(caller(app, world, "clerk").get("/tasks"))["tasks"]
    assert told(caller(app, world, "clerk").get(f"/instances/{task['instance']}"))["elements"] == [
        "check_materials"
    ]
    again = {"name": "arrived", "key": str(world.application + 1)}
    assert refused(caller(app, world, "designer").post("/messages", again)) == (409, "nothing_waiting")


@pytest.mark.corrupts("no_process")
def test_a_thread_is_moved_by_pages_and_read_by_its_sender(app: Flask, world: World) -> None:
    writing.set(True)
    soon = threads.reply_limit(now(), 3)
    matter = NewThread(application=world.application, office="site:1", title="问", reply_until=soon)
    letter = NewMessage(key="form:first", author=world.people["clerk"], text="请说明。")
    thread = threads.start_thread(matter, letter, now()).id
    db.session.commit()
    writing.set(None)
    clerk, designer = caller(app, world, "clerk"), caller(app, world, "designer")
    for name in ("answered", "thread_closed"):
        sent = {"name": name, "key": str(thread)}
        for somebody in (clerk, designer):
            assert refused(somebody.post("/messages", sent)) == (403, "not_allowed")
    started = {"businessKey": f"thread:{thread}"}
    for process in ("messaging", "decision"):
        path = f"/processes/{process}/instances"
        assert refused(designer.post(path, started)) == (403, "not_allowed")
    assert told(clerk.get("/tasks"))["tasks"] == []
    writing.set(True)
    answered = NewMessage(key="form:second", author=None, text="曾用名。")
    threads.add_answer(thread, answered, now())
    db.session.commit()
    writing.set(None)
    (task,) = told(clerk.get("/tasks"))["tasks"]
    detail = told(clerk.get(f"/tasks/{task['id']}"))
    assert "曾用名。" in json.dumps(detail["view"], ensure_ascii=False)
    assert ("task.viewed", world.people["clerk"]) in trace()
    assert refused(designer.get(f"/tasks/{task['id']}")) == (404, "not_found")
    assert refused(designer.get(f"/instances/{task['instance']}")) == (404, "not_found")
    told(clerk.post(f"/tasks/{task['id']}/claim"))  # a reply is for the office, not for its writer by name
    done = clerk.post(f"/tasks/{task['id']}/complete", data={"settled": True}, transactionId="once")
    assert told(done)["state"] == "completed"
