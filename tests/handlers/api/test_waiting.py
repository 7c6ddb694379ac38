"""Messages, the test clock, and answers that the diagram cannot use."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask

from tests.handlers.api.calling import Caller
from tests.handlers.api.diagrams import CHOOSING, WAITING
from tests.handlers.api.test_leave_request import refused, told
from workflows.background.worker import PassCounts, Worker

People = dict[str, Caller]


@pytest.fixture
def waiting(people: People) -> People:
    """Everybody, with an instance of lin's that waits for an answer to letter 7."""
    told(people["designer"].deploy(WAITING), 201)
    told(people["lin"].post("/processes/waiting/instances", businessKey="letter:7"), 201)
    return people


def test_a_message_reaches_the_one_instance_that_waits(waiting: People) -> None:
    lin = waiting["lin"]
    told(lin.post("/processes/waiting/instances", businessKey="letter:8"), 201)
    answer = {"name": "answered", "key": "letter:7", "payload": {"text": "好"}}
    assert told(lin.post("/messages", answer))["elements"] == ["read_answer"]
    assert refused(lin.post("/messages", answer)) == (409, "nothing_waiting")
    assert refused(lin.post("/messages", {**answer, "name": "asked"})) == (409, "nothing_waiting")
    (waits,) = [one for one in (1, 2) if told(lin.get(f"/instances/{one}"))["elements"] == ["wait"]]
    assert told(lin.get(f"/instances/{waits}"))["businessKey"] == "letter:8"


def test_a_key_that_two_instances_share_reaches_neither(waiting: People) -> None:
    lin = waiting["lin"]
    told(lin.post("/processes/waiting/instances", businessKey="letter:7"), 201)
    assert refused(lin.post("/messages", name="answered", key="letter:7")) == (409, "ambiguous")


def test_nobody_learns_of_instances_that_they_may_not_see(waiting: People) -> None:
    response = waiting["stranger"].post("/messages", name="answered", key="letter:7")
    assert refused(response) == (409, "nothing_waiting")
    assert told(waiting["lin"].get("/instances/1"))["elements"] == ["wait"]


def test_a_message_that_names_its_sender_comes_from_that_role_alone(people: People) -> None:
    declared = rb'(<message id="m" name="answered")\s*(?:/>|></message>)'
    sender = b'<spiffworkflow:property name="sender" value="process.designer"/>'
    said = b"<spiffworkflow:properties>" + sender + b"</spiffworkflow:properties>"
    said = rb"\1><extensionElements>" + said + b"</extensionElements></message>"
    drawn = re.sub(declared, said, WAITING)
    assert drawn != WAITING
    told(people["designer"].deploy(drawn), 201)
    told(people["lin"].post("/processes/waiting/instances", businessKey="letter:7"), 201)
    answer = {"name": "answered", "key": "letter:7"}
    assert refused(people["lin"].post("/messages", answer)) == (403, "not_allowed")
    assert told(people["designer"].post("/messages", answer))["elements"] == ["read_answer"]


def test_the_clock_goes_forward_and_the_worker_does_what_is_due(waiting: People, app: Flask) -> None:
    before = datetime.fromisoformat(told(waiting["designer"].post("/clock", advance="P1D"))["now"])
    assert Worker(app=app).run_once() == PassCounts(jobs=0, timers=0)
    after = datetime.fromisoformat(told(waiting["designer"].post("/clock", advance="P1DT1H"))["now"])
    assert 25 <= (after - before).total_seconds() / 3600 < 26
    assert told(waiting["lin"].get("/instances/1"))["elements"] == ["wait"]
    assert Worker(app=app).run_once() == PassCounts(jobs=0, timers=1)
    assert told(waiting["lin"].get("/instances/1"))["elements"] == ["remind"]
    events = told(waiting["lin"].get("/instances/1/events"))["events"]
    assert [event["kind"] for event in events] == ["started", "timer"]


def test_without_a_test_clock_time_cannot_be_moved(waiting: People, app: Flask) -> None:
    app.config["TEST_CLOCK"] = False
    assert refused(waiting["designer"].post("/clock", advance="P1D")) == (403, "not_allowed")


def test_the_clock_does_not_leave_the_century(waiting: People) -> None:
    told(waiting["designer"].post("/clock", advance="P40Y"))
    assert refused(waiting["designer"].post("/clock", advance="P40Y")) == (422, "invalid")
    told(waiting["lin"].get("/tasks"))


def test_production_sets_no_variables_from_outside(waiting: People, app: Flask) -> None:
    app.config["PRODUCTION"] = True
    lin = waiting["lin"]
    path = "/processes/waiting/instances"
    assert refused(lin.post(path, variables={"a": 1})) == (422, "invalid")
    told(lin.post(path, businessKey="letter:9"), 201)
    assert refused(lin.post("/messages", name="answered", key="letter:7", payload={"a": 1})) == (
        422,
        "invalid",
    )
    assert told(lin.post("/messages", name="answered", key="letter:7"))["elements"] == ["read_answer"]
    task = told(lin.get("/tasks"))["tasks"][0]["id"]
    told(lin.post(f"/tasks/{task}/claim"))
    assert refused(lin.post(f"/tasks/{task}/complete", data={"a": 1})) == (403, "not_allowed")


def test_an_answer_that_the_diagram_cannot_use_is_refused_and_changes_nothing(people: People) -> None:
    told(people["designer"].deploy(CHOOSING), 201)
    lin = people["lin"]
    (task,) = told(lin.post("/processes/choosing/instances"), 201)["tasks"]
    told(lin.post(f"/tasks/{task['id']}/claim"))
    for data in ({}, {"days": "many"}, {"days": None}):
        response = lin.post(f"/tasks/{task['id']}/complete", data=data)
        assert refused(response) == (409, "expression_error")
    assert told(lin.get(f"/tasks/{task['id']}"))["state"] == "claimed"
    assert told(lin.post(f"/tasks/{task['id']}/complete", data={"days": 5}))["elements"] == ["more"]
