"""Bad input is refused with a code that stays, whatever is wrong with it; nothing of it is kept."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import db
from models.processes.instances import Definition, Event, ProcessInstance
from tests.handlers.api.calling import Caller

People = dict[str, Caller]
LEAVE = Path(__file__).parents[2] / "processes" / "leave_request.bpmn"
HUGE = 10**30
START, COMPLETE = "/processes/leave_request/instances", "/tasks/1/complete"
DEEP: Any = 1
for _ in range(20):
    DEEP = [DEEP]

JSON_BODIES: tuple[tuple[str, Any, int, str, set[str]], ...] = (
    (START, [], 422, "invalid", {"_schema"}),
    (START, "text", 422, "invalid", {"_schema"}),
    (START, {"more": 1}, 422, "invalid", {"more"}),
    (START, {"variables": []}, 422, "invalid", {"variables"}),
    (START, {"variables": {"a b": 1}}, 422, "invalid", {"variables"}),
    (START, {"variables": {"deep": DEEP}}, 422, "invalid", {"variables"}),
    (START, {"variables": {"text": "字" * 70_000}}, 422, "invalid", {"variables"}),
    (START, {"variables": {"number": HUGE}}, 400, "bad_request", set()),
    (START, {"variables": {"text": "\x00"}}, 400, "bad_request", set()),
    (START, {"variables": {"text": "\ud800"}}, 400, "bad_request", set()),
    (START, {"businessKey": 7}, 422, "invalid", {"businessKey"}),
    (START, {"businessKey": ""}, 422, "invalid", {"businessKey"}),
    (START, {"businessKey": "a\n"}, 422, "invalid", {"businessKey"}),
    (START, {"businessKey": "k" * 121}, 422, "invalid", {"businessKey"}),
    (START, {"businessKey": "application:1"}, 403, "not_allowed", set()),
    ("/processes/unknown/instances", {}, 404, "not_found", set()),
    ("/processes/a%00b/instances", {}, 404, "not_found", set()),
    (f"/processes/{'k' * 500}/instances", {}, 404, "not_found", set()),
    ("/processes/%E8%AF%B7%E5%81%87/instances", {}, 404, "not_found", set()),
    (COMPLETE, {"data": "text"}, 422, "invalid", {"data"}),
    (COMPLETE, {"data": {"a b": 1}}, 422, "invalid", {"a b"}),
    (COMPLETE, {"data": {"_a": 1, "b": {"c": DEEP}}}, 422, "invalid", {"_a", "b"}),
    (COMPLETE, {"data": {}, "transactionId": "字"}, 422, "invalid", {"transactionId"}),
    (COMPLETE, {"data": {}, "transactionId": "t" * 81}, 422, "invalid", {"transactionId"}),
    (COMPLETE, {"data": {}, "transactionId": 7}, 422, "invalid", {"transactionId"}),
    (COMPLETE, {"answers": {}}, 422, "invalid", {"answers"}),
    ("/tasks/999/complete", {"data": {}}, 404, "not_found", set()),
    (f"/tasks/{HUGE}/complete", {"data": {}}, 404, "not_found", set()),
    ("/tasks/999/claim", {}, 404, "not_found", set()),
    (f"/tasks/{2**63}/claim", {}, 404, "not_found", set()),
    (f"/tasks/{2**63 - 1}/release", {}, 404, "not_found", set()),
    ("/messages", {}, 422, "invalid", {"name", "key"}),
    ("/messages", {"name": "a b", "key": "k"}, 422, "invalid", {"name"}),
    ("/messages", {"name": "m", "key": "k", "payload": 1}, 422, "invalid", {"payload"}),
    ("/messages", {"name": "m", "key": 1}, 422, "invalid", {"key"}),
    ("/messages", {"name": "m", "key": "k"}, 409, "nothing_waiting", set()),
    ("/clock", {}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": 3}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": "3 days"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": "P"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": "PT"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": "P0D"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": "-P1D"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": "P70Y"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": f"P{'9' * 20}Y"}, 422, "invalid", {"advance"}),
    ("/clock", {"advance": f"P{'9' * 20}D"}, 422, "invalid", {"advance"}),
)
QUERIES: tuple[tuple[str, str, set[str]], ...] = (
    ("/tasks", "cursor=garbage", {"cursor"}),
    ("/tasks", "cursor=-1", {"cursor"}),
    ("/tasks", f"cursor={HUGE}", {"cursor"}),
    ("/tasks", "cursor=1&cursor=2x", set()),
    ("/tasks", "limit=0", {"limit"}),
    ("/tasks", "limit=1e3", {"limit"}),
    ("/tasks", "state=sleeping", {"state"}),
    ("/tasks", "role=%00", {"role"}),
    ("/tasks", "process=%E8%AF%B7", {"process"}),
    ("/tasks", "assignee=%00", {"assignee"}),
    ("/tasks", f"assignee={'a' * 61}", {"assignee"}),
    ("/tasks", f"instance={2**63}", {"instance"}),
    ("/tasks", "colour=red", {"colour"}),
    ("/instances/1/events", "cursor=x", {"cursor"}),
    ("/instances/1/events", "limit=100000", {"limit"}),
)
RAW_BODIES: tuple[tuple[bytes, str, int], ...] = (
    (b"null", "application/json", 422),
    (b"{", "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b'{"variables": {"a": NaN}}', "application/json", 400),
    (b'{"variables": {"a": -Infinity}}', "application/json", 400),
    (b'{"variables": {"a": 1e999}}', "application/json", 400),
    (b'{"variables": {"a": ' + b"9" * 5000 + b"}}", "application/json", 400),
    (b'{"variables": {"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", "application/json", 400),
    (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, "application/json", 400),
    (b'"' + b"x" * 100 + b'"', "application/json", 422),
    (b"businessKey=a", "application/x-www-form-urlencoded", 415),
    (b"{}", "text/plain", 415),
    (b"<a/>", "application/xml", 415),
)


@pytest.fixture
def begun(leave: People) -> People:
    """Everybody, with one leave request whose first task is claimed by both."""
    assert leave["both"].post(START, {}).status_code == 201
    assert leave["both"].post("/tasks/1/claim").status_code == 200
    return leave


def _kept() -> tuple[int, int, int]:
    db.session.rollback()
    return (
        db.session.query(ProcessInstance).count(),
        db.session.query(Event).count(),
        db.session.query(Definition).count(),
    )


def test_bodies_that_are_wrong(begun: People) -> None:
    before = _kept()
    for path, body, status, code, fields in JSON_BODIES:
        caller = begun["designer"] if path in {"/clock", "/messages"} else begun["both"]
        content = json.dumps(body).encode()
        response = caller.call("POST", path, data=content, content_type="application/json")
        told = response.get_json()
        assert (response.status_code, told.get("code")) == (status, code), (path, body, told)
        assert set(told.get("fields", {})) == fields, (path, body, told)
    assert _kept() == before


def test_queries_that_are_wrong(begun: People) -> None:
    for path, query, fields in QUERIES:
        response = begun["both"].call("GET", path, query_string=query)
        if fields:
            assert (response.status_code, response.get_json().get("code")) == (422, "invalid"), query
            assert set(response.get_json()["fields"]) == fields
        else:
            assert response.status_code == 200


@pytest.mark.parametrize("place", range(len(RAW_BODIES)))
def test_bodies_that_are_no_json(begun: People, place: int) -> None:
    before = _kept()
    content, sort, status = RAW_BODIES[place]
    for path in (START, COMPLETE):
        response = begun["both"].call("POST", path, data=content, content_type=sort)
        assert response.status_code == status
        assert response.get_json()["code"] in {"bad_request", "invalid", "unsupported_media_type"}
    assert _kept() == before


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "abc", "1e3", "%00", str(HUGE), str(2**63), "9" * 400])
@pytest.mark.parametrize("path", ["/tasks/{}", "/instances/{}", "/instances/{}/events"])
def test_numbers_that_name_nothing(leave: People, path: str, number: str) -> None:
    response = leave["designer"].get(path.format(number))
    assert (response.status_code, response.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("", "unauthorized"),
        ("Bearer", "unauthorized"),
        ("Bearer wrong", "unauthorized"),
        ("Basic YTpi", "unauthorized"),
        ("Bearer " + "x" * 5000, "unauthorized"),
        ("Bearer \xff\x00".encode().decode("latin-1").replace("\x00", ""), "unauthorized"),
    ],
)
def test_who_proves_nothing_is_not_let_in(client: FlaskClient, leave: People, header: str, told: str) -> None:
    for method, path in (("GET", "/tasks"), ("POST", "/deployments"), ("POST", "/tasks/1/claim")):
        response = client.open(f"/api/v1{path}", method=method, headers={"Authorization": header})
        assert (response.status_code, response.get_json()["code"]) == (401, told)
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert response.mimetype == "application/problem+json"


def test_a_cookie_opens_no_api(client: FlaskClient, leave: People) -> None:
    client.set_cookie("zige_sign_in", leave["lin"].token or "")
    assert client.get("/api/v1/tasks").status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/deployments", 405, "method_not_allowed"),
        ("PUT", "/tasks", 405, "method_not_allowed"),
        ("DELETE", "/tasks/1", 405, "method_not_allowed"),
    ],
)
def test_addresses_and_methods_that_do_not_exist(
    leave: People, method: str, path: str, status: int, code: str
) -> None:
    response = leave["admin"].call(method, path)
    assert (response.status_code, response.get_json()["code"]) == (status, code)
    assert "The " not in response.get_json()["detail"]


def test_what_is_too_large_is_not_read(app: Flask, leave: People) -> None:
    content = b" " * (app.config["MAX_CONTENT_LENGTH"] + 1)
    sort = "multipart/form-data; boundary=x"
    response = leave["designer"].call("POST", "/deployments", data=content, content_type=sort)
    assert (response.status_code, response.get_json()["code"]) == (413, "too_large")


FILES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no files", {"data": {}, "content_type": "multipart/form-data"}),
    ("no form", {"json": {"files": []}}),
    ("broken form", {"data": b"--x\r\n", "content_type": "multipart/form-data"}),
    ("two of a name", {"data": {"files": [(BytesIO(b"<a/>"), "a.bpmn"), (BytesIO(b"<a/>"), "a.bpmn")]}}),
    ("a long name", {"data": {"files": [(BytesIO(b"<a/>"), "a" * 300 + ".bpmn")]}}),
    ("empty", {"data": {"files": [(BytesIO(b""), "a.bpmn")]}}),
    ("no XML", {"data": {"files": [(BytesIO(b"PK\x03\x04\x00\xff"), "a.bpmn")]}}),
    ("another ending", {"data": {"files": [(BytesIO(b"hello"), "a.txt")]}}),
    ("other XML", {"data": {"files": [(BytesIO(b"<html/>"), "a.bpmn")]}}),
    (
        "an entity",
        {"data": {"files": [(BytesIO(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "a.bpmn")]}},
    ),
)


@pytest.mark.parametrize(("name", "options"), FILES, ids=[name for name, _ in FILES])
def test_files_that_cannot_be_deployed(people: People, name: str, options: dict[str, Any]) -> None:
    response = people["designer"].call("POST", "/deployments", **options)
    told = response.get_json()
    assert (response.status_code, told["code"]) == (422, "invalid")
    assert told.get("fields") or told.get("problems")
    assert _kept()[2] == 0


def test_problems_of_a_diagram_name_the_element_and_the_rule(leave: People) -> None:
    source = LEAVE.read_bytes().replace(b'value="site.supervisor"', b'value="site.nobody"')
    told = leave["designer"].deploy(source, names=("folder/leave.bpmn",)).get_json()
    assert told["code"] == "invalid"
    (problem,) = told["problems"]
    assert (problem["element"], problem["rule"]) == ("approve_leave", "unknown-role")
    assert problem["file"] == "folder/leave.bpmn"
    assert "site.nobody" in problem["message"]
