"""The shape that all registers share: about whom is asked, who asks, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec

from connectors.breakers import Breaker
from connectors.evidence import Evidence
from connectors.exchange import (
    MOST_RECORDS,
    PRINTABLE,
    Clock,
    Envelope,
    ServiceClient,
    build_malformed,
    utc_now,
)

R = TypeVar("R")

DocumentNumber = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Subject = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=PRINTABLE)]
Place = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=PRINTABLE)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=PRINTABLE)]
Level = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}\Z")]  # GB/T 4658
NONE, ONE, SOME = (0, 0), (1, 1), (1, MOST_RECORDS)
Kind = Literal["resident_id", "residence_permit", "hkm_pass", "tw_pass"]
Number = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=PRINTABLE)]
Subject = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=PRINTABLE)]
Place = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=PRINTABLE)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=20, pattern=PRINTABLE)]
Level = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}\Z")]  # GB/T 4658
NONE, ONE, SOME = (0, 0), (1, 1), (1, MOST_RECORDS)
Kind = Literal["kindergarten", "primary", "junior", "senior", "vocational", "vocational_practice", "higher"]


@dataclass(frozen=True, kw_only=True)
class DocumentHolder:
    """The person asked about, as their document names them."""

    document_kind: str  # resident_id | residence_permit | hkm_pass | tw_pass
    document_number: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Officer:
    """Who asks in a background check, for which authority, on which authorisation of the applicant."""

    operator: str
    organisation: str
    authorisation: str


@dataclass(frozen=True, kw_only=True)
class RegisterReply(Generic[R]):
    """What a register said: its code, the records that came with it, and the evidence."""

    code: str
    records: tuple[R, ...]
    evidence: Evidence
    differs: tuple[str, ...] = ()  # what of the question the register has otherwise


class NoRecord(Envelope, frozen=True, kw_only=True):
    """An answer that carries no records."""

    records: tuple[()] = ()


class Register:
    """One register behind one address."""

    def __init__(
        self,
        base_url: str,
        key: str,
        timeout: float,
        *,
        clock: Clock = utc_now,
        breaker: Breaker | None = None,
    ) -> None:
        self._line = ServiceClient(base_url, key, timeout, clock=clock, breaker=breaker)

    def _ask(
        self, path: str, holder: DocumentHolder, request_id: str, shape: Any, **more: str
    ) -> RegisterReply[Any]:
        body: Mapping[str, str] = asdict(holder) | more
        answer, evidence = self._line.ask(f"/registers/{path}", body, request_id, shape)
        return RegisterReply(
            code=answer.code, records=tuple(answer.records), evidence=evidence, differs=answer.differs
        )

    def _ask_certificate(
        self, path: str, holder: DocumentHolder, number: str, request_id: str, shape: Any
    ) -> RegisterReply[Any]:
        reply = self._ask(path, holder, request_id, shape, certificate_number=number)
        if any(one.number != number for one in reply.records):
            raise build_malformed(f"/registers/{path}", "answers about another certificate", reply.evidence)
        return reply
