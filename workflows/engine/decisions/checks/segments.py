"""The values of one column, cut at every constant of its cells: a cell holds for a set of the pieces.

A set is a whole number whose bits are the pieces, from the lowest: the numbers below the first constant, the
constant, the numbers up to the next one, and so on; the texts likewise; then true, false, null, and all that
is none of these. So "holds for all that another cell holds for" is exact, and one operation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from translations import gettext, join_words
from workflows.engine.decisions.model.types import WHOLE
from workflows.engine.decisions.model.unary import ConditionCell, UnaryTest

_WORDS = (True, False, None)  # and one piece more for lists and dicts


@dataclass(frozen=True, kw_only=True)
class Reach:
    """For which values a condition holds, and which it cannot be compared with."""

    holds: int
    fails: int


class Column:
    """The pieces of one column."""

    def __init__(self, cells: Iterable[ConditionCell | None], kind: str, label: str = "") -> None:
        self.label = label
        tests = [test for cell in cells if cell for test in cell.tests]
        values = [value for test in tests for value in test.constants or ()]
        self._numbers: list[Any] = sorted({value for value in values if _is_number(value)})
        self._texts: list[Any] = sorted({value for value in values if isinstance(value, str)})
        self._whole = kind in WHOLE
        self._base = 2 * len(self._numbers) + 1  # where the texts begin
        self._words = self._base + 2 * len(self._texts) + 1
        self.of_numbers = self._possible_numbers()
        self.of_texts = (1 << self._words) - (1 << self._base) - ((self._texts[:1] == [""]) << self._base)
        self.all = self.of_numbers | self.of_texts | ((1 << 4) - 1) << self._words

    def reach(self, cell: ConditionCell) -> Reach | None:
        """What a condition holds for; nothing when that depends on other facts."""
        if not cell.tests:
            return Reach(holds=self.all, fails=0)
        holds = fails = 0
        for test in cell.tests:  # one after the other: the first that fails stops the whole decision
            found = self.of_test(test)
            if found is None:
                return None
            left = self.all & ~(holds | fails)
            holds, fails = holds | found.holds & left, fails | found.fails & left
        return Reach(holds=self.all & ~(holds | fails) if cell.negated else holds, fails=fails)

    def of_test(self, test: UnaryTest) -> Reach | None:
        """What one test holds for by itself."""
        values = test.constants
        if values is None:
            return None
        if test.kind == "value":
            return Reach(holds=self._united(values), fails=0)
        kinds = {_is_number(value) for value in values}
        if len(kinds) != 1 or not all(_is_number(value) or isinstance(value, str) for value in values):
            return None  # told with the cell
        comparable = self.of_numbers if kinds == {True} else self.of_texts
        holds = comparable
        for sign, value in test.limits(values):
            holds &= self._beside(sign, value)
        return Reach(holds=holds, fails=self.all & ~comparable)

    def witness(self, pieces: int) -> str:
        """One of the pieces, in words."""
        place = (pieces & -pieces).bit_length() - 1
        if place >= self._words:
            return (" true", " false", gettext("空值"), gettext("列表"))[place - self._words]
        if place >= self._base:
            known, place = [f' "{text}"' for text in self._texts], place - self._base
            return known[place // 2] if place % 2 else gettext("别的文字")
        if place % 2:
            return f" {self._numbers[place // 2]}"
        low, high = self._numbers[: place // 2][-1:], self._numbers[place // 2 :][:1]
        limits = [gettext("大于 %(limit)s", limit=one) for one in low] + [
            gettext("小于 %(limit)s", limit=one) for one in high
        ]
        return join_words(limits) or gettext("任何数字")

    def _possible_numbers(self) -> int:
        pieces = (1 << self._base) - 1
        if self._whole:
            for place, value in enumerate(self._numbers):
                if value != floor(value):
                    pieces &= ~(1 << 2 * place + 1)
            for place, (low, high) in enumerate(zip(self._numbers, self._numbers[1:], strict=False)):
                if floor(low) + 1 > ceil(high) - 1:
                    pieces &= ~(1 << 2 * place + 2)
        return pieces

    def _united(self, values: Sequence[Any]) -> int:
        pieces = 0
        for value in values:
            pieces |= self._piece(value)
        return pieces & self.all

    def _piece(self, value: Any) -> int:
        if value is None or isinstance(value, bool):
            return 1 << self._words + _WORDS.index(value)
        return 1 << self._place(value)

    def _place(self, value: Any) -> int:
        known, base = (self._texts, self._base) if isinstance(value, str) else (self._numbers, 0)
        return base + 2 * bisect_left(known, value) + 1

    def _beside(self, sign: str, value: Any) -> int:
        """All pieces on one side of a constant; those of other kinds are taken away by the caller."""
        place = self._place(value)
        up_to = (1 << place + ("=" in sign)) - 1
        return up_to if sign[0] == "<" else ~((1 << place + (sign == ">")) - 1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
