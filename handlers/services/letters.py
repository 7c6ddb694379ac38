"""The service task that issues a letter."""

from __future__ import annotations

from domain.papers import letters
from handlers.services.parameters import LetterParameters
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import Operation

operations.register_operation(
    Operation(
        name="letters.issue",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("向申请人送达一份文书；文书要求在某时以前办理的，另给 until"),
        english="Issue a letter to the applicant; one that asks for something is also given until when",
        parameters=LetterParameters,
        perform=letters.issue_letter,
    )
)
