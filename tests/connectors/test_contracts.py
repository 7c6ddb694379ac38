"""Both sides keep the contracts of docs/registers: the simulator in its answers, we in our questions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Request, Response
from openapi_spec_validator import validate

from connectors.errors import MalformedAnswer, OutsideError, Pending, Unavailable
from simulator.registers import ACTS
from simulator.running import RunningSimulator, running_simulator
from simulator.seed import PEOPLE
from tests.connectors import contracts
from tests.connectors.calls import CALLS, Canned, canned_answers
from tests.connectors.contracts import FILES, OPERATIONS, Operation

pytestmark = pytest.mark.manual("C1", "C2")
CHINESE, ENGLISH = re.compile("[一-鿿]{4}"), re.compile("[a-z]{3} [a-z]")
PERSON = {one.name: one for one in PEOPLE}
FAILURES = {"pending": 202, "unauthorised": 401, "refusing": 422, "limited": 429, "down": 503, "busy": 503}
every_operation = pytest.mark.parametrize("path", CALLS)
Exchange = tuple[str, str, Any, int, Any]


def about(name: str, **more: str) -> dict[str, str]:
    """A request about somebody in the seed."""
    one = PERSON[name]
    return {
        "document_kind": one.document_kind,
        "document_number": one.document_number,
        "name": name,
    } | more


CHECKER = {"operator": "王敏", "organisation": "柯城区教育局", "authorisation": "2611000001"}
STRANGER = {"document_kind": "hkm_pass", "document_number": "H99999999", "name": "陈大文"}
SMS = {"to": "13805700126", "text": "验证码 102938"}
MAIL = {"to": "a@mail.example", "subject": "题", "text": "文", "attachments": ["受理凭证.pdf"]}


def _marking(register: str, name: str, number: str) -> list[tuple[str, dict[str, Any]]]:
    use, release = f"/registers/{register}/use", f"/registers/{register}/release"
    own = about(name, certificate_number=number)
    return [
        (f"/registers/{register}/list", about(name)),
        (f"/registers/{register}/list", about("沈念")),
        (use, own | {"purpose": "a"}),
        (use, own | {"purpose": "b"}),
        (use, own | {"purpose": "a", "certificate_number": "1"}),
        (release, own | {"purpose": "b"}),
        (release, own | {"purpose": "a"}),
        (release, own | {"purpose": "a", "certificate_number": "1"}),
    ]


# In this order the simulator's seed gives every answer that a contract names.
WALK: list[tuple[str, dict[str, Any]]] = [
    ("/registers/identity/check", about("郑雨桐")),
    ("/registers/identity/check", about("郑雨桐") | {"name": "郑雨彤"}),
    ("/registers/identity/check", STRANGER),
    *_marking("exam", "郑雨桐", "20251122330201845"),
    *_marking("normal_student", "方晓雯", "SF2026103450318"),
    ("/registers/putonghua/check", about("陈子昂", certificate_number="3323015004127")),
    ("/registers/putonghua/check", about("陈子昂", certificate_number="1")),
    ("/registers/enrolment/list", about("郑雨桐")),
    ("/registers/enrolment/list", about("黄一诺")),
    ("/registers/enrolment/list", about("沈念")),
    *(
        (f"/registers/{register}/check", about("陈子昂", certificate_number=number) | other)
        for register, number in (("diploma", "103451202505002317"), ("degree", "1034542025002317"))
        for other in ({}, {"name": "陈昂"}, {"certificate_number": "1"})
    ),
    *((f"/registers/{check}/query", about("郑雨桐") | CHECKER) for check in ("offence", "criminal_record")),
    ("/registers/offence/query", about("周启明") | CHECKER),
    ("/registers/criminal_record/query", about("周启明") | CHECKER),
    ("/registers/restriction/list", about("郑雨桐")),
    ("/registers/restriction/list", about("何静")),
    ("/registers/certificate_history/list", about("郑雨桐")),
    ("/registers/certificate_history/list", about("叶青")),
    ("/sms/messages", SMS),
    ("/mail/messages", MAIL),
]


@pytest.fixture
def canned() -> Iterator[Canned]:
    """A server that answers what is wanted."""
    with canned_answers() as server:
        yield server


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_contract_is_openapi_in_both_languages(file: Path) -> None:
    written = contracts.read(file)
    validate(written, base_uri=file.resolve().as_uri())
    assert written["openapi"].startswith("3.1.")
    assert CHINESE.search(written["info"]["description"])
    assert ENGLISH.search(written["info"]["description"])
    assert file.name in (contracts.FOLDER / "README.md").read_text(encoding="utf-8")


def test_every_address_has_its_contract_and_its_caller() -> None:
    simulated = {f"/registers/{act}" for act in ACTS} | {"/sms/messages", "/mail/messages"}
    assert simulated <= set(OPERATIONS)
    assert set(CALLS) <= set(OPERATIONS)
    assert set(CALLS) >= simulated


@every_operation
def test_every_example_fits_its_schema(path: str) -> None:
    operation = OPERATIONS[path]
    assert contracts.faults(operation.example, operation.asked) == []
    assert set(operation.answers) == {200, 202, 400, 401, 409, 422, 429, 503}
    for answer in operation.answers.values():
        assert answer.examples
        for example in answer.examples.values():
            assert contracts.faults(example, answer.schema) == []


def test_the_simulator_keeps_every_contract_and_gives_every_answer() -> None:
    seen: list[Exchange] = []

    def watch(asked: Request, answer: Response) -> None:
        key = asked.headers.get("X-Request-Id", "")
        seen.append((asked.path, key, asked.get_json(silent=True), answer.status_code, _json(answer)))

    with running_simulator(watch=watch) as simulator:
        _walk(simulator)
        _fail_in_every_way(simulator)
        _ask_wrongly(simulator)
    kept = [one for one in seen if one[0] in OPERATIONS]
    assert [fault for one in kept for fault in _breaches(*one)] == []
    missing = {path: _promised(OPERATIONS[path]) - _given(path, kept) for path in CALLS}
    assert {path: lacking for path, lacking in missing.items() if lacking} == {}


def _json(answer: Response) -> Any:
    return json.loads(answer.get_data()) if answer.mimetype == "application/json" else None


def _walk(simulator: RunningSimulator) -> None:
    simulator.control(people={PERSON["周启明"].document_number: {"criminal_record": "hit"}})
    for number, (path, asked) in enumerate(WALK):
        CALLS[path]((simulator.url, simulator.key, 5.0), asked, f"walk-{number}")


def _fail_in_every_way(simulator: RunningSimulator) -> None:
    for path, call in CALLS.items():
        register = path.removeprefix("/registers").split("/")[1]
        for mode in FAILURES:
            simulator.behave(register, mode, 7.0)
            with pytest.raises(OutsideError):
                call((simulator.url, simulator.key, 5.0), OPERATIONS[path].example, f"{mode}{path}")
        simulator.behave(register, "normal")


def _ask_wrongly(simulator: RunningSimulator) -> None:
    for path, call in CALLS.items():
        headers = {"X-Api-Key": simulator.key, "X-Request-Id": "wrong"}
        with requests.Session() as session:
            session.trust_env = False
            assert session.post(simulator.url + path, json={}, headers=headers).status_code == 400
        # `walk-0` was a question about somebody's name.
        taken = OPERATIONS[path].example | ({"name": "别人"} if "name" in OPERATIONS[path].example else {})
        with pytest.raises(Unavailable, match="another request"):
            call((simulator.url, simulator.key, 5.0), taken, "walk-0")


def _breaches(path: str, key: str, asked: Any, status: int, answer: Any) -> list[str]:
    operation = OPERATIONS[path]
    wrong = contracts.faults(answer, operation.answers[status].schema)
    if status != 400:  # which says that the request was not as agreed
        wrong += contracts.faults(asked, operation.asked) + contracts.faults(key, operation.header)
    return [f"{path} {status}: {one}" for one in wrong]


def _promised(operation: Operation) -> set[tuple[int, str]]:
    return {
        (status, example["code"])
        for status, answer in operation.answers.items()
        for example in answer.examples.values()
    }


def _given(path: str, seen: list[Exchange]) -> set[tuple[int, str]]:
    return {(status, answer["code"]) for asked, _, _, status, answer in seen if asked == path}


@every_operation
def test_our_connectors_ask_as_agreed_and_understand_every_answer(canned: Canned, path: str) -> None:
    operation = OPERATIONS[path]
    for status, answer in operation.answers.items():
        for example in answer.examples.values():
            canned.say(example, status)
            code = ask(canned, path)
            assert canned.asked == operation.example
            if status == 200:
                assert code == example["code"]
            else:
                assert code in {"Pending", "Unavailable", "KeyTaken", "Rejected", "RateLimited", "NoAnswer"}


def ask(canned: Canned, path: str) -> str:
    """The code of the answer as a connector understands it, or the failure that it says it is."""
    try:
        reply = CALLS[path]((canned.url, "key", 5.0), OPERATIONS[path].example, "q-1")
    except (Pending, Unavailable) as failure:
        return type(failure).__name__
    return getattr(reply, "code", "ACCEPTED")


@every_operation
def test_what_breaks_a_contract_is_no_answer_and_what_keeps_it_is_one(canned: Canned, path: str) -> None:
    answer = OPERATIONS[path].answers[200]
    names = {one["code"] for one in answer.examples.values()}
    broken = 0
    for example in answer.examples.values():
        for what, changed in _alter(example, names):
            canned.say(changed)
            fits = not contracts.faults(changed, answer.schema) and _is_about(path, changed)
            assert ask(canned, path) == (changed["code"] if fits else "MalformedAnswer"), what
            broken += not fits
    assert broken >= 10


def _is_about(path: str, answer: dict[str, Any]) -> bool:
    """What no schema can say: the request, and the certificate that was asked about."""
    number = OPERATIONS[path].example.get("certificate_number")
    checked = path.endswith("/check") and number is not None
    return answer["request_id"] == "q-1" and not (
        checked and any(one["number"] != number for one in answer["records"])
    )


def _alter(answer: dict[str, Any], codes: set[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every answer that differs from a right one in one place."""
    yield "more", answer | {"something": {"new": 1}}
    yield "without zone", answer | {"queried_at": "2026-11-30T01:00:00"}
    for code in {*codes, "PROBABLY", "clear", ""}:
        yield f"code {code}", answer | {"code": code}
    yield from ((f"/{where}", changed) for where, changed in _alter_fields(answer))
    records = answer.get("records", [])
    if records:
        yield "none", answer | {"records": []}
        yield "too many", answer | {"records": records * 201}
        for where, changed in _alter_fields(records[0]):
            yield f"/records/{where}", answer | {"records": [changed, *records[1:]]}
    else:
        yield "a record", answer | {"records": [{}]}


