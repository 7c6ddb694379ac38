"""Whatever is sent, the API answers as it describes itself, and never with a fault of its own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.handlers.api.calling import Caller
from tests.handlers.api.diagrams import CHOOSING, WAITING

People = dict[str, Caller]
BOUNDED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

ODD_TEXT = st.text() | st.sampled_from(
    ["\x00", "\ud800", "null", "🧾", "a" * 300, "../..", "' OR 1=1 --", "%s"]
)
ODD_NUMBER = st.integers() | st.sampled_from([2**31, 2**53, 2**63, 10**40, -1]) | st.floats()
VALUES: Any = st.recursive(
    st.none() | st.booleans() | ODD_NUMBER | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ODD_TEXT, inner, max_size=4),
    max_leaves=12,
)
KEYS = st.sampled_from(["leave_request", "waiting", "choosing", "accreditation"]) | ODD_TEXT
NUMBERS = st.integers(-3, 12) | st.sampled_from([2**31, 2**63 - 1, 2**63, 10**40])
FIELDS = {
    "start": ("variables", "businessKey"),
    "complete": ("data", "transactionId"),
    "message": ("name", "key", "payload"),
    "clock": ("advance",),
}
SANE = {
    "variables": st.dictionaries(st.sampled_from(["days", "a"]), VALUES, max_size=3),
    "data": st.dictionaries(st.sampled_from(["days", "a"]), VALUES, max_size=3),
    "payload": st.dictionaries(st.sampled_from(["days", "typename"]), VALUES, max_size=3),
    "businessKey": st.sampled_from(["k:1", "k:2", None]),
    "transactionId": st.sampled_from(["t1", "t2", None]),
    "name": st.just("answered"),
    "key": st.sampled_from(["k:1", "k:2"]),
    "advance": st.sampled_from(["PT1M", "P1D", "P1M", "-P1D", "P1DT", "P1.5D", "P1W", "P1H"]),
}


@st.composite
def bodies(draw: Any, act: str) -> Any:
    """A body that is nearly right, or anything."""
    if draw(st.integers(0, 5)) == 0:
        return draw(VALUES)
    body = {name: draw(SANE[name] | VALUES if draw(st.booleans()) else SANE[name]) for name in FIELDS[act]}
    if draw(st.integers(0, 5)) == 0:
        body[draw(ODD_TEXT)] = draw(VALUES)
    return body


@pytest.fixture
def busy(leave: People) -> People:
    """Everybody, with instances of all sorts."""
    for source in (WAITING, CHOOSING):
        assert leave["designer"].deploy(source).status_code == 201
    for key in ("leave_request", "waiting", "choosing"):
        for _ in range(2):
            body = {"businessKey": "k:1"}
            assert leave["both"].post(f"/processes/{key}/instances", body).status_code == 201
    return leave


def send(caller: Caller, path: str, body: Any) -> None:
    """Send a body as JSON; the caller holds the answer against the description."""
    response = caller.call("POST", path, data=json.dumps(body).encode(), content_type="application/json")
    assert response.status_code < 500


@BOUNDED
@given(key=KEYS, body=bodies("start"))
def test_starting(busy: People, key: str, body: Any) -> None:
    # A slash in a key makes another address, which werkzeug redirects.
    address = quote(key.replace("/", "").encode("utf-8", "replace"), safe="") or "none"
    send(busy["both"], f"/processes/{address}/instances", body)


@BOUNDED
@given(number=NUMBERS, act=st.sampled_from(["claim", "release", "complete"]), body=bodies("complete"))
def test_working_on_tasks(busy: People, number: int, act: str, body: Any) -> None:
    send(busy["both"], f"/tasks/{number}/{act}", body)


@BOUNDED
@given(body=bodies("message"))
def test_messages(busy: People, body: Any) -> None:
    send(busy["both"], "/messages", body)


@BOUNDED
@given(body=bodies("clock"))
def test_the_clock(busy: People, body: Any) -> None:
    send(busy["designer"], "/clock", body)


@BOUNDED
@given(
    query=st.dictionaries(
        st.sampled_from(["role", "assignee", "state", "process", "instance", "cursor", "limit", "other"]),
        ODD_TEXT | ODD_NUMBER.map(str) | st.sampled_from(["open", "me", "site.clerk", "1"]),
        max_size=4,
    )
)
def test_listing_tasks(busy: People, query: dict[str, str]) -> None:
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    assert busy["lin"].get("/tasks", **sent).status_code in {200, 422}


@BOUNDED
@given(number=NUMBERS, part=st.sampled_from(["", "/events"]), kind=st.sampled_from(["tasks", "instances"]))
def test_reading(busy: People, number: int, part: str, kind: str) -> None:
    assert busy["designer"].get(f"/{kind}/{number}{part}").status_code in {200, 404}


@BOUNDED
@given(content=st.binary(max_size=400), cut=st.integers(0, 2000), name=ODD_TEXT)
def test_deploying(busy: People, content: bytes, cut: int, name: str) -> None:
    title = "".join(sign for sign in name if sign.isprintable() and sign not in '"\\') or "a.bpmn"
    for source in (content, WAITING[:cut] + content + WAITING[cut:]):
        response = busy["designer"].deploy(source, names=(title.encode("utf-8", "replace").decode(),))
        assert response.status_code in {201, 422}
