"""Letters: the process orders them, the person reads them in their account and as PDF."""

from __future__ import annotations

from handlers.services import notices
from handlers.services.parameters import OfLetter
from workflows import operations
from workflows.operations import Call, Operation


def issue(call: Call, application: int, letter: str) -> None:
    """Tell the applicant that a letter is there; its text comes from the case itself."""
    notices.letter_issued(call, application, letter)


operations.register(
    Operation(
        name="letters.issue",
        kind="inward",
        summary="向申请人送达文书",
        parameters=OfLetter,
        perform=issue,
    )
)
