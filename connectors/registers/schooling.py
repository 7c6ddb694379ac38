"""Registers of schooling: enrolment, diplomas, degrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec

from connectors.exchange import MOST_RECORDS, Counts, Envelope
from connectors.registers.base import (
    NONE,
    ONE,
    DocumentHolder,
    Level,
    Number,
    Place,
    Register,
    RegisterReply,
    Subject,
    Word,
)

StudyForm = Literal["full_time", "adult", "self_taught", "network", "open"]


@dataclass(frozen=True, kw_only=True)
class EnrolmentRecord:
    """An enrolment (学籍); only the status 注册学籍 qualifies."""

    school: Place
    major: Place
    level: Level
    study_form: StudyForm
    status: Word
    entered_on: date
    expected_graduation: date
    years: Annotated[int, msgspec.Meta(ge=1, le=10)]


@dataclass(frozen=True, kw_only=True)
class DiplomaRecord:
    """A diploma (学历证书); only the conclusion 毕业 qualifies."""

    number: Number
    school: Place
    major: Place
    level: Level
    study_form: StudyForm
    entered_on: date
    graduated_on: date
    conclusion: Word


@dataclass(frozen=True, kw_only=True)
class DegreeRecord:
    """A degree (学位证书)."""

    number: Number
    name: Subject
    school: Place
    awarded_on: date


class _EnrolmentReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"OK": ONE, "MULTIPLE": (2, MOST_RECORDS), "EMPTY": NONE}

    code: Literal["OK", "MULTIPLE", "EMPTY"]
    records: tuple[EnrolmentRecord, ...]


class _DiplomaReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"MATCH": ONE, "MISMATCH": NONE, "NOT_FOUND": NONE}

    code: Literal["MATCH", "MISMATCH", "NOT_FOUND"]
    records: tuple[DiplomaRecord, ...]


class _DegreeReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"MATCH": ONE, "MISMATCH": NONE, "NOT_FOUND": NONE}

    code: Literal["MATCH", "MISMATCH", "NOT_FOUND"]
    records: tuple[DegreeRecord, ...]


class Enrolments(Register):
    """The register of students."""

    def ask(self, holder: DocumentHolder, *, request_id: str) -> RegisterReply[EnrolmentRecord]:
        """Where the person studies: OK, MULTIPLE (they must choose) or EMPTY."""
        return self._ask("enrolment/list", holder, request_id, _EnrolmentReply)


class Diplomas(Register):
    """The register of diplomas (2001 on, from 专科 up)."""

    def ask(self, holder: DocumentHolder, number: str, *, request_id: str) -> RegisterReply[DiplomaRecord]:
        """The diploma: MATCH, MISMATCH (another name) or NOT_FOUND."""
        return self._ask_certificate("diploma/check", holder, number, request_id, _DiplomaReply)


class Degrees(Register):
    """The register of degrees."""

    def ask(self, holder: DocumentHolder, number: str, *, request_id: str) -> RegisterReply[DegreeRecord]:
        """The degree: MATCH, MISMATCH (another name) or NOT_FOUND."""
        return self._ask_certificate("degree/check", holder, number, request_id, _DegreeReply)
