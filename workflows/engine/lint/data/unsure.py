"""Variables that are written on some ways to where they are read, and not on others."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from translations import lazy_gettext
from workflows.engine.lint.data.certain import CertainFlow
from workflows.engine.lint.data.flow import DataFlow
from workflows.engine.lint.data.reading_places import Reading, list_readings
from workflows.engine.lint.reading.diagram import Scope
from workflows.engine.lint.reading.report import Report, shorten_text

_STEPS = 20  # of judging one text
_SHOWN = 60
_UNSURE = lazy_gettext(
    "%(element)s读取变量 %(name)s，但有的路上没有写入它，那样走到这里会停住；请核对名称，或在每条路上写入它。"
)


def check_unsure(scope: Scope, may: DataFlow, certain: CertainFlow, report: Report) -> None:
    """Tell what is read without having been written on every way; what nobody writes is told elsewhere."""
    told: set[tuple[str | None, str]] = set()
    for reading in list_readings(scope, certain):
        report.spend(reading.element, _STEPS + len(reading.text))
        if reading.known.is_open or reading.is_result:
            continue
        for name in sorted(_list_needed(reading) - reading.known.values.keys()):
            place = (reading.element.get("id"), name)
            if place not in told and _is_written(reading, name, scope, may):
                report.error(reading.element, "unsure-variable", _UNSURE, name=shorten_text(name, _SHOWN))
            told.add(place)


def _is_written(reading: Reading, name: str, scope: Scope, may: DataFlow) -> bool:
    node = scope.nodes.get(reading.element.get("sourceRef") or reading.element.get("id", ""))
    if node is None:
        return False
    known = may.after(node)
    return name in known.values or known.is_open


def _list_needed(reading: Reading) -> frozenset[str]:
    """The variables that are read whatever the others are."""
    if not reading.text:
        return reading.names
    tree = ast.parse(reading.text, mode="eval")
    return reading.names & {node.id for node in _walk_needed(tree.body) if isinstance(node, ast.Name)}


def _walk_needed(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    match node:
        case ast.BoolOp(values=[first, *_]):
            yield from _walk_needed(first)
        case ast.IfExp(test=test):
            yield from _walk_needed(test)
        case ast.Compare(left=left, comparators=[first, *_]):
            yield from _walk_needed(left)
            yield from _walk_needed(first)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _walk_needed(child)
