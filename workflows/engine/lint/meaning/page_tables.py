"""Tables that pages ask: a column or a word that the pages do not know would stop every applicant."""

from __future__ import annotations

from collections.abc import Iterator

from translations import gettext
from workflows.engine.decisions import Table
from workflows.engine.expressions import compile_expression
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.environment import TableFacts
from workflows.engine.source.problems import LintProblem


def check_page_tables(known: DeploymentContext) -> list[LintProblem]:
    """Inputs, outputs and hit policy of the tables that pages ask."""
    problems: list[LintProblem] = []
    for file, table in known.tables:
        if (facts := known.environment.asked.get(table.key)) is not None:
            title = gettext("决策表“%(name)s”（%(key)s）", name=table.name, key=table.key)
            found = (*_check_policy(table), *_check_inputs(table, facts), *_check_outputs(table, facts))
            problems += [
                LintProblem(file=file, element=table.key, rule=rule, message=f"{title}{said}")
                for rule, said in found
            ]
    return problems


def _check_policy(table: Table) -> Iterator[tuple[str, str]]:
    if table.hit_policy == "COLLECT":
        yield "dmn-asked-policy", gettext("由页面使用，只能得出一个结果，请改用 UNIQUE 或 FIRST。")


def _check_inputs(table: Table, facts: TableFacts) -> Iterator[tuple[str, str]]:
    listed = "、".join(sorted(facts.facts))
    used = {name for question in table.questions for name in question.names}
    for name in sorted(used - facts.facts):
        yield (
            "dmn-asked-input",
            gettext(
                "由页面使用，页面没有提供 %(name)s；可以用的输入有 %(listed)s。", name=name, listed=listed
            ),
        )


def _check_outputs(table: Table, facts: TableFacts) -> Iterator[tuple[str, str]]:
    places = {column.name: place for place, column in enumerate(table.outputs)}
    for name, values in facts.outputs.items():
        if name not in places:
            yield "dmn-asked-output", gettext("由页面使用，缺少输出 %(name)s，请加上这一列。", name=name)
            continue
        for number, rule in enumerate(table.rules, start=1):
            yield from _check_value(
                rule.results[places[name]],
                values,
                gettext("规则 %(number)s 的结果 %(name)s ", number=number, name=name),
            )


def _check_value(text: str, values: frozenset[str | bool], where: str) -> Iterator[tuple[str, str]]:
    result = compile_expression(text)
    if result.names:
        return
    value = result.evaluate({})
    if not isinstance(value, str | bool) or value not in values:
        listed = "、".join(sorted(str(one).lower() if isinstance(one, bool) else one for one in values))
        yield (
            "dmn-asked-value",
            gettext(
                "%(where)s不能是 %(text)s，请填写 %(listed)s 之一。", where=where, text=text, listed=listed
            ),
        )
