"""Impossible states: what no sequence of acts leads to, each found by a check of its own."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.services.checking import cases, numbers, processes, threads
from handlers.services.checking.sentences import SENTENCES

__all__ = ["SENTENCES", "Finding", "findings"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that should not be."""

    check: str
    row: str

    @property
    def sentence(self) -> str:
        """What is wrong, for the operator."""
        return SENTENCES[self.check]


def findings() -> list[Finding]:
    """Everything that should not be, in the order of the checks; reads only."""
    rooms = (processes.CHECKS, cases.CHECKS, numbers.CHECKS, threads.CHECKS)
    return [Finding(check=name, row=row) for room in rooms for check in room for name, row in check()]
