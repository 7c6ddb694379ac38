"""The registers over JSON: one address each, the same envelope for every answer.

Request: POST, headers X-Api-Key and X-Request-Id, a JSON object. Answer: {"request_id", "queried_at", "code",
"records", "note"}. The same request id answers the same again, a pending one until it is answered. An answer
that finds nothing may name in "differs" which words of the question alone stand against it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import faults
from simulator.newcomers import local_today
from simulator.world import World

pages = Blueprint("registers", __name__, url_prefix="/registers")

Reply = tuple[str, list[Any]] | tuple[str, list[Any], list[str]]
Query = dict[str, str]
_STATUS = {"PENDING": 202, "RATE_LIMITED": 429, "UNAVAILABLE": 503}


def current_world() -> World:
    """The world of the running simulator."""
    running: World = current_app.extensions["world"]
    return running


def check_identity(query: Query) -> Reply:
    """Real-name check; wrong tries are limited per number and day."""
    tries = f"{query['document_number']} {local_today()}"
    failed = int(current_world().store.get("tries", tries) or 0)
    if failed >= current_world().number("identity_tries"):
        return "RATE_LIMITED", []
    person = current_world().person(query["document_number"], query["name"])
    if person and (person.name, person.document_kind) == (query["name"], query["document_kind"]):
        return "MATCH", []
    current_world().store.put("tries", tries, failed + 1)
    return ("MISMATCH" if person else "NOT_FOUND"), []


def make_list_query(
    field: str, *, empty: str = "EMPTY", found: str = "OK", many: str = ""
) -> Callable[[Query], Reply]:
    """A register that lists what it has of a person whose name and number agree."""

    def answer(query: Query) -> Reply:
        person = current_world().known(query["document_number"], query["name"])
        records = [_build_record(record) for record in getattr(person, field, ())]
        if not records:
            return empty, [], _find_wrong_name(query, field)
        return (many if many and len(records) > 1 else found), records

    return answer


def make_check_query(field: str, *, differs: str = "MISMATCH") -> Callable[[Query], Reply]:
    """A register that checks one certificate by number, name and document."""

    def answer(query: Query) -> Reply:
        number, person = (
            query["certificate_number"],
            current_world().person(query["document_number"], query["name"]),
        )
        records = [_build_record(record) for record in getattr(person, field, ()) if record.number == number]
        if not records:
            return "NOT_FOUND", [], _find_wrong_document(query, field)
        if person and person.name == query["name"]:
            return "MATCH", records, []
        return differs, [], ["name"]

    return answer


def _find_wrong_name(query: Query, field: str) -> list[str]:
    """Whether the register has something under this document number, and only the name is another."""
    person = current_world().person(query["document_number"], query["name"])
    has_records = bool(getattr(person, field, ()))
    return ["name"] if person and person.name != query["name"] and has_records else []


def _find_wrong_document(query: Query, field: str) -> list[str]:
    """Whether a certificate of this number and name is there, under another document number."""
    number = query["certificate_number"]
    of_name = current_world().named(query["name"])
    same = any(record.number == number for one in of_name for record in getattr(one, field))
    return ["document_number"] if same else []


def make_background_query(register: str) -> Callable[[Query], Reply]:
    """A background check: clear, hit, or pending for a while."""

    def answer(query: Query) -> Reply:
        outcome = current_world().outcome(register, query["document_number"])
        if outcome == "pending":
            return ("CLEAR" if _waited_enough() else "PENDING"), []
        return outcome.upper(), []

    return answer


def make_use_query(field: str, *, use: bool) -> Callable[[Query], Reply]:
    """Mark a certificate as used for a purpose, or free it again."""

    def answer(query: Query) -> Reply:
        number, purpose = query["certificate_number"], query["purpose"]
        person = current_world().person(query["document_number"], query["name"])
        record = next((r for r in getattr(person, field, ()) if r.number == number), None)
        if record is None:
            return "NOT_FOUND", []
        taken = current_world().store.get("used", number) or ("register" if record.used else None)
        if taken not in (None, purpose):
            return "ALREADY_USED", []
        current_world().store.put("used", number, purpose) if use else current_world().store.drop(
            "used", number
        )
        return "OK", []

    return answer


HOLDER = ("document_kind", "document_number", "name")
CHECK = (*HOLDER, "operator", "organisation", "authorisation")
# address → what answers, and the fields it needs
ACTS: dict[str, tuple[Callable[[Query], Reply], tuple[str, ...]]] = {
    "identity/check": (check_identity, HOLDER),
    "exam/list": (make_list_query("exam_certificates"), HOLDER),
    "exam/use": (make_use_query("exam_certificates", use=True), (*HOLDER, "certificate_number", "purpose")),
    "exam/release": (
        make_use_query("exam_certificates", use=False),
        (*HOLDER, "certificate_number", "purpose"),
    ),
    "normal_student/list": (make_list_query("normal_student_certificates"), HOLDER),
    "normal_student/use": (
        make_use_query("normal_student_certificates", use=True),
        (*HOLDER, "certificate_number", "purpose"),
    ),
    "normal_student/release": (
        make_use_query("normal_student_certificates", use=False),
        (*HOLDER, "certificate_number", "purpose"),
    ),
    "putonghua/check": (make_check_query("putonghua", differs="NOT_FOUND"), (*HOLDER, "certificate_number")),
    "enrolment/list": (make_list_query("enrolments", many="MULTIPLE"), HOLDER),
    "diploma/check": (make_check_query("diplomas"), (*HOLDER, "certificate_number")),
    "degree/check": (make_check_query("degrees"), (*HOLDER, "certificate_number")),
    "offence/query": (make_background_query("offence"), CHECK),
    "criminal_record/query": (make_background_query("criminal_record"), CHECK),
    "restriction/list": (make_list_query("restrictions", empty="CLEAR", found="BLOCKED"), HOLDER),
    "certificate_history/list": (make_list_query("teacher_certificates"), HOLDER),
}


@pages.post("/<register>/<act>")
def ask(register: str, act: str) -> ResponseReturnValue:
    """Answer one query of one register."""
    answer, fields = ACTS.get(f"{register}/{act}") or abort(404)
    body = request.get_json()
    if not isinstance(body, dict) or any(not isinstance(body.get(field), str) for field in fields):
        return faults.refuse(400, "BAD_REQUEST", f"缺少字段：{'、'.join(fields)}")
    return answer_once(f"{register}/{act}", body, lambda: answer(body))


def answer_once(address: str, body: Any, answer: Callable[[], Reply]) -> ResponseReturnValue:
    """Answer a request id once and repeat that answer; a pending one is asked again."""
    request_id, store = request.headers["X-Request-Id"], current_world().store
    with store.turn():
        earlier = store.get("answers", request_id)
        if earlier and (earlier["address"], earlier["body"]) != (address, body):
            return faults.refuse(409, "KEY_TAKEN", "请求编号已用于另一个请求")
        if earlier and earlier["reply"]["code"] != "PENDING":
            return jsonify(earlier["reply"]), _STATUS.get(earlier["reply"]["code"], 200)
        code, records, *more = answer()
        reply = _build_envelope(request_id, code, records) | {"differs": more[0] if more else []}
        if code not in {"UNAVAILABLE", "RATE_LIMITED"}:
            store.put("answers", request_id, {"address": address, "body": body, "reply": reply})
    return jsonify(reply), _STATUS.get(code, 200)


def _build_envelope(request_id: str, code: str, records: list[Any]) -> dict[str, Any]:
    queried_at = datetime.now(UTC).isoformat()
    return {"request_id": request_id, "queried_at": queried_at, "code": code, "records": records, "note": ""}


def _build_record(record: Any) -> dict[str, Any]:
    values = {name: str(v) if isinstance(v, date) else v for name, v in asdict(record).items()}
    if "used" in values:
        values["used"] = values["used"] or current_world().store.get("used", record.number) is not None
    return values


def _waited_enough() -> bool:
    # The first asking of a request id starts its waiting time.
    request_id, store = request.headers["X-Request-Id"], current_world().store
    began = store.get("waiting", request_id)
    if began is None:
        store.put("waiting", request_id, time.time())
        return False
    return time.time() - float(began) >= current_world().number("pending_seconds")


def answer_pending() -> ResponseReturnValue:
    """The answer of a register that has not got to the query yet."""
    return jsonify(_build_envelope(request.headers["X-Request-Id"], "PENDING", [])), 202
