"""What a decision table has to be when it is deployed: cells that mean what people read, rules that apply.

Tables that are deployed already are read without this (`reading.load_tables`): they go on as accepted then.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from translations import gettext, join_sentences, lazy_gettext
from workflows.engine.decisions.checks import coverage, matching
from workflows.engine.decisions.checks.segments import Column
from workflows.engine.decisions.model import types
from workflows.engine.decisions.model.tables import InputColumn, OutputColumn, Table
from workflows.engine.decisions.model.unary import ConditionCell, compile_cell
from workflows.engine.expressions import (
    BareDay,
    Expression,
    ExpressionError,
    Misread,
    check_notation,
    find_calculations,
    find_outcome_type,
    judge_expression,
    judge_value,
)
from workflows.engine.source.problems import Severity
from workflows.engine.source.safe_xml import Element

# Without blanks between them, two numbers and a sign are rather a range, a day or a part of a year.
_RATHER_A_TEXT = re.compile(r"\d+-\d+|\d{4}/\d{1,2}(/\d{1,2})?", re.ASCII)
_UP_TO = "~～—–至到"  # what people write between two limits
_HINTS = (
    (
        re.compile(r"\s*[^\s\[\](]+\s*\.\.\s*[^\s\[\])]+\s*"),
        lazy_gettext("范围要加方括号，请写成 [下限..上限]。"),
    ),
    (re.compile(r".*[≤≥≠＜＞＝]", re.DOTALL), lazy_gettext("比较请用 <、<=、>、>=，不等于请写成 not(值)。")),
    (re.compile(rf"[\d.]+\s*[{_UP_TO}][\d.\s]+"), lazy_gettext("范围请写成 [下限..上限]。")),
)


_BAD_DAY = lazy_gettext("%(where)s中的日期写法不对：%(reason)s")
_MISREAD = lazy_gettext("%(where)s写法不对：%(reason)s")
_UNCOMPUTABLE = lazy_gettext("%(where)s不能计算：%(reason)s")
_UNFIT_CONDITION = lazy_gettext(
    "%(where)s中的 %(value)s 与该列的类型（%(type)s）不符，这条规则不会适用，请改正。"
)
_UNFIT_QUESTION = lazy_gettext(
    "%(where)s总是得出%(found)s，与该列的类型（%(type)s）不符，条件都不会适用，请改正类型或表达式。"
)
_UNFIT_RESULT = lazy_gettext("%(where)s中的 %(value)s 与该列的类型（%(type)s）不符，请改正。")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A table as it is drawn, with the elements at which problems are told."""

    table: Table
    title: str
    inputs: tuple[Element, ...]
    outputs: tuple[Element, ...]
    rules: tuple[Element, ...]


Report = Callable[[Element, str, str, Severity], None]


