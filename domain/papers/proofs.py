"""Whether a paper is genuine: found again by its code, and how it stands today.

Who holds a paper reads on it more than is told here; who guesses is told nothing, whatever the guess was.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flask import current_app
from sqlalchemy import select

from domain.papers import paper_codes
from domain.papers.paper_codes import PaperKind, PaperReference
from domain.wording import masking
from models import db
from models.cases import casework
from models.cases.applications import Application, Certificate
from models.cases.letters import Letter
from models.cases.states import Standing
from translations import gettext
from workflows.clock import LOCAL

VOID_STANDINGS = (Standing.WITHDRAWN, Standing.LAPSED, Standing.ABANDONED)
FORMER_LENGTH = 12  # of codes that papers carried before; they are found by the number of the paper


class PaperState(StrEnum):
    """How a genuine paper stands."""

    VALID = "valid"
    REPLACED = "replaced"  # a later one counts
    WITHDRAWN = "withdrawn"  # what it is about came to an end, or was taken back


@dataclass(frozen=True, kw_only=True)
class PaperProof:
    """What anybody may know of a paper whose code they have."""

    title: str
    number: str
    name: str  # with all but its first character hidden
    day: date
    office: str
    state: PaperState


def find_proof(code: str, number: str = "") -> PaperProof | None:
    """The paper with a code; `number` finds those whose code says nothing of itself."""
    if len(paper_codes.tidy_code(code)) == FORMER_LENGTH:
        return _find_former(paper_codes.tidy_code(code), number.strip())
    reference = paper_codes.read_code(code)
    return FINDERS[reference.kind](reference) if reference is not None else None


def _prove_sheet(title: Callable[[], str]) -> Callable[[PaperReference], PaperProof | None]:
    """Papers of an application: what it says may be changed later, and then another one counts."""

    def find(reference: PaperReference) -> PaperProof | None:
        case = db.session.get(Application, reference.row)
        if case is None or case.registration_number is None:
            return None
        return PaperProof(
            title=title(),
            number=masking.group_registration_number(case.registration_number),
            name=masking.mask_name(case.applicant_name),
            day=reference.day,
            office=case.authority.name,
            state=_judge_sheet(case, reference.version),
        )

    return find


def _judge_sheet(case: Application, version: int) -> PaperState:
    if case.standing in VOID_STANDINGS:
        return PaperState.WITHDRAWN
    current = paper_codes.wrap_version(case.revision) == version
    return PaperState.VALID if current else PaperState.REPLACED


def _find_letter(reference: PaperReference) -> PaperProof | None:
    issued = select(Letter).where(Letter.application_id == reference.row).order_by(Letter.id)
    found = db.session.scalars(issued.offset(reference.version).limit(1)).first()
    if found is None or paper_codes.read_code(_code_of(found)) != reference:
        return None
    return _prove_letter(found)


def _prove_letter(letter: Letter) -> PaperProof:
    case = letter.application
    return PaperProof(
        title=letter.name,
        number=letter.number,
        name=masking.mask_name(str(letter.facts.get("name") or case.applicant_name)),
        day=_day_of(letter.issued_at),
        office=str(letter.facts.get("authority") or case.authority.name),
        state=_judge_letter(letter),
    )


def _judge_letter(letter: Letter) -> PaperState:
    """A later letter of its kind counts in its place; a case that was set back undoes it."""
    case = letter.application
    back = db.session.scalars(casework.select_last_opinions(case.id, "set_back")).first()
    if case.standing in VOID_STANDINGS or (back is not None and back.at >= letter.issued_at):
        return PaperState.WITHDRAWN
    later = select(Letter.id).where(
        Letter.application_id == case.id, Letter.kind == letter.kind, Letter.sequence > letter.sequence
    )
    return PaperState.REPLACED if db.session.scalar(later.limit(1)) else PaperState.VALID


def _find_certificate(reference: PaperReference) -> PaperProof | None:
    found = db.session.get(Certificate, reference.row)
    return _prove_certificate(found) if found is not None else None


def _prove_certificate(row: Certificate) -> PaperProof:
    case = row.application
    return PaperProof(
        title=gettext("教师资格证书"),
        number=row.number,
        name=masking.mask_name(case.applicant_name),
        day=_day_of(case.decided_at or row.issued_at),
        office=row.authority.name,
        state=PaperState.VALID if case.standing == Standing.GRANTED else PaperState.WITHDRAWN,
    )


def _find_former(code: str, number: str) -> PaperProof | None:
    letter = db.session.scalar(select(Letter).where(Letter.number == number))
    if letter is not None and hmac.compare_digest(_code_of(letter).encode(), code.encode()):
        return _prove_letter(letter)
    row = db.session.scalar(select(Certificate).where(Certificate.number == number))
    if row is not None and hmac.compare_digest(_write_former_code(row).encode(), code.encode()):
        return _prove_certificate(row)
    return None


def _write_former_code(row: Certificate) -> str:
    secret = current_app.config["SECRET_KEY"]
    return hashlib.sha256(f"certificate:{row.number}:{secret}".encode()).hexdigest()[:FORMER_LENGTH].upper()


def _code_of(letter: Letter) -> str:
    return str(letter.facts.get("verification_code", ""))


def _day_of(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


FINDERS = {
    PaperKind.APPLICATION_FORM: _prove_sheet(lambda: gettext("教师资格认定申请表")),
    PaperKind.UNDERTAKING: _prove_sheet(lambda: gettext("个人承诺书")),
    PaperKind.MEDICAL_FORM: _prove_sheet(lambda: gettext("申请教师资格人员体格检查表")),
    PaperKind.LETTER: _find_letter,
    PaperKind.CERTIFICATE: _find_certificate,
}
