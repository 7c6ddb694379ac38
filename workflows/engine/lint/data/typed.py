"""What is read where another type is wanted: timers, assignees, repetitions, all expressions."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Callable, Iterator, Mapping

from translations import gettext, join_sentences, lazy_gettext
from workflows.engine.expressions import compile_expression
from workflows.engine.lint.data.certain import CertainFlow
from workflows.engine.lint.data.reading_places import Reading, list_readings
from workflows.engine.lint.meaning.timers import BARE
from workflows.engine.lint.reading.diagram import Scope
from workflows.engine.lint.reading.report import Report, shorten_text
from workflows.engine.lint.types import inference, kinds
from workflows.engine.lint.types.fitting import fits_timer
from workflows.engine.lint.types.known_variables import Known, Listed, Values
from workflows.vocabulary import Kind, ValueType

_STEPS = 30  # of judging one text
_SHOWN = 60
_FAULT = lazy_gettext("%(element)s的表达式 %(text)s 有误：%(reason)s。")
_TIMES = {
    "timeDate": lazy_gettext("%(element)s的时间要一个时刻，%(text)s 可能是%(kinds)s。%(hint)s"),
    "timeDuration": lazy_gettext("%(element)s的时间要一个时长，%(text)s 可能是%(kinds)s。%(hint)s"),
    "timeCycle": lazy_gettext("%(element)s的时间要一个循环，如 'R3/P2D'，%(text)s 可能是%(kinds)s。%(hint)s"),
}
_PERSON = lazy_gettext("%(element)s的属性 assignTo 要一个人员，%(text)s 可能是%(kinds)s。%(hint)s")
_LIST = lazy_gettext("%(element)s逐项办理的 %(text)s 要一个列表，它可能是%(kinds)s。%(hint)s")


def check_types(scope: Scope, certain: CertainFlow, report: Report) -> None:
    """Judge all that the nodes and flows of a scope read by the types of what is there."""
    for reading in list_readings(scope, certain):
        report.spend(reading.element, _STEPS + len(reading.text) + len(reading.script))
        if reading.use == "assignTo":
            _check_use(reading, _PERSON, _is_person, report)
        elif reading.use == "list":
            _check_use(reading, _LIST, _is_list, report)
        for text in [reading.text] if reading.text else _list_assigned(reading.script):
            values = _check_text(reading, text, report)
            if reading.use in _TIMES:
                _check_time(reading, values, report)


def _check_text(reading: Reading, text: str, report: Report) -> Values:
    if BARE.fullmatch(text):
        return None
    told: list[str] = []
    decides = reading.use == "condition"
    values = inference.infer_text(text, reading.known, told.append, decides=decides)
    for reason in dict.fromkeys(told):
        shown = shorten_text(text, _SHOWN)
        report.error(reading.element, "value-type", _FAULT, text=shown, reason=reason)
    return values


def _list_assigned(script: str) -> Iterator[str]:
    """The expressions of a script; a variable that it sets first may have another type in the next."""
    written: set[str] = set()
    for node in ast.parse(script.strip()).body if script.strip() else ():
        if isinstance(node, ast.Assign):
            text = ast.unparse(node.value)
            if written.isdisjoint(compile_expression(text).names):
                yield text
            written |= {one.id for one in node.targets if isinstance(one, ast.Name)}


def _check_time(reading: Reading, values: Values, report: Report) -> None:
    if not reading.names or fits_timer(reading.use, values):
        return  # a constant, and what lacks its quotes, are judged where timers are
    _report(reading, _TIMES[reading.use], values, lambda one: fits_timer(reading.use, one), report)


def _check_use(reading: Reading, sentence: str, fits: Callable[[Values], bool], report: Report) -> None:
    (name,) = reading.names
    values = reading.known.values.get(name)
    if not fits(values):
        _report(reading, sentence, values, fits, report)


def _report(
    reading: Reading, sentence: str, values: Values, fits: Callable[[Values], bool], report: Report
) -> None:
    text = reading.text or next(iter(reading.names))
    said = {"text": shorten_text(text, _SHOWN), "kinds": kinds.name_kinds(kinds.find_kinds(values))}
    hint = _suggest(text, reading.known, fits)
    report.error(reading.element, "value-type", sentence, **said, hint=hint)


def _is_person(values: Values) -> bool:
    if isinstance(values, ValueType):
        return values.kind == Kind.PERSON and not values.is_optional
    return values is None or values == frozenset()


def _is_list(values: Values) -> bool:
    return values is None or isinstance(values, Listed) or values == frozenset()


def _suggest(text: str, known: Known, fits: Callable[[Values], bool]) -> str:
    """The variable or part that fits and whose name is nearest, if there is one."""
    fitting = [name for name, values in _list_paths(known.values) if values and fits(values)]
    near = difflib.get_close_matches(text[:_SHOWN], fitting, n=1, cutoff=0) if fitting else []
    return join_sentences([gettext("是不是“%(near)s”？", near=one) for one in near])


def _list_paths(values: Mapping[str, Values]) -> Iterator[tuple[str, Values]]:
    for name, found in sorted(values.items()):
        yield name, found
        if isinstance(found, Mapping):
            yield from ((f'{name}["{part}"]', inner) for part, inner in sorted(found.items()))
