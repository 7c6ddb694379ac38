"""A decision table as a value that can be stored, and its evaluation over facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

from models.base.errors import DomainError
from translations import gettext, join_words, lazy_gettext
from workflows.engine.decisions.model.unary import ConditionCell, compile_cell
from workflows.engine.expressions import Expression, ExpressionError, bounds, compile_expression, meters
from workflows.engine.expressions.faults import Fault

Facts = Mapping[str, Any]
HitPolicy = Literal["UNIQUE", "FIRST", "COLLECT"]


class DecisionError(DomainError):
    """A decision table without an outcome."""

    code = "decision_failed"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("决策表没有得出结果，请联系规则维护人员。")

    def __init__(self, sentence: str, *, table: str, rules: Sequence[int] = ()) -> None:
        super().__init__(sentence)
        self.table = table
        self.rules = tuple(rules)  # numbers from 1, as the editor shows them


@dataclass(frozen=True, kw_only=True)
class InputColumn:
    """A column of conditions: an expression over the facts."""

    id: str
    label: str
    expression: str
    type: str  # typeRef, "" when none is given


@dataclass(frozen=True, kw_only=True)
class OutputColumn:
    """A column of results, under the name they are returned by."""

    id: str
    label: str
    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A row: one condition for each input, one expression for each output."""

    id: str
    tests: tuple[str, ...]
    results: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A decision table; its key is the id of the decision."""

    key: str
    name: str
    hit_policy: HitPolicy
    inputs: tuple[InputColumn, ...]
    outputs: tuple[OutputColumn, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def questions(self) -> tuple[Expression, ...]:
        """The compiled expressions of the inputs."""
        return tuple(compile_expression(column.expression) for column in self.inputs)

    @cached_property
    def rows(self) -> tuple[tuple[tuple[ConditionCell, ...], tuple[Expression, ...]], ...]:
        """The compiled conditions and results of each rule."""
        return tuple(
            (tuple(map(compile_cell, rule.tests)), tuple(map(compile_expression, rule.results)))
            for rule in self.rules
        )


def evaluate_table(table: Table, facts: Facts) -> dict[str, Any]:
    """The outputs by name, lists of them under COLLECT; raises DecisionError with the rule numbers."""
    with meters.shared_meter():
        return _evaluate_rules(table, facts)


def evaluate_detached(table: Table, facts: Facts) -> dict[str, Any]:
    """The outputs as an instance keeps them: within bounds, sharing nothing with other variables."""
    found = evaluate_table(table, facts)
    try:
        with meters.shared_meter() as meter:
            meter.begin("expression", meters.OF_EXPRESSION)
            return {name: bounds.detach_value(value) for name, value in found.items()}
    except Fault as fault:
        raise DecisionError(
            gettext(
                "决策表%(name_and_id)s的结果不能保存：%(reason)s。",
                name_and_id=_table_title(table),
                reason=fault,
            ),
            table=table.key,
        ) from None


def _evaluate_rules(table: Table, facts: Facts) -> dict[str, Any]:
    answers = _evaluate_inputs(table, facts)
    hits = _find_matching_rules(table, answers, facts)
    if table.hit_policy == "COLLECT":
        rows = [_evaluate_results(table, number, facts) for number in hits]
        return {column.name: [row[column.name] for row in rows] for column in table.outputs}
    if not hits:
        raise DecisionError(
            gettext("决策表%(name_and_id)s没有适用的规则。", name_and_id=_table_title(table)), table=table.key
        )
    if len(hits) > 1:
        listed = join_words(hits)
        sentence = gettext(
            "决策表%(name_and_id)s的规则 %(rules)s 同时适用，而命中策略要求唯一。",
            name_and_id=_table_title(table),
            rules=listed,
        )
        raise DecisionError(sentence, table=table.key, rules=hits)
    return _evaluate_results(table, hits[0], facts)


def _table_title(table: Table) -> str:
    return gettext("“%(name)s”（%(id)s）", name=table.name, id=table.key)


def _evaluate_inputs(table: Table, facts: Facts) -> list[Any]:
    answers = []
    for column, question in zip(table.inputs, table.questions, strict=True):
        try:
            answers.append(question.evaluate(facts))
        except ExpressionError as error:
            label = column.label or column.expression
            sentence = gettext(
                "决策表%(name_and_id)s得不到“%(label)s”：%(reason)s",
                name_and_id=_table_title(table),
                label=label,
                reason=error.sentence,
            )
            raise DecisionError(sentence, table=table.key) from error
    return answers


def _find_matching_rules(table: Table, answers: Sequence[Any], facts: Facts) -> list[int]:
    hits = []
    for number in range(1, len(table.rows) + 1):
        if _rule_applies(table, number, answers, facts):
            hits.append(number)
            if table.hit_policy == "FIRST":
                break
    return hits


def _rule_applies(table: Table, number: int, answers: Sequence[Any], facts: Facts) -> bool:
    cells = table.rows[number - 1][0]
    try:
        return all(cell.holds(answer, facts) for cell, answer in zip(cells, answers, strict=True))
    except (ExpressionError, Fault) as error:
        raise _build_rule_error(table, number, error) from error


def _evaluate_results(table: Table, number: int, facts: Facts) -> dict[str, Any]:
    results = table.rows[number - 1][1]
    try:
        values = [result.evaluate(facts) for result in results]
    except ExpressionError as error:
        raise _build_rule_error(table, number, error) from error
    return {column.name: value for column, value in zip(table.outputs, values, strict=True)}


def _build_rule_error(table: Table, number: int, error: Exception) -> DecisionError:
    sentence = gettext(
        "决策表%(name_and_id)s的规则 %(number)s 无法计算：%(reason)s。",
        name_and_id=_table_title(table),
        number=number,
        reason=str(error).rstrip("。"),
    )
    return DecisionError(sentence, table=table.key, rules=[number])


def table_to_plain(table: Table) -> dict[str, Any]:
    """The table as plain values, to be stored in a release."""
    return {
        "key": table.key,
        "name": table.name,
        "hit_policy": table.hit_policy,
        "inputs": [[column.id, column.label, column.expression, column.type] for column in table.inputs],
        "outputs": [[column.id, column.label, column.name, column.type] for column in table.outputs],
        "rules": [[rule.id, list(rule.tests), list(rule.results), rule.description] for rule in table.rules],
    }


def table_from_plain(plain: Mapping[str, Any]) -> Table:
    """The table that `table_to_plain` wrote."""
    return Table(
        key=plain["key"],
        name=plain["name"],
        hit_policy=cast(HitPolicy, plain["hit_policy"]),
        inputs=tuple(
            InputColumn(id=i, label=label, expression=text, type=kind)
            for i, label, text, kind in plain["inputs"]
        ),
        outputs=tuple(
            OutputColumn(id=i, label=label, name=name, type=kind) for i, label, name, kind in plain["outputs"]
        ),
        rules=tuple(
            Rule(id=i, tests=tuple(tests), results=tuple(results), description=text)
            for i, tests, results, text in plain["rules"]
        ),
    )
