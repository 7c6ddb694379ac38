"""Rules that others leave nothing: repeated, never reached, or always applying together with another one.

Each rule is a box: for every column, the set of values that its condition holds for. What is told is exact;
where a condition depends on other facts, or a table is too large to be compared, nothing is told.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import or_

from translations import gettext, join_words, lazy_gettext
from workflows.engine.decisions.checks.segments import Column, Reach
from workflows.engine.decisions.model.types import AT
from workflows.engine.decisions.model.unary import ConditionCell
from workflows.engine.source.problems import Severity

Finding = tuple[int, str, str, Severity]  # place of the rule, code, sentence, severity
Box = tuple[int, ...]

_MOST_RULES = 2_000  # of one table that are compared with each other
_MOST_COMPARED = 20_000  # pairs of boxes of one table
_MOST_PIECES = 60  # that are left of one box
_MOST_NAMED = 5  # rules in one sentence


def compare_rules(
    rows: Mapping[int, tuple[ConditionCell | None, ...]], columns: Sequence[Column], policy: str
) -> Iterator[Finding]:
    """What is wrong with rules as a whole; where all matches are wanted, they may repeat each other."""
    yield from _Rules(rows, columns, policy).findings()


_ALL = lazy_gettext("规则 %(numbers)s")
_SEVERAL = lazy_gettext("规则 %(numbers)s 等")
_STOPPED = {
    "FIRST": lazy_gettext(
        "%(at)s 不会适用：%(rules)s 拿另一类值比较大小，遇到这里的值就会出错，请统一写法，"
        "或把这条规则排在前面。"
    ),
    "UNIQUE": lazy_gettext(
        "%(at)s 不会适用：%(rules)s 拿另一类值比较大小，遇到这里的值就会出错，请统一写法，"
        "或改用 FIRST 并把这条规则排在前面。"
    ),
}
_STOPPED_ANYWHERE = lazy_gettext(
    "%(at)s 不会适用：%(rules)s 拿另一类值比较大小，遇到这里的值就会出错，请统一写法。"
)


class _Rules:
    """The rules of one table as boxes."""

    def __init__(
        self, rows: Mapping[int, tuple[ConditionCell | None, ...]], columns: Sequence[Column], policy: str
    ) -> None:
        self.columns = columns
        self.policy = policy
        self.left = _MOST_COMPARED
        self.cells: dict[int, tuple[ConditionCell, ...]] = {}  # of rules that can be read, by their place
        self.reaches: dict[int, tuple[Reach | None, ...]] = {}
        self.boxes: dict[int, Box] = {}  # of rules that depend on nothing but the inputs
        self.failing = [0] * len(columns)  # for each column, what some condition cannot be compared with
        for place, row in rows.items():
            cells = tuple(cell for cell in row if cell)
            if len(cells) == len(row):
                self._add(place, cells)
        self.wanted = {place: self._widest(place) for place in self.cells}
        self.near = _find_near_boxes(self.wanted, self.boxes)

    def _add(self, place: int, cells: tuple[ConditionCell, ...]) -> None:
        reaches = tuple(column.reach(cell) for column, cell in zip(self.columns, cells, strict=True))
        box = tuple(reach.holds for reach in reaches if reach)
        if 0 in box:
            return  # holds for nothing: told with the cell
        self.cells[place], self.reaches[place] = cells, reaches
        if len(box) == len(cells) and len(self.boxes) < _MOST_RULES:
            self.boxes[place] = box
            for number, reach in enumerate(reaches):
                self.failing[number] |= reach.fails if reach else 0

    def findings(self) -> Iterator[Finding]:
        seen: dict[object, int] = {}
        for place in self.cells:
            first = seen.setdefault(self._key(place), place)
            if first != place and self.policy != "COLLECT":
                sentence = gettext(
                    "%(at)s 的条件与规则 %(first)s 完全相同，这条规则不会单独适用，请删去或改正。",
                    at=AT,
                    first=first + 1,
                )
                yield place, "dmn-duplicate-rule", sentence, "error"
            elif self.left > 0:
                yield from self._compared(place)

    def _key(self, place: int) -> object:
        """The same for rules that hold for the same values, however they are written: 5 and 5.0."""
        reaches, cells = self.reaches[place], self.cells[place]
        return tuple(reach.holds if reach else cell.key for reach, cell in zip(reaches, cells, strict=True))

    def _compared(self, place: int) -> Iterator[Finding]:
        wanted = self.wanted[place]
        if by := self._covering(wanted, self._before(place)):
            yield place, "dmn-never", self._covered_sentence(by), "error"
        elif stopping := self._covering(wanted, self._stopping(place, wanted)):
            yield place, "dmn-never", self._stopped_sentence(stopping), "error"
        elif self.policy == "UNIQUE" and place in self.boxes:
            yield from self._overlapping(place)

    def _before(self, place: int) -> Iterator[tuple[int, Box]]:
        """The boxes of rules that are taken before this one, or with it."""
        if self.policy == "COLLECT":
            return iter(())
        near = self.near[place] & (1 << place) - 1
        return ((one, self.boxes[one]) for one in _list_places(near))

    def _widest(self, place: int) -> Box:
        """The box of a rule, or one that surely holds it."""
        return tuple(
            reach.holds if reach else column.all
            for reach, column in zip(self.reaches[place], self.columns, strict=True)
        )

    def _stopping(self, place: int, wanted: Box) -> Iterator[tuple[int, Box]]:
        """Where others take everything, or cannot be worked out for what this rule asks for by name."""
        named = [
            number
            for number, cell in enumerate(self.cells[place])
            if cell.tests and not cell.negated and wanted[number] & self.failing[number]
        ]
        if not named:
            return
        yield from self._before(place)
        for one in self.boxes:
            if one < place or (self.policy != "FIRST" and one != place):
                yield from ((one, self._failing_box(one, number)) for number in named)

    def _failing_box(self, place: int, number: int) -> Box:
        """Where a rule gets as far as one of its conditions, and that fails."""
        reach, box = self.reaches[place][number], self.boxes[place]
        rest = (column.all for column in self.columns[number + 1 :])
        return (*box[:number], reach.fails if reach else 0, *rest)

    def _covering(self, wanted: Box, others: Iterable[tuple[int, Box]]) -> list[int]:
        """The rules that together leave nothing of a box; none when something is left, or it is unknown."""
        pieces, used = [wanted], []
        for place, other in others:
            self.left -= len(pieces)
            if self.left < 0:
                return []
            if any(_do_meet(piece, other) for piece in pieces):
                pieces = [rest for piece in pieces for rest in _subtract_box(piece, other)]
                used.append((place, other))
            if not pieces or len(pieces) > _MOST_PIECES:
                break
        alone = [place for place, other in used if _is_within(wanted, other)]
        return [] if pieces else alone[:1] or list(dict.fromkeys(place for place, _ in used))

    def _overlapping(self, place: int) -> Iterator[Finding]:
        box = self.boxes[place]
        met = [(one, other) for one, other in self._before(place) if _do_meet(box, other)]
        if inside := [one for one, other in met if _is_within(other, box)]:
            rules = _name_rules(inside)
            sentence = gettext(
                "%(at)s 包括了%(rules)s 的全部条件，%(rules)s 适用时总会同时适用，而命中策略要求唯一，"
                "请改写条件，或改用 FIRST。",
                at=AT,
                rules=rules,
            )
            yield place, "dmn-never", sentence, "error"
        elif met:
            where = self._witness(box, met[0][1])
            sentence = gettext(
                "%(at)s 与%(rule)s 有重叠，例如%(case)s 时同时适用，得不出结果，请核对。",
                at=AT,
                rule=_name_rules([met[0][0]]),
                case=where,
            )
            yield place, "dmn-overlap", sentence, "warning"

    def _witness(self, one: Box, other: Box) -> str:
        said = [
            gettext("“%(label)s”为%(witness)s", label=column.label, witness=column.witness(left & right))
            for column, left, right in zip(self.columns, one, other, strict=True)
            if left & right != column.all
        ]
        return join_words(said) or gettext("任何输入")

    def _covered_sentence(self, by: list[int]) -> str:
        rules = _name_rules(by)
        if self.policy == "UNIQUE":
            return gettext(
                "%(at)s 的条件已全部包括在%(rules)s 中，总会同时适用，而命中策略要求唯一，请改写条件，"
                "或改用 FIRST。",
                at=AT,
                rules=rules,
            )
        return gettext(
            "%(at)s 的条件已全部包括在前面的%(rules)s 中，不会用到，请调整次序或删去。", at=AT, rules=rules
        )

    def _stopped_sentence(self, by: list[int]) -> str:
        return _STOPPED.get(self.policy, _STOPPED_ANYWHERE) % {"at": AT, "rules": _name_rules(by)}


def _find_near_boxes(wanted: Mapping[int, Box], boxes: Mapping[int, Box]) -> dict[int, int]:
    """For each box, as bits, those that may meet it: not those that end below it or begin above it."""
    near = dict.fromkeys(wanted, sum(1 << place for place in boxes))
    for number in range(len(next(iter(wanted.values()), ()))):
        low = {place: _find_lowest(box[number]) for place, box in boxes.items()}
        high = {place: box[number].bit_length() - 1 for place, box in boxes.items()}
        by_low, by_high = (
            sorted(boxes, key=low.__getitem__, reverse=True),
            sorted(boxes, key=high.__getitem__),
        )
        above, below = _accumulate_places(by_low), _accumulate_places(by_high)
        ends, begins = [high[place] for place in by_high], [-low[place] for place in by_low]
        for place, box in wanted.items():
            near[place] &= ~below[bisect_left(ends, _find_lowest(box[number]))]
            near[place] &= ~above[bisect_left(begins, 1 - box[number].bit_length())]
    return near


def _find_lowest(pieces: int) -> int:
    return (pieces & -pieces).bit_length() - 1


def _accumulate_places(places: list[int]) -> list[int]:
    """The sets of the first none, one, two and so on."""
    return [*accumulate((1 << place for place in places), or_, initial=0)]


def _list_places(bits: int) -> Iterator[int]:
    while bits:
        yield _find_lowest(bits)
        bits &= bits - 1


def _name_rules(places: list[int]) -> str:
    numbers = join_words(str(place + 1) for place in sorted(places)[:_MOST_NAMED])
    sentence = _SEVERAL if len(places) > _MOST_NAMED else _ALL
    return sentence % {"numbers": numbers}


def _do_meet(one: Box, other: Box) -> bool:
    return all(left & right for left, right in zip(one, other, strict=True))


def _is_within(one: Box, other: Box) -> bool:
    return all(not left & ~right for left, right in zip(one, other, strict=True))


def _subtract_box(box: Box, other: Box) -> Iterator[Box]:
    """What is left of a box, in boxes that do not meet."""
    if not _do_meet(box, other):
        yield box
        return
    shared = tuple(left & right for left, right in zip(box, other, strict=True))
    for number, (mine, taken) in enumerate(zip(box, other, strict=True)):
        if outside := mine & ~taken:
            yield (*shared[:number], outside, *box[number + 1 :])
