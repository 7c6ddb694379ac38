"""A process of two tasks, driven through the API by two people who share nothing but the process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models import db
from models.processes.instances import Event
from tests.handlers.api.calling import Caller

People = dict[str, Caller]
LEAVE = Path(__file__).parents[2] / "processes" / "leave_request.bpmn"


def told(response: TestResponse, status: int = 200) -> Any:
    """The body of an answer that has to have a status."""
    assert response.status_code == status, response.text
    return response.get_json()


def refused(response: TestResponse) -> tuple[int, str]:
    """Status and code of a refusal."""
    assert response.mimetype == "application/problem+json"
    body = response.get_json()
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


def started(people: People, by: str = "lin", **body: Any) -> dict[str, Any]:
    """Start a leave request."""
    return told(people[by].post("/processes/leave_request/instances", body), 201)


def test_two_people_drive_a_leave_request(leave: People) -> None:
    lin, chen = leave["lin"], leave["chen"]
    instance = started(leave, businessKey="leave:1", variables={"year": 2026})
    assert (instance["state"], instance["elements"]) == ("active", ["request_leave"])
    listed = told(lin.get("/tasks", role="site.clerk", state="open"))["tasks"]
    assert [task["element"] for task in listed] == ["request_leave"]
    number = listed[0]["id"]
    assert refused(lin.post(f"/tasks/{number}/complete", data={})) == (409, "not_claimed")
    assert told(lin.post(f"/tasks/{number}/claim"))["assignee"] == "lin"
    after = told(lin.post(f"/tasks/{number}/complete", data={"days": 3, "reason": "探亲"}))
    assert after["elements"] == ["approve_leave"]
    assert after["tasks"] == []  # the next one is for somebody else
    (approval,) = told(chen.get("/tasks"))["tasks"]
    detail = told(chen.get(f"/tasks/{approval['id']}"))
    assert detail["view"] == {"year": 2026, "days": 3, "reason": "探亲"}
    assert detail["form"]["type"] == "object"
    told(chen.post(f"/tasks/{approval['id']}/claim"))
    done = told(chen.post(f"/tasks/{approval['id']}/complete", data={"approved": True}))
    assert (done["state"], done["endElement"], done["elements"]) == ("completed", "leave_settled", [])
    assert done["variables"] == {"year": 2026, "days": 3, "reason": "探亲", "approved": True}
    events = told(lin.get(f"/instances/{instance['id']}/events"))["events"]
    assert [(event["kind"], event["actor"]) for event in events] == [
        ("started", "lin"),
        ("claimed", "lin"),
        ("completed", "lin"),
        ("claimed", "chen"),
        ("completed", "chen"),
        ("ended", "chen"),
    ]
    assert [event["detail"] for event in events if event["kind"] in ("started", "completed")] == [
        {"release": 1},
        None,
        None,
    ]  # what is recorded for replays is told to nobody


def test_whoever_asked_for_leave_does_not_approve_it(leave: People) -> None:
    both = leave["both"]
    (task,) = started(leave, by="both")["tasks"]
    told(both.post(f"/tasks/{task['id']}/claim"))
    (approval,) = told(both.post(f"/tasks/{task['id']}/complete", data={}))["tasks"]
    response = both.post(f"/tasks/{approval['id']}/claim")
    assert refused(response) == (403, "not_allowed")
    assert "填写请假单" in response.get_json()["detail"]


def test_an_item_is_worked_on_by_one(leave: People) -> None:
    (task,) = started(leave)["tasks"]
    number = task["id"]
    told(leave["lin"].post(f"/tasks/{number}/claim"))
    told(leave["lin"].post(f"/tasks/{number}/claim"))
    response = leave["both"].post(f"/tasks/{number}/claim")
    assert refused(response) == (409, "already_claimed")
    assert "员工lin" in response.get_json()["detail"]
    assert refused(leave["both"].post(f"/tasks/{number}/complete", data={})) == (409, "already_claimed")
    assert refused(leave["both"].post(f"/tasks/{number}/release")) == (409, "already_claimed")
    told(leave["lin"].post(f"/tasks/{number}/release"))
    assert refused(leave["lin"].post(f"/tasks/{number}/release")) == (409, "not_claimed")
    told(leave["both"].post(f"/tasks/{number}/claim"))
    told(leave["both"].post(f"/tasks/{number}/complete", data={}))
    assert refused(leave["both"].post(f"/tasks/{number}/complete", data={})) == (409, "already_done")
    assert refused(leave["both"].post(f"/tasks/{number}/claim")) == (409, "already_done")


def test_a_transaction_id_gets_the_first_answer_whatever_happened_since(leave: People) -> None:
    lin, chen = leave["lin"], leave["chen"]
    (task,) = started(leave)["tasks"]
    path = f"/tasks/{task['id']}/complete"
    told(lin.post(f"/tasks/{task['id']}/claim"))
    first = told(lin.post(path, data={"days": 1}, transactionId="once"))
    (approval,) = told(chen.get("/tasks"))["tasks"]
    told(chen.post(f"/tasks/{approval['id']}/claim"))
    told(chen.post(f"/tasks/{approval['id']}/complete", data={}, transactionId="twice"))
    count = db.session.query(Event).count()
    assert told(lin.post(path, data={"days": 9}, transactionId="once")) == first
    db.session.rollback()
    assert db.session.query(Event).count() == count
    assert refused(lin.post(path, data={}, transactionId="twice")) == (409, "transaction_taken")


def test_the_same_file_makes_no_new_version(leave: People) -> None:
    designer, source = leave["designer"], LEAVE.read_bytes()
    again = told(designer.deploy(source), 201)
    assert (again["key"], again["version"], again["releases"]) == ("leave_request", 1, [])
    changed = told(designer.deploy(source.replace("填写请假单".encode(), "请假".encode())), 201)
    assert (changed["version"], changed["releases"]) == (2, [{"key": "leave_request", "number": 2}])
    assert started(leave)["release"] == 2


@pytest.mark.parametrize("who", ["stranger", "applicant"])
def test_strangers_see_nothing(leave: People, who: str) -> None:
    instance = started(leave)
    (task,) = instance["tasks"]
    stranger = leave[who]
    assert told(stranger.get("/tasks"))["tasks"] == []
    for path in (
        f"/tasks/{task['id']}",
        f"/instances/{instance['id']}",
        f"/instances/{instance['id']}/events",
    ):
        assert refused(stranger.get(path)) == (404, "not_found")
    for act in ("claim", "release", "complete"):
        assert refused(stranger.post(f"/tasks/{task['id']}/{act}")) == (404, "not_found")


def test_designers_see_that_a_task_exists_and_not_what_it_shows(leave: People) -> None:
    (task,) = started(leave, variables={"secret": 1})["tasks"]
    assert [one["id"] for one in told(leave["designer"].get("/tasks"))["tasks"]] == [task["id"]]
    detail = told(leave["designer"].get(f"/tasks/{task['id']}"))
    assert (detail["view"], detail["draft"]) == (None, None)
    assert refused(leave["designer"].post(f"/tasks/{task['id']}/claim")) == (403, "not_allowed")


def test_deploying_and_the_clock_are_for_designers(leave: People) -> None:
    source = LEAVE.read_bytes()
    for login in ("lin", "stranger", "applicant"):
        assert refused(leave[login].deploy(source)) == (403, "not_allowed")
        assert refused(leave[login].post("/clock", advance="P1D")) == (403, "not_allowed")
    assert refused(leave["applicant"].post("/processes/leave_request/instances")) == (403, "not_allowed")
    assert refused(leave["applicant"].post("/messages", name="x", key="y")) == (403, "not_allowed")
    told(leave["admin"].deploy(source), 201)


def test_tasks_are_listed_by_pages_and_narrowed(leave: People) -> None:
    lin = leave["lin"]
    numbers = [started(leave)["tasks"][0]["id"] for _ in range(7)]
    told(lin.post(f"/tasks/{numbers[2]}/claim"))
    seen, cursor = [], 0
    while cursor is not None:
        page = told(lin.get("/tasks", limit=3, cursor=cursor))
        seen += [task["id"] for task in page["tasks"]]
        cursor = page["cursor"]
    assert seen == numbers
    narrowed = {
        "state=claimed": [numbers[2]],
        "assignee=me": [numbers[2]],
        "assignee=lin&state=open": [],
        "process=leave_request&limit=1": numbers[:1],
        "process=other": [],
        "role=site.supervisor": [],
        "assignee=unknown": [],
    }
    for query, expected in narrowed.items():
        page = told(lin.call("GET", "/tasks", query_string=query))
        assert [task["id"] for task in page["tasks"]] == expected, query
    instance = told(lin.get(f"/tasks/{numbers[4]}"))["instance"]
    assert [task["id"] for task in told(lin.get("/tasks", instance=instance))["tasks"]] == [numbers[4]]


def test_events_are_listed_by_pages(leave: People) -> None:
    lin = leave["lin"]
    instance = started(leave)
    number = instance["tasks"][0]["id"]
    for _ in range(3):
        told(lin.post(f"/tasks/{number}/claim"))
        told(lin.post(f"/tasks/{number}/release"))
    first = told(lin.get(f"/instances/{instance['id']}/events", limit=4))
    rest = told(lin.get(f"/instances/{instance['id']}/events", cursor=first["cursor"]))
    assert [event["kind"] for event in first["events"] + rest["events"]] == [
        "started",
        *["claimed", "released"] * 3,
    ]
    assert rest["cursor"] is None
