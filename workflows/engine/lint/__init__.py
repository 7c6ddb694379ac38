"""The linter: what may be deployed, with a sentence for designers about everything that may not."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine import xml
from workflows.engine.decisions import Table, read_tables
from workflows.engine.environment import Environment
from workflows.engine.lint import (
    activities,
    asked,
    duties,
    elements,
    events,
    formulas,
    gateways,
    joins,
    messages,
    paths,
    repeats,
    states,
    timers,
)
from workflows.engine.lint.diagram import Diagram
from workflows.engine.lint.references import Known, check_references
from workflows.engine.lint.report import Report
from workflows.engine.problems import LintRefused, Problem

__all__ = ["lint"]

# Of one process or sub-process: the rules about joins take time that grows fast with these.
MOST_NODES, MOST_FLOWS = 400, 1_200

_SCOPE_RULES = (
    paths.check,
    gateways.check,
    joins.check,
    events.check,
    timers.check,
    repeats.check,
    formulas.check,
)


def lint(sources: Mapping[str, bytes], environment: Environment) -> list[Problem]:
    """Check BPMN and DMN files that are deployed together; they may run when no problem is an error."""
    problems: list[Problem] = []
    diagrams: list[Diagram] = []
    tables: list[tuple[str, Table]] = []
    for file, source in sources.items():
        try:
            root = xml.parse(source, name=file)
        except LintRefused as refused:
            problems += refused.problems
            continue
        if file.lower().endswith(".dmn"):
            found, wrong = read_tables(root, file)
            tables += [(file, table) for table in found]
            problems += wrong
        elif file.lower().endswith(".bpmn"):
            diagrams.append(Diagram(file, root))
        else:
            problems.append(_unknown_kind(file))
    known = Known(diagrams=tuple(diagrams), tables=tuple(tables), environment=environment)
    problems += check_references(known)
    problems += asked.check(known)
    for diagram in diagrams:
        problems += _lint_diagram(diagram, known)
    return problems


def _unknown_kind(file: str) -> Problem:
    message = f"文件 {file} 的扩展名不是 .bpmn 或 .dmn，请改名后上传。"
    return Problem(file=file, element=None, rule="file-kind", message=message)


def _lint_diagram(diagram: Diagram, known: Known) -> list[Problem]:
    report = Report(diagram.file)
    elements.check(diagram, report)
    messages.check(diagram, report, known.environment)
    formulas.check_root(diagram, report)
    for scope in diagram.scopes:
        if len(scope.nodes) > MOST_NODES or len(scope.drawn) > MOST_FLOWS:
            sentence = f"太大：最多 {MOST_NODES} 个元素、{MOST_FLOWS} 条顺序流，请拆成几个流程。"
            report.error(scope.element, "too-large", sentence)
            continue
        for rule in _SCOPE_RULES:
            rule(scope, report)
        activities.check(scope, report, known)
        states.check(scope, report, known.environment)
        duties.check(scope, report, known)
    return report.problems
