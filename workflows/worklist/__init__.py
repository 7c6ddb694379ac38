"""The life of a work item: claimed, released, handed over, kept as a draft, done. Nothing here commits."""

from __future__ import annotations

from models.codes import ROLES
from workflows.clock import now
from workflows.worklist import drafts, statements
from workflows.worklist.claiming import Outcome, claim, claim_many, hand_over, release, save_draft, touch
from workflows.worklist.completing import TransactionTaken, complete, first_answer, keep_answer
from workflows.worklist.standing import bar, supervises

__all__ = [
    "Outcome",
    "TransactionTaken",
    "bar",
    "claim",
    "claim_many",
    "complete",
    "drafts",
    "first_answer",
    "hand_over",
    "keep_answer",
    "open_count",
    "release",
    "role_name",
    "save_draft",
    "supervises",
    "touch",
]


def role_name(role: str | None) -> str:
    """What the holders of a role are called."""
    return ROLES.get(role or "", role or "")


def open_count(person: int) -> int:
    """How many items a person may claim now."""
    return int(statements.COUNT_OPEN.scalar({"person": person, "at": now()}))
