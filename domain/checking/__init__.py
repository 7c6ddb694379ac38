"""Impossible states: what no sequence of acts leads to, each found by a check of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.checking import cases, files, numbers, processes, threads
from domain.checking.sentences import SENTENCES

__all__ = ["SENTENCES", "Finding", "findings", "look"]
ROOMS = (processes.CHECKS, cases.CHECKS, numbers.CHECKS, threads.CHECKS, files.CHECKS)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that should not be."""

    check: str
    row: str

    @property
    def sentence(self) -> str:
        """What is wrong, for the operator."""
        return SENTENCES[self.check]


def look() -> Iterator[Finding]:
    """Everything that should not be, in the order of the checks, as it is found; reads only, in slices."""
    for check in (one for room in ROOMS for one in room):
        for name, row in check():
            yield Finding(check=name, row=row)


def findings() -> list[Finding]:
    """All of them."""
    return list(look())
