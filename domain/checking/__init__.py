"""Impossible states: what no sequence of acts leads to, each found by a check of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy.exc import DatabaseError

from domain.checking import cases, definitions, files, numbers, processes, threads
from domain.checking.rows import FoundRows, undecodable_as_bytes
from domain.checking.sentences import SENTENCES

__all__ = ["SENTENCES", "ImpossibleState", "find_impossible_states", "list_impossible_states"]
ROOMS = (definitions.CHECKS, processes.CHECKS, cases.CHECKS, numbers.CHECKS, threads.CHECKS, files.CHECKS)


@dataclass(frozen=True, kw_only=True)
class ImpossibleState:
    """Something that should not be."""

    check: str
    row: str

    @property
    def sentence(self) -> str:
        """What is wrong, for the operator."""
        return SENTENCES[self.check]


def find_impossible_states() -> Iterator[ImpossibleState]:
    """Everything that should not be, in the order of the checks, as it is found; reads only, in slices."""
    with undecodable_as_bytes():
        for check in (one for room in ROOMS for one in room):
            for name, row in _run_check(check):
                yield ImpossibleState(check=name, row=row)


def _run_check(check: Callable[[], FoundRows]) -> FoundRows:
    """What a check finds; one that stumbles over a value nobody foresaw does not keep the others from it."""
    try:
        yield from check()
    except DatabaseError:
        raise
    except Exception as error:
        yield "check_failed", f"{check.__name__.strip('_')} {type(error).__name__}: {error}"


def list_impossible_states() -> list[ImpossibleState]:
    """All of them."""
    return list(find_impossible_states())
