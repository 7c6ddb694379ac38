"""Conditions of form components: a small part of FEEL, judged alike by the server and by the page's script.

A condition is kept as lists: ["or", ["=", ["name", "kind"], ["value", "again"]], …]. As in FEEL a comparison
with nothing is neither true nor false, and only what is true hides a component.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from translations import gettext

Condition = list[Any]
LONGEST, DEEPEST = 500, 20  # characters; brackets in brackets
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"[^"\\]*")|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])'
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<mark><=|>=|!=|[=<>()\[\],])|(?P<other>\S))",
)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_VALUES = {"true": True, "false": False, "null": None}
WORDS = frozenset(
    {*_VALUES, "and", "or", "not", "in", "if", "then", "else", "for", "some", "every", "return", "satisfies"}
    | {"between", "instance", "function"}
)


class BadCondition(ValueError):
    """A condition that cannot be read, with the sentence."""


def read_condition(text: str, resolve: Callable[[str], str | None]) -> Condition:
    """Read a condition; `resolve` gives the answer that a name means. Raises BadCondition."""
    if len(text) > LONGEST:
        raise BadCondition(gettext("条件不能超过 %(longest)s 个字符。", longest=LONGEST))
    return _Reader(text.strip().removeprefix("="), resolve).read()


def is_true(condition: Condition | None, answers: Mapping[str, Any]) -> bool:
    """Whether a condition holds over plain answers."""
    return condition is not None and _evaluate(condition, answers) is True


def _evaluate(condition: Condition, answers: Mapping[str, Any]) -> Any:
    act, *parts = condition
    if act == "name":
        found = answers.get(parts[0])
        return None if found in ("", []) else found
    if act == "value":
        return parts[0]
    found = [_evaluate(part, answers) for part in parts]
    if act in ("and", "or"):
        decides = act == "or"
        if any(one is decides for one in found):
            return decides
        return (not decides) if all(one is (not decides) for one in found) else None
    if act == "not":
        return (not found[0]) if isinstance(found[0], bool) else None
    if act == "in":
        return any(_is_equal(found[0], one) is True for one in found[1:])
    return _compare(act, *found)


def _compare(act: str, left: Any, right: Any) -> bool | None:
    if act in ("=", "!="):
        same = _is_equal(left, right)
        return same if same is None else same is (act == "=")
    if _sort_of(left) != _sort_of(right) or _sort_of(left) not in ("number", "text"):
        return None
    return bool({"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[act])


def _is_equal(left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return left is right
    return bool(left == right) if _sort_of(left) == _sort_of(right) else None


def _sort_of(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "other"


class _Reader:
    """Reads a condition from left to right."""

    def __init__(self, text: str, resolve: Callable[[str], str | None]) -> None:
        found = [match for match in _TOKEN.finditer(text) if match.lastgroup]
        self.tokens = [(str(match.lastgroup), match[match.lastgroup or 0]) for match in found]
        self.resolve, self.place, self.depth = resolve, 0, 0

    def read(self) -> Condition:
        found = self._either()
        if self.place < len(self.tokens):
            self._refuse()
        return found

    def _either(self) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadCondition(gettext("条件的括号嵌套太深。"))
        parts = [self._both()]
        while self._take("or"):
            parts.append(self._both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else ["or", *parts]

    def _both(self) -> Condition:
        parts = [self._comparison()]
        while self._take("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else ["and", *parts]

    def _comparison(self) -> Condition:
        left = self._operand()
        if self._take("in"):
            return ["in", left, *self._list()]
        for act in _COMPARISONS:
            if self._take(act):
                return [act, left, self._operand()]
        return left

    def _list(self) -> list[Condition]:
        self._need("[")
        found = [self._operand()]
        while self._take(","):
            found.append(self._operand())
        self._need("]")
        return found

    def _operand(self) -> Condition:
        if self._take("not"):
            self._need("(")
            inner = self._either()
            self._need(")")
            return ["not", inner]
        if self._take("("):
            inner = self._either()
            self._need(")")
            return inner
        sort, word = self.tokens[self.place] if self.place < len(self.tokens) else ("end", "")
        self.place += 1
        if sort == "text":
            return ["value", word[1:-1]]
        if sort == "number":
            return ["value", float(word) if "." in word else int(word)]
        if word in _VALUES:
            return ["value", _VALUES[word]]
        if sort != "name" or word in WORDS or self._peek() == "(":
            self.place -= 1
            self._refuse()
        return ["name", self._resolve(word)]

    def _resolve(self, word: str) -> str:
        found = self.resolve(word)
        if found is None:
            said = gettext("条件中的“%(name)s”不是排在前面的字段，条件只能看前面的答案。", name=word)
            raise BadCondition(said)
        return found

    def _peek(self) -> str:
        return self.tokens[self.place][1] if self.place < len(self.tokens) else ""

    def _take(self, word: str) -> bool:
        there = self._peek() == word and self.tokens[self.place][0] != "text"
        self.place += there
        return there

    def _need(self, word: str) -> None:
        if not self._take(word):
            self._refuse()

    def _refuse(self) -> NoReturn:
        allowed = "= != < <= > >= and or not(…) in […] null true false"
        if self.place >= len(self.tokens):
            raise BadCondition(gettext("条件没有写完，可以用：%(allowed)s。", allowed=allowed))
        said = gettext("条件中不能使用“%(word)s”，可以用：%(allowed)s。", word=self._peek(), allowed=allowed)
        raise BadCondition(said)
