"""Each question to a register or channel is kept with its raw answer, its hash, its time and who asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol, TypeVar

from flask import g, has_request_context
from sqlalchemy import insert

from connectors import registers as asking
from connectors.errors import OutsideError, Resting
from connectors.evidence import Evidence
from connectors.exchange import utc_now
from models import db
from models.base.database import single_write, table_of
from models.persons.exchanges import RegisterExchange, select_recent_outcomes

EXCHANGES = table_of(RegisterExchange)
KEPT = 256 * 1024  # bytes of an answer; what is larger is malformed, and its beginning tells what it was
FAILED: dict[type[OutsideError], str] = {
    asking.NoAnswer: "no_answer",
    asking.MalformedAnswer: "malformed",
    asking.RateLimited: "limited",
    asking.Rejected: "rejected",
    asking.KeyTaken: "key_taken",
    asking.Pending: "pending",
}

UNUSABLE = frozenset({"no_answer", "malformed", "unavailable"})
LATELY = timedelta(hours=1)


class Answered(Protocol):
    """Whatever comes with its evidence."""

    @property
    def evidence(self) -> Evidence: ...


A = TypeVar("A", bound=Answered)


def ask_on_record(register: str, ask: Callable[[], A]) -> A:
    """Ask, and keep how it ended; what was raised is raised again. No transaction may be open."""
    return settle(register, try_to_ask(ask))


def try_to_ask(ask: Callable[[], A]) -> A | OutsideError:
    """The answer or the failure; touches neither app nor database, so any thread may."""
    try:
        return ask()
    except OutsideError as failure:
        return failure


def settle(register: str, ended: A | OutsideError) -> A:
    """Keep how a question ended, and return its answer or raise its failure."""
    _keep_exchange(register, ended)
    if isinstance(ended, OutsideError):
        raise ended
    return ended


def list_recent_outcomes(register: str) -> list[str]:
    """How the questions of the last hour to a register or channel ended, the newest first."""
    return list(db.session.scalars(select_recent_outcomes(register, utc_now(), LATELY)))


def _keep_exchange(register: str, ended: Answered | OutsideError) -> None:
    if isinstance(ended, Resting) or ended.evidence is None:
        return  # nothing was asked
    evidence = ended.evidence
    values = {
        "register": register,
        "request_id": evidence.request_id,
        "asked_at": evidence.asked_at,
        "answered_at": evidence.answered_at,
        "asked_by": _who_asks(),
        "outcome": _name_outcome(ended),
        "size": len(evidence.raw),
        "sha256": evidence.sha256,
        "raw": evidence.raw[:KEPT],
    }
    with single_write():
        db.session.execute(insert(EXCHANGES).values(values))


def _name_outcome(ended: Answered | OutsideError) -> str:
    if isinstance(ended, OutsideError):
        return FAILED.get(type(ended), "unavailable")
    return str(getattr(ended, "code", "accepted")).lower()


def _who_asks() -> int | None:
    principal = g.get("principal") if has_request_context() else None
    return principal.person_id if principal else None
