"""Words with which a decision table compares a fact of the case that can never be one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from translations import gettext
from workflows.definitions.reading.names import explain_unknown
from workflows.engine.decisions import Table
from workflows.engine.lint.reading.report import shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem

_SHOWN = 60


def check_table_facts(known: DeploymentContext) -> list[LintProblem]:
    """Judge the cells below the facts of the case of which all values are known."""
    problems: list[LintProblem] = []
    for file, table in known.tables:
        facts = dict(known.environment.facts or {})
        if (asked := known.environment.asked.get(table.key)) is not None:
            facts |= asked.words
        for place, column in enumerate(table.inputs):
            if (words := facts.get(column.expression.strip())) is not None:
                problems += _check_column(file, table, (place, words))
    return problems


def _check_column(file: str, table: Table, column: tuple[int, frozenset[Any]]) -> Iterator[LintProblem]:
    place, words = column
    for number, (rule, (cells, _)) in enumerate(zip(table.rules, table.rows, strict=True), start=1):
        for test in cells[place].tests:
            for word in test.constants or () if test.kind == "value" else ():
                if word not in words:
                    said = gettext(
                        "决策表“%(name)s”（%(id)s）规则 %(rule)s 把 %(fact)s 与“%(word)s”比较，"
                        "但它不会是这个值：%(reason)s",
                        name=table.name,
                        id=table.key,
                        rule=number,
                        fact=table.inputs[place].expression,
                        word=shorten_text(str(word), _SHOWN),
                        reason=explain_unknown(str(word), sorted(map(str, words))),
                    )
                    element = rule.id or table.key
                    yield LintProblem(file=file, element=element, rule="dmn-never-equal", message=said)
