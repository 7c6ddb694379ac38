"""The library of processes with stand-ins for its operations: no persons, no papers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from models.base.codes import ROLES
from tests.workflows.engine.walking import Trail

FOLDER = Path(__file__).parents[3] / "workflows" / "library"
SOURCES = {
    file.name: file.read_bytes()
    for pattern in ("*/*.bpmn", "*/*.dmn")
    for file in sorted(FOLDER.glob(pattern))
}
CLOCK = {"due_at": "2026-04-20T00:00:00+08:00", "warn_at": "2026-04-10T00:00:00+08:00"}
SERVICES: dict[str, Any] = {
    "account_requests.grant": lambda asked: None,
    "account_requests.change_mobile": lambda asked: None,
    "account_requests.correct_particulars": lambda asked: None,
    "account_requests.refuse": lambda asked: None,
    "identity.ask": lambda asked: (
        ("match", "busy", "mismatch", "not_found", "busy")[int(asked["check"][-1]) % 5]
        if isinstance(asked["check"], str)
        else "busy"
    ),
    "identity.note_silence": lambda asked: None,
    "identity.ask_documents": lambda asked: None,
    "identity.confirm": lambda asked: None,
    "identity.accept": lambda asked: None,
    "identity.refuse": lambda asked: None,
    "plans.arrangement": lambda asked: {
        "mode": "online" if str(asked["application"])[-1] in "02468" else "on_site",
        "until": "2026-04-01T00:00:00+08:00",
    },
    "applications.register": lambda asked: True,
    "applications.abandon": lambda asked: False,
    "applications.accept": lambda asked: "accepted",
    "applications.decline": lambda asked: "declined",
    "applications.lapse": lambda asked: "lapsed",
    "applications.reopen": lambda asked: None,
    "applications.withdraw": lambda asked: None,
    "registers.query": lambda asked: "found" if asked["register"] == "criminal_record" else "clear",
    "deadlines.start": lambda asked: CLOCK,
    "deadlines.pause": lambda asked: {**CLOCK, "paused": True},
    "deadlines.resume": lambda asked: CLOCK,
    "deadlines.warn": lambda asked: None,
    "deadlines.escalate": lambda asked: None,
    "decisions.record": lambda asked: None,
    "decisions.request_recheck": lambda asked: "recheck",
    "letters.issue": lambda asked: None,
    "notices.send": lambda asked: None,
    "threads.notify": lambda asked: None,
    "threads.remind": lambda asked: None,
    "threads.end": lambda asked: None,
    "certificates.assign_number": lambda asked: "20263300000001",
    "certificates.announce": lambda asked: (
        "post" if asked["application"] in ("walk-1", "case:1") else "collect"
    ),
}
PARAMETERS = (
    "application",
    "check",
    "clock",
    "deadline",
    "decision",
    "letter",
    "outcome",
    "register",
    "reopening",
    "request",
    "template",
    "thread",
    "until",
    "withdrawal",
)
VARIABLES = {
    "kind": "senior",
    "exam_route": "national_exam",
    "document_kind": "resident_id",
    "draft_limit": "PT2H",
    "returned": False,
    "return_allowed": False,
}
STEPS = ("agreement", "identity", "authority", "details", "check", "notes", "undertaking")
PAGES = dict(
    zip(
        STEPS,
        (
            "read_agreement",
            "fill_identity",
            "choose_authority",
            "fill_details",
            "check_entries",
            "read_notes",
            "give_undertaking",
        ),
        strict=True,
    )
)
ANSWERS: dict[str, dict[str, list[Any]]] = {
    page: {"go": ["next"] * 9 + ["back", "check", "abandon"], "step": [step]} for step, page in PAGES.items()
} | {
    "check_materials": {
        "materials": ["conform", "correct", "ineligible"],
        "returned": [False, True],
        "correct_until": ["2026-04-20T00:00:00+08:00"],
    },
    "review_materials": {
        "materials": ["conform", "correct", "ineligible"],
        "returned": [False, True],
        "correct_until": ["2026-04-20T00:00:00+08:00"],
    },
    "approve_return": {"return_allowed": [True, False]},
    "check_by_hand": {"finding": ["clear", "found"]},
    "verify_finding": {"finding": ["clear", "found"]},
    "confirm_finding": {"finding": ["clear", "confirmed"]},
    "appoint_experts": {"experts": [[1], [1, 2]]},
    "give_opinion": {"opinion": ["agree", "disagree"]},
    "conclude_opinions": {"committee": ["again", "agree"]},
    "first_review": {"first": ["recheck", "pass", "pass"]},
    "second_review": {"second": ["agree", "agree", "return"]},
    "decide": {"decision": ["granted", "refused", "return"]},
    "print_certificate": {"printed": ["good", "spoilt"]},
    "check_request": {"accepted": [True, False]},
    "check_documents": {"verdict": ["again", "accept", "again", "refuse"]},
    "read_reply": {"settled": [False, True, False], "reply_until": ["2026-04-20T00:00:00+08:00"]},
    "trace_parcel": {"parcel": ["delivered", "lost"]},
}


def environment() -> dict[str, Any]:
    """The forms and roles that the diagrams name."""
    forms = {
        key.decode()
        for content in SOURCES.values()
        for key in re.findall(rb'name="formKey" value="([^"]+)"', content)
    }
    return {"forms": frozenset(forms), "roles": frozenset(ROLES)}


def trail(process: str, **variables: Any) -> Trail:
    """A walk over a process of the library."""
    return Trail(
        sources=SOURCES,
        key=process,
        variables={**VARIABLES, **variables},
        answers=ANSWERS,
        services=SERVICES,
        parameters=PARAMETERS,
        environment=environment(),
        patience=15,
    )
