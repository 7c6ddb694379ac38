"""The variables by which diagrams and tables decide where a case goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from workflows.engine import expressions
from workflows.engine.decisions import Table
from workflows.engine.elements.timers import definitions_of
from workflows.engine.expressions import ExpressionError


def find_read_names(processes: Iterable[BpmnProcessSpec], tables: Iterable[Table]) -> frozenset[str]:
    """The names in conditions, timers, scripts, repetitions and tables; parameters of operations are none."""
    found: set[str] = set()
    for process in processes:
        for spec in process.task_specs.values():
            found.update(_list_names(spec))
    for table in tables:
        found |= table_names(table)
    return frozenset(found)


def table_names(table: Table) -> frozenset[str]:
    """The facts that a table reads, in its inputs, conditions and results."""
    read = [*table.questions]
    for cells, results in table.rows:
        read += [*results, *(expression for cell in cells for expression in cell.expressions)]
    return frozenset().union(*(expression.names for expression in read))


def _list_names(spec: object) -> Iterator[str]:
    listed = getattr(getattr(spec, "data_input", None), "bpmn_id", None)
    if listed:
        yield listed
    for text in _list_formulas(spec):
        yield from _parse_names(text, expressions.names_in)
    for name in ("prescript", "postscript", "script"):
        script = getattr(spec, name, None)
        if script:
            yield from _parse_names(script, _script_names)


def _list_formulas(spec: object) -> Iterator[str]:
    for condition, _target in getattr(spec, "cond_task_specs", None) or ():
        yield from getattr(condition, "args", None) or ()
    ends = getattr(spec, "condition", None)
    if isinstance(ends, str):
        yield ends
    for definition in definitions_of(spec):
        text = getattr(definition, "expression", None)
        if isinstance(text, str):
            yield text


def _script_names(text: str) -> frozenset[str]:
    return expressions.compile_script(text).names


def _parse_names(text: str, parse: Callable[[str], frozenset[str]]) -> frozenset[str]:
    try:
        return parse(text)
    except ExpressionError:
        return frozenset()  # of a release from before the linter refused it
