"""Tables that pages ask: a column or a word that the pages do not know would stop every applicant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from translations import gettext, join_words, lazy_gettext
from workflows.engine.decisions import Rule, Table
from workflows.engine.expressions import compile_expression
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.environment import TableFacts
from workflows.engine.source.problems import LintProblem

# Element, rule, sentence about %(table)s, what fills it; without an element the table is meant.
Finding = tuple[str, str, str, Mapping[str, object]]


def check_page_tables(known: DeploymentContext) -> list[LintProblem]:
    """Inputs, outputs and hit policy of the tables that pages ask."""
    problems: list[LintProblem] = []
    for file, table in known.tables:
        if (facts := known.environment.asked.get(table.key)) is not None:
            title = gettext("决策表“%(name)s”（%(id)s）", name=table.name, id=table.key)
            found = (*_check_policy(table), *_check_inputs(table, facts), *_check_outputs(table, facts))
            problems += [
                LintProblem(
                    file=file,
                    element=element or table.key,
                    rule=rule,
                    message=sentence % {"table": title, **values},
                )
                for element, rule, sentence, values in found
            ]
    return problems


def _check_policy(table: Table) -> Iterator[Finding]:
    if table.hit_policy == "COLLECT":
        sentence = lazy_gettext("%(table)s由页面使用，只能得出一个结果，请改用 UNIQUE 或 FIRST。")
        yield "", "dmn-asked-policy", sentence, {}


def _check_inputs(table: Table, facts: TableFacts) -> Iterator[Finding]:
    allowed = join_words(sorted(facts.facts))
    for column, question in zip(table.inputs, table.questions, strict=True):
        for name in sorted(question.names - facts.facts):
            sentence = lazy_gettext(
                "%(table)s由页面使用，页面没有提供 %(name)s；可以用的输入有 %(allowed)s。"
            )
            yield column.id, "dmn-asked-input", sentence, {"name": name, "allowed": allowed}


def _check_outputs(table: Table, facts: TableFacts) -> Iterator[Finding]:
    places = {column.name: place for place, column in enumerate(table.outputs)}
    for name, values in facts.outputs.items():
        if name not in places:
            sentence = lazy_gettext("%(table)s由页面使用，缺少输出 %(name)s，请加上这一列。")
            yield "", "dmn-asked-output", sentence, {"name": name}
            continue
        for number, rule in enumerate(table.rules, start=1):
            yield from _check_value(rule, rule.results[places[name]], values, {"rule": number, "name": name})


def _check_value(
    rule: Rule, text: str, values: frozenset[str | bool], where: Mapping[str, object]
) -> Iterator[Finding]:
    result = compile_expression(text)
    if result.names:
        return
    value = result.evaluate({})
    if not isinstance(value, str | bool) or value not in values:
        allowed = join_words(sorted(str(one).lower() if isinstance(one, bool) else one for one in values))
        sentence = lazy_gettext(
            "%(table)s规则 %(rule)s 的结果 %(name)s 不能是 %(value)s，请填写 %(allowed)s 之一。"
        )
        yield rule.id, "dmn-asked-value", sentence, {**where, "value": text, "allowed": allowed}