class Judge:
    """Judges one table."""

    def __init__(self, draft: Draft, report: Report) -> None:
        self.draft, self.table = draft, draft.table
        self._report = report
        self.known: frozenset[str] = frozenset()  # the names that the inputs read
        self.kinds: list[str] = []  # of each input: the type that it names, else the one that it always has
        self.cells: list[tuple[ConditionCell | None, ...]] = []  # of each rule; none for what cannot be read

    def judge(self) -> None:
        """Tell all that is wrong with the columns, the cells and the rules."""
        for element, column in zip(self.draft.inputs, self.table.inputs, strict=True):
            self._judge_input(element, column)
        for element, output in zip(self.draft.outputs, self.table.outputs, strict=True):
            where = gettext(
                "%(title)s的输出“%(label)s”", title=self.draft.title, label=output.label or output.name
            )
            self._judge_type(element, output.type, where)
        for place in range(len(self.table.rules)):
            self._judge_conditions(place)
            self._judge_results(place)
        self._judge_matching()

    def report(self, element: Element, rule: str, message: str) -> None:
        """Tell an error."""
        self._report(element, rule, message, "error")

    def _judge_input(self, element: Element, column: InputColumn) -> None:
        where = gettext(
            "%(title)s的输入“%(label)s”",
            title=self.draft.title,
            label=column.label or column.id or gettext("未命名"),
        )
        self._judge_type(element, column.type, where)
        named, found = types.name_of(column.type), ""
        try:
            self.known |= judge_value(column.expression).names
            found = find_outcome_type(column.expression)
        except ExpressionError as error:
            self.report(
                element,
                "dmn-expression",
                gettext("%(where)s不能计算：%(sentence)s", where=where, sentence=error.sentence),
            )
        self.kinds.append(named or found)
        if not types.may_yield(found, named):
            said = {"where": where, "found": types.describe_type(found), "type": named}
            self.report(element, "dmn-type", _UNFIT_QUESTION % said)

    def _judge_type(self, element: Element, written: str, where: str) -> None:
        if said := types.describe_unknown_type(written):
            self.report(element, "dmn-unknown-type", said.replace(types.AT, where))

    def _judge_conditions(self, place: int) -> None:
        rule, cells = self.table.rules[place], []
        for text, column, kind in zip(rule.tests, self.table.inputs, self.kinds, strict=False):
            where = gettext(
                "%(title)s规则 %(place)s 的条件“%(label)s”",
                title=self.draft.title,
                place=place + 1,
                label=column.label or column.expression,
            )
            cells.append(self._condition(text, kind, (place, where)))
        missing = len(self.table.inputs) - len(cells)
        self.cells.append((*cells, *[None] * missing))

    def _condition(self, text: str, kind: str, at: tuple[int, str]) -> ConditionCell | None:
        place, where = at
        try:
            check_notation(text)
            cell = compile_cell(text)
            for one in cell.expressions:
                judge_expression(one.text)
        except ExpressionError as error:
            hint = next((hint for found, hint in _HINTS if found.match(text)), "")
            self._report_unreadable(error, at, ("dmn-unary-test", hint))
            return None
        if self._is_calculation(cell, kind, at):
            return None
        self._check_names(cell.expressions, at)
        self._check_type(cell.expressions, kind, (place, where, _UNFIT_CONDITION))
        return cell

    def _report_unreadable(self, error: ExpressionError, at: tuple[int, str], known: tuple[str, str]) -> None:
        place, where = at
        rule, hint = known
        if isinstance(error, BareDay):
            rule, sentence = "dmn-date", _BAD_DAY
        else:
            sentence = _MISREAD if isinstance(error, Misread) else _UNCOMPUTABLE
        reason = join_sentences((error.sentence, hint))
        self.report(self.draft.rules[place], rule, sentence % {"where": where, "reason": reason})

    def _is_calculation(self, cell: ConditionCell, kind: str, at: tuple[int, str]) -> bool:
        """An input is compared with a value or a range; what calculates was meant for something else."""
        place, where = at
        for one in cell.expressions:
            for written, value, node in find_calculations(one.text):
                advice = _advise_instead(written, value, (kind, node))
                sentence = gettext(
                    "%(where)s中的 %(written)s 是算式，会当作 %(shown)s；%(advice)s。",
                    where=where,
                    written=written,
                    shown=types.format_value(value),
                    advice=advice,
                )
                self.report(self.draft.rules[place], "dmn-calculation", sentence)
                return True
        return False

    def _judge_results(self, place: int) -> None:
        for text, column in zip(self.table.rules[place].results, self.table.outputs, strict=False):
            where = gettext(
                "%(title)s规则 %(place)s 的结果“%(label)s”",
                title=self.draft.title,
                place=place + 1,
                label=column.label or column.name,
            )
            self._judge_result(text, column, (place, where))

    def _judge_result(self, text: str, column: OutputColumn, at: tuple[int, str]) -> None:
        place, where = at
        element = self.draft.rules[place]
        if not text:
            self.report(element, "dmn-missing-output", gettext("%(where)s是空的，请填写。", where=where))
            return
        try:
            expression = judge_value(text)
        except ExpressionError as error:
            self._report_unreadable(error, at, ("dmn-expression", ""))
            return
        if _RATHER_A_TEXT.fullmatch(expression.text):
            value = types.format_value(expression.evaluate({}))
            message = gettext(
                '%(where)s中的 %(text)s 会算成 %(value)s；文字请加英文引号写成 "%(text)s"，'
                "算式请在符号两边加空格。",
                where=where,
                text=text,
                value=value,
            )
            self.report(element, "dmn-calculation", message)
            return
        self._check_names((expression,), at)
        self._check_type((expression,), types.name_of(column.type), (place, where, _UNFIT_RESULT))

    def _check_names(self, expressions: tuple[Expression, ...], at: tuple[int, str]) -> None:
        """A word without quotes reads a fact; one that no input reads is most likely an unquoted text."""
        place, where = at
        for name in sorted({name for one in expressions for name in one.names} - self.known):
            meant = {"true": "true", "false": "false", "null": "null", "none": "null"}.get(name.lower())
            advice = (
                gettext("请写成 %(meant)s", meant=meant) if meant else gettext("如果是文字，请加上英文引号")
            )
            message = gettext(
                "%(where)s中的 %(name)s 不是本表的输入；%(advice)s。", where=where, name=name, advice=advice
            )
            self.report(self.draft.rules[place], "dmn-unknown-name", message)

    def _check_type(self, expressions: tuple[Expression, ...], kind: str, at: tuple[int, str, str]) -> None:
        """A number in quotes never equals a number: the rule would silently never apply."""
        place, where, sentence = at
        fits = types.build_type_check(kind)
        constants = [one.evaluate({}) for one in expressions if fits and not one.names]
        values = [value for one in constants for value in (one if isinstance(one, list) else [one])]
        for value in values:
            if fits and value is not None and not fits(value):
                message = sentence % {"where": where, "value": types.format_value(value), "type": kind}
                self.report(self.draft.rules[place], "dmn-type", message)

    def _judge_matching(self) -> None:
        columns, told = [], set()
        for number, input_ in enumerate(self.table.inputs):
            cells, kind = [row[number] for row in self.cells], self.kinds[number]
            label = input_.label or input_.expression
            columns.append(column := Column(cells, kind, label))
            for place, code, said in matching.check_column(cells, kind, column):
                where = gettext(
                    "%(title)s规则 %(place)s 的条件“%(label)s”",
                    title=self.draft.title,
                    place=place + 1,
                    label=label,
                )
                self.report(self.draft.rules[place], code, said.replace(types.AT, where))
                told.add(place)
        rows = {place: row for place, row in enumerate(self.cells) if place not in told}
        for place, code, said, severity in coverage.compare_rules(rows, columns, self.table.hit_policy):
            where = gettext("%(table)s规则 %(rule)s", table=self.draft.title, rule=place + 1)
            self._report(self.draft.rules[place], code, said.replace(types.AT, where), severity)


def _advise_instead(written: str, value: object, found: tuple[str, ast.expr]) -> str:
    """What to write instead of a calculation in a condition."""
    kind, node = found
    if kind in types.DAYS:
        return gettext('日期请加英文引号，写成 "2026-05-01"')
    if kind == "string":
        return gettext('文字请加英文引号，写成 "%(written)s"', written=written)
    if isinstance(node, ast.UnaryOp):
        return gettext("正负号写了两次，请直接写 %(shown)s", shown=types.format_value(value))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        low, high = (
            side.value if isinstance(side, ast.Constant) else None for side in (node.left, node.right)
        )
        if isinstance(low, int | float) and isinstance(high, int | float) and low <= high:
            return gettext(
                "范围请写成 [%(low)s..%(high)s]，单个值请直接写 %(shown)s",
                low=low,
                high=high,
                shown=types.format_value(value),
            )
    return gettext("请直接写 %(shown)s", shown=types.format_value(value))
