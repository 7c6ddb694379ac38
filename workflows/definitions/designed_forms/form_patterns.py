"""Patterns of form fields: a part of regular expressions whose work on any text is bounded.

What may be tried in vain is counted while a pattern is read: repetitions multiply, so `(a+)+$` has more ways
than there is time, and `\\d{3}-\\d{4}` has one.
"""

from __future__ import annotations

import re
import warnings
from typing import NoReturn

from translations import gettext

LONGEST, DEEPEST = 200, 10  # characters of a pattern; groups in groups
MOST_WAYS = 2_000_000  # in which a pattern may try to fit a text
_CLASSES = {"d": "0-9", "w": "A-Za-z0-9_"}
_KEPT = "dDwWsSbnrt"
_REPEAT = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")


class BadPattern(ValueError):
    """A pattern that is not taken, with the sentence."""


def read_pattern(pattern: str, longest: int) -> str:
    """The same pattern for Python, over texts up to a length; raises BadPattern."""
    if len(pattern) > LONGEST:
        raise BadPattern(gettext("正则表达式不能超过 %(longest)s 个字符。", longest=LONGEST))
    reader = _Reader(pattern, longest)
    text, ways = reader.read()
    if not reader.is_anchored:
        text, ways = rf"[\s\S]*?(?:{text})", ways * (longest + 1)
    if ways > MOST_WAYS:
        said = gettext("正则表达式可能要算很久，请减少 * 和 +，不要重复套重复，或把 maxLength 写小。")
        raise BadPattern(said)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(text)
    except (re.error, Warning, OverflowError, RecursionError):
        raise BadPattern(gettext("正则表达式有误。")) from None
    return text


class _Reader:
    """Reads a pattern, translates what Python reads otherwise, and counts its ways."""

    def __init__(self, pattern: str, longest: int) -> None:
        self.pattern, self.longest, self.place, self.depth = pattern, longest, 0, 0
        self.is_anchored = pattern.startswith("^")

    def read(self) -> tuple[str, int]:
        found = self._either()
        if self.place < len(self.pattern):
            self._refuse()
        return found

    def _either(self) -> tuple[str, int]:
        self.depth += 1
        if self.depth > DEEPEST:
            self._refuse()
        text, ways = self._sequence()
        while self._peek() == "|":
            self.place += 1
            if self.depth == 1:
                self.is_anchored = False
            more, others = self._sequence()
            text, ways = f"{text}|{more}", ways + others
        self.depth -= 1
        return text, ways

    def _sequence(self) -> tuple[str, int]:
        text, ways = "", 1
        while self._peek() not in ("", "|", ")"):
            more, others = self._repeated()
            text, ways = text + more, min(ways * others, MOST_WAYS * 10)
        return text, ways

    def _repeated(self) -> tuple[str, int]:
        text, ways = self._atom()
        fewest, most, mark = self._bounds()
        if not mark:
            return text, ways
        if self._peek() in ("*", "+", "{"):
            self._refuse()
        if self._peek() == "?":
            mark += "?"
            self.place += 1
        most = min(most, self.longest)
        if ways == 1:
            return text + mark, max(most - fewest + 1, 1)
        total = 0
        for count in range(fewest, max(most, fewest) + 1):
            total += ways**count if count < 64 else MOST_WAYS * 10
            if total > MOST_WAYS:
                break
        return text + mark, total

    def _bounds(self) -> tuple[int, int, str]:
        one = self._peek()
        known = {"*": (0, self.longest), "+": (1, self.longest), "?": (0, 1)}
        if one and one in known:
            self.place += 1
            return *known[one], one
        if one != "{":
            return 1, 1, ""
        found = _REPEAT.match(self.pattern, self.place)
        if found is None:
            self._refuse()
        self.place = found.end()
        fewest = int(found[1])
        most = fewest if not found[2] else int(found[3]) if found[3] else self.longest
        return fewest, most, found[0]

    def _atom(self) -> tuple[str, int]:
        one = self._next()
        if one == "(":
            if self._peek() == "?" and self.pattern[self.place : self.place + 2] != "?:":
                self._refuse()
            self.place += 2 if self._peek() == "?" else 0
            text, ways = self._either()
            if self._next() != ")":
                self._refuse()
            return f"(?:{text})", ways
        if one == "[":
            return self._set(), 1
        if one == "\\":
            return self._escape(in_set=False), 1
        if one in "*+?{}])":
            self.place -= 1
            self._refuse()
        return (r"\Z" if one == "$" else one), 1

    def _set(self) -> str:
        text = "["
        if self._peek() == "^":
            text += self._next()
        while (one := self._next()) != "]":
            if not one:
                self._refuse()
            text += self._escape(in_set=True) if one == "\\" else f"\\{one}" if one in "[&~|" else one
        return f"{text}]"

    def _escape(self, *, in_set: bool) -> str:
        one = self._next()
        if one in _CLASSES:
            return _CLASSES[one] if in_set else f"[{_CLASSES[one]}]"
        if one.lower() in _CLASSES and one and not in_set:
            return f"[^{_CLASSES[one.lower()]}]"
        if not one or (one.isalnum() and (one not in _KEPT or (in_set and one in "bDW"))):
            self._refuse()
        return f"\\{one}"

    def _peek(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _next(self) -> str:
        self.place += 1
        return self.pattern[self.place - 1 : self.place]

    def _refuse(self) -> NoReturn:
        said = gettext("正则表达式第 %(place)s 个字符处不能这样写。", place=max(self.place, 1))
        raise BadPattern(said)
