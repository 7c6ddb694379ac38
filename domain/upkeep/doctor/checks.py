"""What a check is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from settings import Settings


class CheckFailed(Exception):
    """Something is not as it should be; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class DoctorCheck:
    """One thing to look at: `look` tells what it found, or raises `CheckFailed`."""

    what: str  # by which others name it
    called: str  # as operators read it
    look: Callable[[Settings], str]
    needs: tuple[str, ...] = ()  # other checks and variables without which there is nothing to look at

    @property
    def title(self) -> str:
        """What stands before its line of the report."""
        return self.called if self.called == self.what else f"{self.called} ({self.what})"
