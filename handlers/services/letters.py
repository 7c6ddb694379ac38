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
        summary=lazy_gettext("向申请人送达文书：受理凭证、补正告知书、不予受理或不予认定决定书"),
        parameters=LetterParameters,
        perform=letters.issue_letter,
    )
)
