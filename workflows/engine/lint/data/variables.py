"""Variables that nobody can have written where they are read, and words that they can never be."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from models.processes.states import DefinitionSort
from translations import join_words, lazy_gettext
from workflows.definitions.reading.names import explain_unknown
from workflows.engine.decisions import Table
from workflows.engine.lint.data import given, protected, typed, unread, unsure, waiting
from workflows.engine.lint.data.certain import CertainFlow
from workflows.engine.lint.data.flow import DataFlow
from workflows.engine.lint.data.reading_places import Reading, list_readings
from workflows.engine.lint.data.writing import Writers
from workflows.engine.lint.reading.diagram import Diagram
from workflows.engine.lint.reading.report import Report, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.lint.types.known_variables import Known, Listed, Values, read_type
from workflows.engine.source.environment import FormFacts
from workflows.engine.source.problems import LintProblem
from workflows.vocabulary import NUMBER

_STEPS = 20  # of judging one text
_SHOWN = 60
_UNWRITTEN = lazy_gettext(
    "%(element)s读取变量 %(name)s，但之前没有表单、操作、脚本或消息会写入它：%(reason)s"
)
_NEVER = lazy_gettext("%(element)s把 %(name)s 与“%(word)s”比较，但它不会是这个值：%(reason)s")
_NO_PART = lazy_gettext("%(element)s读取 %(name)s 的“%(word)s”，但它没有这一项：%(reason)s")
_NO_VARIABLE = lazy_gettext("这里没有任何变量。")


def check_variables(known: DeploymentContext) -> list[LintProblem]:
    """What is wrong in these files, and what becomes wrong in deployed ones that call them."""
    found = _find_problems(known)
    later = [one for diagram in known.around for one in found[diagram]]
    if later:  # what was wrong before is not their fault
        before = _find_problems(_take_deployed(known))
        said = {(one.element, one.message) for ones in before.values() for one in ones}
        later = [one for one in later if (one.element, one.message) not in said]
    return [one for diagram in known.diagrams for one in found[diagram]] + later


def _take_deployed(known: DeploymentContext) -> DeploymentContext:
    """The same without the files."""
    return DeploymentContext(diagrams=(), tables=(), environment=known.environment, effort=known.effort)


def _find_problems(known: DeploymentContext) -> dict[Diagram, list[LintProblem]]:
    flow = DataFlow(writers=_build_writers(known), starting=_find_starting(known), effort=known.effort)
    flow.follow((*known.diagrams, *known.around))
    certain = CertainFlow(may=flow)
    certain.follow()
    shield = protected.Shield(flow, known.environment.starting)
    readings = {scope: list(list_readings(scope, flow)) for scope in flow.scopes.values()}
    found: dict[Diagram, list[LintProblem]] = {}
    for diagram in (*known.diagrams, *known.around):
        report = Report(diagram.file, known.effort)
        for scope in diagram.scopes:
            for reading in readings.get(scope, ()):
                report.spend(reading.element, _STEPS + len(reading.text))
                _judge(reading, report)
            unsure.check_unsure(scope, flow, certain, report)
            given.check_given(scope, certain, known.environment.operations, report)
            protected.check_written(scope, shield, flow.writers, report)
            protected.check_subjects(scope, certain, shield, report)
            typed.check_types(scope, certain, report)
            waiting.check_waiting(scope, flow, known.environment.operations, report)
        found[diagram] = report.problems
    read = unread.list_read_names((one for ones in readings.values() for one in ones), known)
    for diagram in known.diagrams:
        report = Report(diagram.file, known.effort)
        unread.check_unread(diagram, flow, read, report)
        found[diagram] += report.problems
    return found


def _judge(reading: Reading, report: Report) -> None:
    if reading.known.is_open:
        return
    values = reading.known.values
    for name in sorted(reading.names - values.keys()):
        reason = explain_unknown(name, values) if values else _NO_VARIABLE
        report.error(
            reading.element, "unwritten-variable", _UNWRITTEN, name=shorten_text(name, _SHOWN), reason=reason
        )
    for name, found, word in _list_comparisons(reading.text, values):
        if not any(value == word and type(value) is type(word) for value in found):
            reason = explain_unknown(str(word), sorted(map(str, found)))
            report.error(
                reading.element,
                "never-equal",
                _NEVER,
                name=name,
                word=shorten_text(str(word), _SHOWN),
                reason=reason,
            )
    for name, part, parts in _list_missing_parts(reading.text, values):
        said = {"name": name, "word": shorten_text(str(part), _SHOWN), "reason": join_words(sorted(parts))}
        report.error(reading.element, "never-equal", _NO_PART, **said)


def _list_comparisons(text: str, known: Mapping[str, Values]) -> Iterator[tuple[str, frozenset[Any], object]]:
    """What is compared with a constant and can have bounded values alone: its name, values, constant."""
    for node in ast.walk(_parse(text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for kind, left, right in zip(node.ops, sides, sides[1:], strict=False):
                for one, other in ((left, right), (right, left)):
                    values = _find_values(one, known)
                    if isinstance(values, Listed) and isinstance(kind, ast.In | ast.NotIn) and one is right:
                        if isinstance(values.entries, frozenset) and isinstance(left, ast.Constant):
                            yield ast.unparse(one), values.entries, left.value
                    elif isinstance(values, frozenset) and isinstance(
                        kind, ast.Eq | ast.NotEq | ast.In | ast.NotIn
                    ):
                        yield from ((ast.unparse(one), values, word) for word in _list_words(other, kind))


def _list_words(node: ast.expr, kind: ast.cmpop) -> Iterator[object]:
    many = isinstance(node, ast.List | ast.Tuple) and isinstance(kind, ast.In | ast.NotIn)
    for one in node.elts if many and isinstance(node, ast.List | ast.Tuple) else [node]:
        plain = isinstance(one, ast.Constant) and isinstance(one.value, str | int | float)
        if plain and (many or isinstance(kind, ast.Eq | ast.NotEq)):
            yield one.value  # type: ignore[attr-defined]


def _find_values(node: ast.expr, known: Mapping[str, Values]) -> Values:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        whole = _find_values(node.value, known)
        return whole.get(str(node.slice.value)) if isinstance(whole, Mapping) else None
    return None


def _list_missing_parts(text: str, known: Mapping[str, Values]) -> Iterator[tuple[str, object, list[str]]]:
    for node in ast.walk(_parse(text)):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            whole = _find_values(node.value, known)
            if isinstance(whole, Mapping) and node.slice.value not in whole:
                yield ast.unparse(node.value), node.slice.value, list(whole)


def _parse(text: str) -> ast.AST:
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _build_writers(known: DeploymentContext) -> Writers:
    tables: dict[str, Table] = {table.key: table for table in known.deployed_tables}
    tables |= {table.key: table for _, table in known.tables}
    designed = {
        one.key: describe_designed(one.value)
        for _, one in known.definitions
        if one.sort == DefinitionSort.FORM
    }
    environment = known.environment
    return Writers(environment.operations, {**environment.decides, **designed}, tables, environment.facts)


class Designed(Protocol):
    """A form of a designer, as far as the linter looks at it."""

    def list_variables(self) -> dict[str, dict[str, Any]]:
        """The decision variables with their sorts and possible values."""


def describe_designed(form: Designed) -> FormFacts:
    """The decision variables of a designed form with values or types; one that is optional may be none."""
    decides = {name: _read_decided(one) for name, one in form.list_variables().items()}
    return FormFacts(decides=decides, is_designed=True)


def _read_decided(told: Mapping[str, Any]) -> Values:
    values, required = frozenset(told["values"]), told["required"]
    if told["sort"] == "number":
        return replace(NUMBER, is_optional=not required)
    if told["sort"] in ("checkbox", "radio", "select"):
        return values if required or told["sort"] == "checkbox" else values | {None}
    return Listed(entries=values, is_filled=required)


def _find_starting(known: DeploymentContext) -> dict[str, Known]:
    """What cases of services start with; those without a subject are started with anything."""
    entries = dict(known.environment.entries)
    entries |= {
        one.value.entry: one.value.subject
        for _, one in known.definitions
        if one.sort == DefinitionSort.SERVICE
    }
    starting = known.environment.starting
    return {
        entry: Known(values={name: read_type(told) for name, told in starting[subject].items()})
        for entry, subject in entries.items()
        if subject in starting
    }
