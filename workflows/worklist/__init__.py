"""The life of a work item: claimed, released, handed over, kept as a draft, done. Nothing here commits."""

from __future__ import annotations

from models.base.codes import ROLES
from workflows.clock import now
from workflows.worklist import drafts, statements
from workflows.worklist.claiming import (
    ClaimOutcome,
    claim_item,
    claim_items,
    hand_over_item,
    prolong_claim,
    release_item,
    save_draft,
)
from workflows.worklist.completing import TransactionTaken, complete_item, find_first_answer, keep_answer
from workflows.worklist.item_access import explain_bar, supervises_assignee

__all__ = [
    "ClaimOutcome",
    "TransactionTaken",
    "claim_item",
    "claim_items",
    "complete_item",
    "count_open_items",
    "drafts",
    "explain_bar",
    "find_first_answer",
    "find_role_name",
    "hand_over_item",
    "keep_answer",
    "prolong_claim",
    "release_item",
    "save_draft",
    "supervises_assignee",
]


def find_role_name(role: str | None) -> str:
    """What the holders of a role are called."""
    return ROLES.get(role or "", role or "")


def count_open_items(person: int) -> int:
    """How many items a person may claim now."""
    return int(statements.COUNT_OPEN.scalar({"person": person, "at": now()}))
