"""What an authority asks before it decides: offences, criminal record, restrictions, earlier certificates."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import ClassVar, Literal

from connectors.exchange import Counts, Envelope, Line
from connectors.registers.base import (
    NONE,
    SOME,
    DocumentHolder,
    Kind,
    NoRecord,
    Number,
    Officer,
    Place,
    Register,
    RegisterReply,
    Subject,
)


@dataclass(frozen=True, kw_only=True)
class RestrictionRecord:
    """An entry of the list of people who may not apply; `until` is None for life."""

    type: Literal["lost", "revoked_conduct", "revoked_fraud", "exam_cheating"]
    reason: Line
    since: date
    until: date | None


@dataclass(frozen=True, kw_only=True)
class TeacherCertificateRecord:
    """A teacher certificate granted earlier, here or elsewhere."""

    number: Number
    kind: Kind
    subject: Subject
    authority: Place
    granted_on: date
    state: Literal["valid", "revoked", "lost"]


class _FindingReply(NoRecord, frozen=True, kw_only=True):
    code: Literal["CLEAR", "HIT"]


class _RestrictionReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"CLEAR": NONE, "BLOCKED": SOME}

    code: Literal["CLEAR", "BLOCKED"]
    records: tuple[RestrictionRecord, ...]


class _HistoryReply(Envelope, frozen=True, kw_only=True):
    COUNTS: ClassVar[Counts] = {"OK": SOME, "EMPTY": NONE}

    code: Literal["OK", "EMPTY"]
    records: tuple[TeacherCertificateRecord, ...]


class _BackgroundCheck(Register):
    place = ""

    def ask(self, holder: DocumentHolder, officer: Officer, *, request_id: str) -> RegisterReply[None]:
        """CLEAR or HIT; raises `Pending` until there is an answer to this request id."""
        return self._ask(f"{self.place}/query", holder, request_id, _FindingReply, **asdict(officer))


class Offences(_BackgroundCheck):
    """教职员工准入查询: the check for sexual and violent offences."""

    place = "offence"


class CriminalRecords(_BackgroundCheck):
    """无犯罪记录: the police's criminal record."""

    place = "criminal_record"


class Restrictions(Register):
    """教师资格限制库: who may not apply, and until when."""

    def ask(self, holder: DocumentHolder, *, request_id: str) -> RegisterReply[RestrictionRecord]:
        """CLEAR, or BLOCKED with its entries (an entry may have run out: look at `until`)."""
        return self._ask("restriction/list", holder, request_id, _RestrictionReply)


class CertificateHistory(Register):
    """教师资格证书库: certificates since 2008."""

    def ask(self, holder: DocumentHolder, *, request_id: str) -> RegisterReply[TeacherCertificateRecord]:
        """The person's teacher certificates: OK or EMPTY."""
        return self._ask("certificate_history/list", holder, request_id, _HistoryReply)
