"""Background checks: asking an outside register about an applicant, and keeping what it answered."""

from __future__ import annotations

from typing import Any

from domain import outside
from models import db
from models.cases.applications import Application, RegisterAnswer
from workflows.operations import OperationCall
from workflows.working_days import LOCAL


def prepare_query(call: OperationCall, application: int, register: str) -> dict[str, Any]:
    """Read whom the register is to be asked about."""
    case = db.session.get_one(Application, application)
    return {
        "register": register,
        "name": case.person.name,
        "document_kind": case.person.document_kind,
        "document_number": case.person.document_number,
        "kind": case.kind,
        "subject": case.subject,
        "authority": case.authority.name,
        "authorisation": case.registration_number,
        "today": call.now.astimezone(LOCAL).date().isoformat(),
    }


def query_register(request: dict[str, Any], key: str) -> outside.BackgroundCheckResult:
    """Ask; no answer is never read as a clear one."""
    return outside.run_background_check(request, key)


def record_answer(
    call: OperationCall, parameters: dict[str, Any], answer: outside.BackgroundCheckResult
) -> str:
    """Keep the answer with its raw text, and give the process its finding."""
    db.session.add(
        RegisterAnswer(
            application_id=parameters["application"],
            register=parameters["register"],
            finding=answer.finding,
            request_key=answer.key,
            raw=answer.raw,
            answered_at=call.now,
        )
    )
    return answer.finding