def _alter_fields(known: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in known:
        yield f"{name} missing", {key: value for key, value in known.items() if key != name}
        for wrong in (None, 7, -1, True, "", "字" * 1001, "字\u0000", "2026-13-01", [], {}):
            yield f"{name} {wrong!r:.20}", known | {name: wrong}


RIGHT = json.dumps(OPERATIONS["/registers/restriction/list"].answers[200].examples["clear"])
UNREADABLE = {
    "nothing": (b"", "application/json"),
    "a page": (b"<html><title>login</title></html>", "text/html"),
    "a page called JSON": (b"<html></html>", "application/json"),
    "an array": (b"[]", "application/json"),
    "no type": (RIGHT.encode(), ""),
    "called text": (RIGHT.encode(), "text/plain"),
    "called GBK": (RIGHT.encode(), "application/json; charset=gbk"),
    "UTF-16": (RIGHT.encode("utf-16"), "application/json"),
    "a mark before it": (b"\xef\xbb\xbf" + RIGHT.encode(), "application/json"),
    "GBK": (RIGHT.replace("{", '{"note": "查询完成", ', 1).encode("gbk"), "application/json"),
    "something behind it": (RIGHT.encode() + b"{}", "application/json"),
    "much": (RIGHT.encode() + b" " * 1024 * 1024, "application/json"),
    "half of a pair": (RIGHT.replace("{", '{"note": "\\ud800", ', 1).encode(), "application/json"),
    "deep": (b"[" * 100_000, "application/json"),
}


@pytest.mark.parametrize("way", UNREADABLE)
def test_bytes_that_are_no_answer_never_mean_clear(canned: Canned, way: str) -> None:
    canned.say_bytes(*UNREADABLE[way])
    with pytest.raises(MalformedAnswer) as raised:
        CALLS["/registers/restriction/list"](
            (canned.url, "key", 5.0), OPERATIONS["/registers/restriction/list"].example, "q-1"
        )
    kept = raised.value.evidence
    assert kept is not None
    assert kept.raw == UNREADABLE[way][0][: len(kept.raw)]


@pytest.mark.parametrize("status", [201, 204, 206, 301, 302, 307, 403, 404, 500, 502, 599])
def test_a_right_answer_under_another_status_is_none(canned: Canned, status: int) -> None:
    canned.say(json.loads(RIGHT), status, Location="/registers/restriction/list")
    assert ask(canned, "/registers/restriction/list") in {"Unavailable", "NoAnswer"}
    assert canned.times == 1, "a status is an answer, and no redirect is followed"
