"""What is kept of values: ids, words, moments and numbers; no free text, no document numbers.

What a diagram or a table reads decides where a case goes, so a short text in such a variable is kept too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

# A word as programs write them; with more digits, or a capital, it may be somebody's name or number.
WORD = re.compile(r"(?!(?:.*\d){5})(?:[a-z_][a-z0-9_./-]{0,63})?")
NAME = re.compile(r"\w{1,64}", re.ASCII)  # of a part of a value
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]+)?(?:Z|[+-]\d\d:\d\d)?")
MOST_DIGITS = 6  # of a text that a diagram reads; a telephone has more
LONGEST_READ = 80  # characters of a text that a diagram reads
LARGEST = 10**10  # what is more may be a telephone
LEFT_OUT = "…"  # how a text begins that stands for one that was left out


def keep_variables(variables: Mapping[str, object], read: frozenset[str]) -> dict[str, object]:
    """Variables as they are kept, by the names that diagrams and tables read."""
    return {name: keep_value(value, is_read=name in read) for name, value in variables.items()}


def keep_value(value: object, *, is_read: bool) -> object:
    """A value as it is kept; what is left out is said, with its length."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value if abs(value) < LARGEST else LEFT_OUT
    if isinstance(value, str):
        kept = WORD.fullmatch(value) or (is_read and _may_be_read(value))
        return value if kept else f"{LEFT_OUT}{len(value)}"
    if isinstance(value, Mapping):
        named = {name: part for name, part in value.items() if isinstance(name, str) and NAME.fullmatch(name)}
        return {name: keep_value(part, is_read=is_read) for name, part in named.items()}
    if isinstance(value, list | tuple):
        return [keep_value(part, is_read=is_read) for part in value]
    return LEFT_OUT


def _may_be_read(value: str) -> bool:
    """Whether a text by which a diagram decides is kept: a moment, or nothing with the digits of a number."""
    digits = sum(character.isdigit() for character in value)
    return len(value) <= LONGEST_READ and (digits <= MOST_DIGITS or MOMENT.fullmatch(value) is not None)
