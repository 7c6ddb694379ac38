"""Registers of what was examined: exam certificates, normal students' certificates, Putonghua."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal

import msgspec

from connectors.exchange import Counts, Envelope
from connectors.registers.base import (
    NONE,
    ONE,
    SOME,
    DocumentHolder,
    Kind,
    NoRecord,
    Number,
    Place,
    Register,
    RegisterReply,
    Subject,
)


@dataclass(frozen=True, kw_only=True)
class ExamCertificateRecord:
    """An exam certificate (合格证明); kept expiry, never computed."""

    number: Number
    kind: Kind
    subject: Subject
    issued_on: date
    valid_until: date
    used: bool


@dataclass(frozen=True, kw_only=True)
class NormalStudentRecord:
    """A normal student's certificate (师范生教师职业能力证书), usable once."""

    number: Number
    school: Place
    kind: Kind
    subject: Subject
    issued_on: date
    valid_until: date
    used: bool


@dataclass(frozen=True, kw_only=True)
class PutonghuaRecord:
    """A Putonghua certificate."""

    number: Number
    level: Literal["1A", "1B", "2A", "2B", "3A", "3B"]
    score: Annotated[float, msgspec.Meta(ge=0, le=100)]
    tested_on: date
    issuer: Place


class _ExamReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"OK": SOME, "EMPTY": NONE}

    code: Literal["OK", "EMPTY"]
    records: tuple[ExamCertificateRecord, ...]


class _NormalStudentReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"OK": SOME, "EMPTY": NONE}

    code: Literal["OK", "EMPTY"]
    records: tuple[NormalStudentRecord, ...]


class _PutonghuaReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"MATCH": ONE, "NOT_FOUND": NONE}

    code: Literal["MATCH", "NOT_FOUND"]
    records: tuple[PutonghuaRecord, ...]


class _UseReply(NoRecord, frozen=True, kw_only=True):
    code: Literal["OK", "ALREADY_USED", "NOT_FOUND"]


class _UsableRegister(Register):
    place = ""

    def mark_used(
        self, holder: DocumentHolder, number: str, *, purpose: str, request_id: str
    ) -> RegisterReply[None]:
        """Mark the certificate as used: OK, ALREADY_USED (for another purpose) or NOT_FOUND."""
        more = {"certificate_number": number, "purpose": purpose}
        return self._ask(f"{self.place}/use", holder, request_id, _UseReply, **more)

    def mark_free(
        self, holder: DocumentHolder, number: str, *, purpose: str, request_id: str
    ) -> RegisterReply[None]:
        """Free the certificate that was used for this purpose."""
        more = {"certificate_number": number, "purpose": purpose}
        return self._ask(f"{self.place}/release", holder, request_id, _UseReply, **more)


class ExamCertificates(_UsableRegister):
    """The examination authority's register."""

    place = "exam"

    def ask(self, holder: DocumentHolder, *, request_id: str) -> RegisterReply[ExamCertificateRecord]:
        """The person's exam certificates: OK, or EMPTY when name and number do not agree with any."""
        return self._ask("exam/list", holder, request_id, _ExamReply)


class NormalStudentCertificates(_UsableRegister):
    """The register of normal students' certificates."""

    place = "normal_student"

    def ask(self, holder: DocumentHolder, *, request_id: str) -> RegisterReply[NormalStudentRecord]:
        """The person's certificates: OK or EMPTY."""
        return self._ask("normal_student/list", holder, request_id, _NormalStudentReply)


class PutonghuaCertificates(Register):
    """The national register of Putonghua tests (2007 on)."""

    def ask(self, holder: DocumentHolder, number: str, *, request_id: str) -> RegisterReply[PutonghuaRecord]:
        """The certificate: MATCH when name, document and number all agree, else NOT_FOUND."""
        return self._ask_certificate("putonghua/check", holder, number, request_id, _PutonghuaReply)
