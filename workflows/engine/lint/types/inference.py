"""Which values an expression may give, and what in it fails or decides nothing, by types alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from translations import lazy_gettext
from workflows.engine.expressions.functions import FUNCTIONS
from workflows.engine.expressions.syntax import WORDS
from workflows.engine.lint.types import narrowing
from workflows.engine.lint.types.fitting import fits_somehow
from workflows.engine.lint.types.kinds import find_basic, find_kinds, list_constants, name_kinds
from workflows.engine.lint.types.known_variables import Known, Listed, Values, join_values
from workflows.vocabulary import DURATION, NUMBER, TEXT, Kind

Tell = Callable[[str], None]
_SHOWN = 60
_TRUTHS: Values = frozenset({True, False})
_NO_VALUES: Values = frozenset()
_ORDERING = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_NUMBERS, _TEXTS = frozenset({Kind.NUMBER}), frozenset({Kind.TEXT})
_LISTS, _OBJECTS = frozenset({Kind.LIST}), frozenset({Kind.OBJECT})
_CONTAINERS = _TEXTS | _LISTS | _OBJECTS
# Function → what its first argument may be, and what it gives.
_CALLS: Mapping[str, tuple[frozenset[Kind], Values]] = {
    "len": (_CONTAINERS, NUMBER),
    "sum": (_LISTS, NUMBER),
    "round": (_NUMBERS, NUMBER),
    "abs": (_NUMBERS, NUMBER),
    "int": (_NUMBERS | _TEXTS, NUMBER),
    "float": (_NUMBERS | _TEXTS, NUMBER),
    "str": (_NUMBERS | _TEXTS, TEXT),
    "any": (_LISTS, _TRUTHS),
    "all": (_LISTS, _TRUTHS),
    "get": (_OBJECTS, None),
    "days": (_NUMBERS, DURATION),
    "hours": (_NUMBERS, DURATION),
    "minutes": (_NUMBERS, DURATION),
}
_NEVER_FALSE = {Kind.MOMENT, Kind.DURATION, Kind.PERSON, Kind.SUBJECT, Kind.OBJECT}
_EMPTY = lazy_gettext("%(part)s 可能是空值，这里不能用；请先判断 %(part)s != null，或在表单里设为必填")
_WRONG = lazy_gettext("%(part)s 可能是%(kinds)s，这里只能用%(wanted)s")
_ORDER = lazy_gettext("%(left)s 是%(kinds)s，%(right)s 是%(others)s，不能比较大小")
_NO_PART = lazy_gettext("%(part)s 可能是%(kinds)s，没有 %(key)s 这一项，它的项要用数字取")
_UNEQUAL = lazy_gettext("%(left)s 是%(kinds)s，%(right)s 是%(others)s，永远不会相等")
_ALWAYS = lazy_gettext("%(part)s 不是判断，总会当作成立或不成立；请写成比较，例如 %(hint)s")
_MAYBE_EMPTY = lazy_gettext("列表 %(part)s 可能是空的，没有第 %(place)s 项；请先判断 len(%(part)s) > 0")


def infer_text(text: str, known: Known, tell: Tell, *, decides: bool = False) -> Values:
    """The values of a whole expression that compiles; one that decides has to be a judgement."""
    tree = ast.parse(text.strip(), mode="eval").body
    inference = _Inference(tell)
    values = inference.infer(tree, known)
    if decides:
        inference.check_truth(tree, values)
    return values


class _Inference:
    """Walks an expression as it is worked out: what stands behind a test is read as the test leaves it."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self._last: dict[ast.expr, tuple[ast.expr, Values]] = {}  # the part that a joined one may end with

    def infer(self, node: ast.expr, known: Known) -> Values:
        match node:
            case ast.Constant(value=value):
                return frozenset({value})
            case ast.Name(id=name):
                return frozenset({WORDS[name]}) if name in WORDS else known.values.get(name)
            case ast.BoolOp():
                return self._infer_joined(node, known)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.check_truth(operand, self.infer(operand, known))
                return _TRUTHS
            case ast.UnaryOp(operand=operand):
                self._want(operand, self.infer(operand, known), _NUMBERS)
                return NUMBER
            case ast.BinOp():
                return self._infer_sum(node, known)
            case ast.Compare():
                return self._infer_comparison(node, known)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self.check_truth(test, self.infer(test, known))
                return self._join_ways([(body, True), (orelse, False)], test, known)
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                entries = [self.infer(part, known) for part in parts]
                return Listed(entries=reduce(join_values, entries, _NO_VALUES), is_filled=bool(parts))
            case ast.Dict(keys=keys, values=parts):
                found = [self.infer(part, known) for part in parts]
                names = [key.value if isinstance(key, ast.Constant) else None for key in keys]
                return dict(zip(names, found, strict=True)) if None not in names else None  # type: ignore[arg-type]
            case ast.Subscript():
                return self._infer_part(node, known)
            case ast.Call(func=ast.Name(id=name), args=given):
                return self._infer_call(name, given, known)
        return None

    def check_truth(self, node: ast.expr, values: Values) -> None:
        """Refuse what counts as true, or as false, whatever it is."""
        if isinstance(node, ast.Constant | ast.List | ast.Dict | ast.Tuple) or _is_word(node):
            return  # told where conditions are read
        if node in self._last:
            return self.check_truth(*self._last[node])
        kinds = find_kinds(values)
        found = list_constants(values)
        always = found and Kind.TRUTH not in kinds and len({bool(one) for one in found}) == 1
        if always or (kinds and kinds <= _NEVER_FALSE):
            part = _write(node)
            word = next((f'"{one}"' for one in found if isinstance(one, str)), "")
            hint = f"{part} == {word or found[0]}" if found else f"{part} != null"
            self.tell(_ALWAYS % {"part": part, "hint": hint})

    def _infer_joined(self, node: ast.BoolOp, known: Known) -> Values:
        holds = isinstance(node.op, ast.And)
        found: list[Values] = []
        state: Known | None = known
        for part in node.values:
            if state is None:
                break  # never come to
            values = self.infer(part, state)
            found.append(values)
            if part is node.values[-1]:
                self._last[node] = (part, values)
            else:
                self.check_truth(part, values)
            state = narrowing.assume(state, part, holds=holds)
        return reduce(join_values, found)

    def _join_ways(self, ways: list[tuple[ast.expr, bool]], test: ast.expr, known: Known) -> Values:
        found = []
        for way, holds in ways:
            if (state := narrowing.assume(known, test, holds=holds)) is not None:
                found.append(self.infer(way, state))
        return reduce(join_values, found) if found else None

    def _infer_sum(self, node: ast.BinOp, known: Known) -> Values:
        left, right = self.infer(node.left, known), self.infer(node.right, known)
        wanted = _NUMBERS
        if isinstance(node.op, ast.Add):
            kinds = find_basic(left), find_basic(right)
            if _TEXTS in kinds and all(one in (_TEXTS, frozenset()) for one in kinds):
                return None  # joined: what it then is depends on the words
            wanted = _NUMBERS if _NUMBERS in kinds else _NUMBERS | _TEXTS
        fits = [self._want(*one, wanted) for one in ((node.left, left), (node.right, right))]
        return NUMBER if all(fits) and wanted == _NUMBERS else None

    def _want(self, node: ast.expr, values: Values, wanted: frozenset[Kind]) -> bool:
        """Refuse what may be of another kind; what may be any passes."""
        wrong = find_basic(values) - wanted
        if Kind.NOTHING in wrong:
            self.tell(_EMPTY % {"part": _write(node)})
        elif wrong:
            names = name_kinds(wrong & find_kinds(values) or find_kinds(values))
            self.tell(_WRONG % {"part": _write(node), "kinds": names, "wanted": name_kinds(wanted)})
        return not wrong

    def _infer_comparison(self, node: ast.Compare, known: Known) -> Values:
        sides = [node.left, *node.comparators]
        found = [self.infer(side, known) for side in sides]
        for place, asks in enumerate(node.ops):
            pair = (sides[place], found[place]), (sides[place + 1], found[place + 1])
            if isinstance(asks, _ORDERING):
                self._check_order(*pair)
            elif isinstance(asks, ast.In | ast.NotIn):
                self._check_containing(*pair)
            elif isinstance(asks, ast.Eq | ast.NotEq):
                self._check_equal(*pair)
        return _TRUTHS

    def _check_order(self, one: tuple[ast.expr, Values], other: tuple[ast.expr, Values]) -> None:
        fits = [self._want(*side, _NUMBERS | _TEXTS) for side in (one, other)]  # both are told
        if not all(fits):
            return
        left, right = find_basic(one[1]), find_basic(other[1])
        if left and right and len(left | right) > 1:
            said = _name_sides(one, other)
            self.tell(_ORDER % said)

    def _check_containing(self, one: tuple[ast.expr, Values], other: tuple[ast.expr, Values]) -> None:
        if self._want(*other, _CONTAINERS) and find_basic(other[1]) == _TEXTS:
            self._want(*one, _TEXTS)

    def _check_equal(self, one: tuple[ast.expr, Values], other: tuple[ast.expr, Values]) -> None:
        left, right = find_basic(one[1]) - {Kind.NOTHING}, find_basic(other[1]) - {Kind.NOTHING}
        if isinstance(one[1], frozenset) and isinstance(other[1], frozenset):
            return  # by their values, told elsewhere
        unlike = bool(left and right) and left.isdisjoint(right)
        if unlike or not fits_somehow(one[1], other[1]) or not fits_somehow(other[1], one[1]):
            self.tell(_UNEQUAL % _name_sides(one, other))

    def _infer_part(self, node: ast.Subscript, known: Known) -> Values:
        whole, key = self.infer(node.value, known), self.infer(node.slice, known)
        if not self._want(node.value, whole, _CONTAINERS):
            return None
        if isinstance(whole, Mapping):
            return whole.get(str(node.slice.value)) if isinstance(node.slice, ast.Constant) else None
        if find_basic(whole) <= _TEXTS | _LISTS and find_basic(whole):
            if find_basic(key) == _TEXTS:
                said = {"part": _write(node.value), "kinds": name_kinds(find_kinds(whole))}
                self.tell(_NO_PART % {**said, "key": _write(node.slice)})
                return None
            fits = self._want(node.slice, key, _NUMBERS)
            if fits and isinstance(whole, Listed) and not whole.is_filled:
                said = {"part": _write(node.value), "place": _write(node.slice)}
                self.tell(_MAYBE_EMPTY % said)
        return whole.entries if isinstance(whole, Listed) else None

    def _infer_call(self, name: str, given: list[ast.expr], known: Known) -> Values:
        found = [self.infer(one, known) for one in given]
        if name not in FUNCTIONS or not given:
            return None
        if name in _CALLS:
            wanted, gives = _CALLS[name]
            self._want(given[0], found[0], wanted)
            return gives
        if len(found) == 1:
            self._want(given[0], found[0], _LISTS)
            return found[0].entries if isinstance(found[0], Listed) else None
        for node, values in zip(given, found, strict=True):
            self._want(node, values, _NUMBERS | _TEXTS)
        return reduce(join_values, found)


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in WORDS


def _name_sides(one: tuple[ast.expr, Values], other: tuple[ast.expr, Values]) -> dict[str, Any]:
    return {
        "left": _write(one[0]),
        "kinds": name_kinds(find_kinds(one[1]) - {Kind.NOTHING}),
        "right": _write(other[0]),
        "others": name_kinds(find_kinds(other[1]) - {Kind.NOTHING}),
    }


def _write(node: ast.expr) -> str:
    """A part as designers write it: with double quotes."""
    text = ast.unparse(node)
    shown = text if '"' in text else text.replace("'", '"')
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
