"""A chore of `./zige`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Chore:
    """What a word does, and the sentence that `./zige help` shows."""

    act: Callable[[Sequence[str]], None]
    sentence: str
