"""From DMN files to tables, with a problem for everything that would not be evaluated as drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from lxml import etree

from translations import gettext, lazy_gettext
from workflows.engine.decisions import matching
from workflows.engine.decisions.tables import HitPolicy, InputColumn, OutputColumn, Rule, Table
from workflows.engine.decisions.unary import ConditionCell, compile_cell
from workflows.engine.expressions import Expression, ExpressionError, compile_expression
from workflows.engine.source import safe_xml
from workflows.engine.source.problems import LintProblem, LintRefused

_HIT_POLICIES = ("UNIQUE", "FIRST", "COLLECT")
_LANGUAGES = (
    "",
    "feel",
    "https://www.omg.org/spec/DMN/20191111/FEEL/",
    "http://www.omg.org/spec/DMN/20180521/FEEL/",
)
_NUMBERS = ("number", "integer", "long", "double")

# What may stand within what; elements that only explain are ignored by the evaluation.
_EXPLAINING = frozenset({"description", "extensionElements", "question", "allowedAnswers"})
_CHILDREN: dict[str, frozenset[str]] = {
    "definitions": _EXPLAINING
    | {
        "decision",
        "inputData",
        "knowledgeSource",
        "textAnnotation",
        "association",
        "group",
        "performanceIndicator",
    },
    "decision": _EXPLAINING
    | {"decisionTable", "variable", "informationRequirement", "authorityRequirement", "decisionMaker"},
    "decisionTable": _EXPLAINING | {"input", "output", "rule", "annotation"},
    "input": _EXPLAINING | {"inputExpression"},
    "inputExpression": _EXPLAINING | {"text"},
    "output": _EXPLAINING,
    "rule": _EXPLAINING | {"inputEntry", "outputEntry", "annotationEntry"},
    "inputEntry": _EXPLAINING | {"text"},
    "outputEntry": _EXPLAINING | {"text"},
    "informationRequirement": _EXPLAINING | {"requiredInput"},
}
_ADVICE = {
    "literalExpression": lazy_gettext("“%(title)s”：只支持决策表，请把文字表达式改成决策表。"),
    "businessKnowledgeModel": lazy_gettext("“%(title)s”：不支持业务知识模型（BKM），请把规则写进决策表。"),
    "invocation": lazy_gettext("“%(title)s”：不支持调用，请改成决策表。"),
    "context": lazy_gettext("“%(title)s”：不支持上下文，请改成决策表。"),
    "requiredDecision": lazy_gettext(
        "“%(title)s”：决策之间不能相互依赖，请在流程中依次使用两个业务规则任务。"
    ),
    "decisionService": lazy_gettext("“%(title)s”：不支持决策服务，请直接使用决策表。"),
    "inputValues": lazy_gettext("“%(title)s”：不会检查输入的取值范围，请删去。"),
    "outputValues": lazy_gettext("“%(title)s”：不会检查输出的取值范围，请删去。"),
    "defaultOutputEntry": lazy_gettext("“%(title)s”：不支持默认输出，请在最后加一条规则。"),
}
_NOT_SUPPORTED = lazy_gettext("“%(title)s”：不支持 %(name)s 元素，请删去。")


def parse_tables(source: bytes, *, name: str) -> tuple[Table, ...]:
    """The tables of a DMN file; raises LintRefused."""
    tables, problems = read_tables(safe_xml.parse_xml(source, name=name), name)
    if problems:
        raise LintRefused(problems)
    return tables


def read_tables(root: safe_xml.Element, file: str) -> tuple[tuple[Table, ...], list[LintProblem]]:
    """The tables that can be read, and all problems of the file."""
    reader = _FileReader(file)
    reader.check_children(root)
    tables = [table for decision in _children_named(root, "decision") if (table := reader.table(decision))]
    if not _children_named(root, "decision"):
        reader.report(
            root, "dmn-no-decision", gettext("文件 %(file)s 中没有决策表，请至少画一张。", file=file)
        )
    return tuple(tables), reader.problems


def _local_name(element: safe_xml.Element) -> str:
    return cast(str, etree.QName(element).localname)


def _dmn_children(element: safe_xml.Element) -> Iterator[safe_xml.Element]:
    """The child elements of DMN itself; those of other namespaces are drawing or decoration."""
    for child in element:
        if isinstance(child.tag, str) and etree.QName(child).namespace in safe_xml.DMN:
            yield child


def _children_named(element: safe_xml.Element, name: str) -> list[safe_xml.Element]:
    return [child for child in _dmn_children(element) if _local_name(child) == name]


def _read_text(element: safe_xml.Element) -> str:
    texts = _children_named(element, "text")
    return (texts[0].text or "").strip() if texts else ""


def _describe_decision(decision: safe_xml.Element) -> str:
    name = decision.get("name") or gettext("未命名")
    return gettext("“%(name)s”（%(id)s）", name=name, id=decision.get("id"))


class _FileReader:
    """Reads one file and keeps what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[LintProblem] = []

    def report(self, element: safe_xml.Element, rule: str, message: str) -> None:
        self.problems.append(
            LintProblem(file=self.file, element=element.get("id"), rule=rule, message=message)
        )

    def check_children(self, element: safe_xml.Element) -> None:
        allowed = _CHILDREN.get(_local_name(element))
        for child in _dmn_children(element):
            name = _local_name(child)
            if allowed is not None and name not in allowed:
                title = child.get("name") or child.get("id") or name
                sentence = _ADVICE.get(name, _NOT_SUPPORTED) % {"title": title, "name": name}
                self.report(child, "dmn-element-not-allowed", sentence)
            elif allowed is not None:
                self.check_children(child)

    def table(self, decision: safe_xml.Element) -> Table | None:
        found = _children_named(decision, "decisionTable")
        title = _describe_decision(decision)
        if not decision.get("id"):
            self.report(
                decision,
                "dmn-no-key",
                gettext("决策%(name_and_id)s没有编号（id），请填写。", name_and_id=title),
            )
        if len(found) != 1:
            if not self.problems:
                self.report(
                    decision,
                    "dmn-no-table",
                    gettext("决策%(name_and_id)s没有决策表，请画一张。", name_and_id=title),
                )
            return None
        return _TableReader(self, decision, found[0]).read()


class _TableReader:
    """Reads one decision table."""

    def __init__(self, reader: _FileReader, decision: safe_xml.Element, table: safe_xml.Element) -> None:
        self.report = reader.report
        self.problems = reader.problems
        self.decision, self.element = decision, table
        self.title = gettext("决策表%(name_and_id)s", name_and_id=_describe_decision(decision))
        self.known: frozenset[str] = frozenset()
        self.cells: list[tuple[ConditionCell | None, ...]] = []  # of each rule; none for what cannot be read

    def read(self) -> Table | None:
        before = len(self.problems)
        hit_policy = self._read_hit_policy()
        inputs = tuple(self._read_input(column) for column in _children_named(self.element, "input"))
        outputs = tuple(self._read_output(column) for column in _children_named(self.element, "output"))
        self._check_outputs(outputs)
        rules = tuple(
            self._read_rule(number, rule, (inputs, outputs))
            for number, rule in enumerate(_children_named(self.element, "rule"), start=1)
        )
        self._check_matching(hit_policy, inputs)
        if not rules:
            self.report(
                self.decision, "dmn-no-rules", gettext("%(title)s没有规则，请至少写一条。", title=self.title)
            )
        if len(self.problems) > before:
            return None
        return Table(
            key=self.decision.get("id"),
            name=self.decision.get("name") or self.decision.get("id"),
            hit_policy=hit_policy,
            inputs=inputs,
            outputs=outputs,
            rules=rules,
        )

    def _read_hit_policy(self) -> HitPolicy:
        policy = self.element.get("hitPolicy", "UNIQUE")
        if policy not in _HIT_POLICIES:
            sentence = gettext(
                "%(title)s的命中策略 %(policy)s 不受支持，请改用 UNIQUE、FIRST 或 COLLECT。",
                title=self.title,
                policy=policy,
            )
            self.report(self.decision, "dmn-hit-policy", sentence)
        if self.element.get("aggregation"):
            sentence = gettext(
                "%(title)s用了汇总 %(aggregation)s，请去掉汇总，结果会是一个列表。",
                title=self.title,
                aggregation=self.element.get("aggregation"),
            )
            self.report(self.decision, "dmn-aggregation", sentence)
        return cast(HitPolicy, policy)

    def _read_input(self, column: safe_xml.Element) -> InputColumn:
        label = column.get("label") or column.get("id") or gettext("未命名")
        questions = _children_named(column, "inputExpression")
        text = _read_text(questions[0]) if questions else ""
        where = gettext("%(title)s的输入“%(label)s”", title=self.title, label=label)
        for question in questions:
            self._check_language(question, where)
        if expression := self._compile_text(column, text, where):
            self.known |= expression.names
        kind = questions[0].get("typeRef") or "" if questions else ""
        return InputColumn(
            id=column.get("id") or "", label=column.get("label") or "", expression=text, type=kind
        )

    def _compile_text(self, element: safe_xml.Element, text: str, where: str) -> Expression | None:
        try:
            return compile_expression(text)
        except ExpressionError as error:
            self.report(
                element,
                "dmn-expression",
                gettext("%(where)s不能计算：%(sentence)s", where=where, sentence=error.sentence),
            )
            return None

    def _check_language(self, element: safe_xml.Element, where: str) -> None:
        language = element.get("expressionLanguage", "")
        if language.lower() not in {accepted.lower() for accepted in _LANGUAGES}:
            self.report(
                element,
                "dmn-language",
                gettext("%(where)s指定了表达式语言 %(language)s，请去掉。", where=where, language=language),
            )

    def _read_output(self, column: safe_xml.Element) -> OutputColumn:
        name = column.get("name") or ""
        if not name.isidentifier():
            label = column.get("label") or column.get("id") or gettext("未命名")
            sentence = gettext(
                "%(title)s的输出“%(label)s”需要一个名称（字母、数字和下划线），流程用这个名称取结果。",
                title=self.title,
                label=label,
            )
            self.report(column, "dmn-output-name", sentence)
        return OutputColumn(
            id=column.get("id") or "",
            label=column.get("label") or "",
            name=name,
            type=column.get("typeRef") or "",
        )

    def _check_outputs(self, outputs: tuple[OutputColumn, ...]) -> None:
        if not outputs:
            self.report(
                self.decision,
                "dmn-missing-output",
                gettext("%(title)s没有输出列，请加一列。", title=self.title),
            )
        names = [column.name for column in outputs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.report(
                self.decision,
                "dmn-output-name",
                gettext("%(title)s有两个输出都叫 %(name)s，请改名。", title=self.title, name=name),
            )

    def _read_rule(
        self,
        number: int,
        rule: safe_xml.Element,
        columns: tuple[tuple[InputColumn, ...], tuple[OutputColumn, ...]],
    ) -> Rule:
        inputs, outputs = columns
        conditions, results = _children_named(rule, "inputEntry"), _children_named(rule, "outputEntry")
        if len(conditions) != len(inputs) or len(results) != len(outputs):
            sentence = gettext(
                "%(title)s的规则 %(number)s 与列数不符，请在表格编辑器中重新保存。",
                title=self.title,
                number=number,
            )
            self.report(
                rule, "dmn-missing-output" if len(results) < len(outputs) else "dmn-columns", sentence
            )
        cells = []
        for condition, column in zip(conditions, inputs, strict=False):
            where = gettext(
                "%(title)s规则 %(number)s 的条件“%(label)s”",
                title=self.title,
                number=number,
                label=column.label or column.expression,
            )
            cells.append(cell := self._read_condition(condition, rule, where))
            if cell:
                self._check_type(
                    rule,
                    cell.expressions,
                    (column.type, gettext("%(title)s规则 %(number)s", title=self.title, number=number)),
                )
        self.cells.append((*cells, *[None] * (len(inputs) - len(cells))))
        for result, output in zip(results, outputs, strict=False):
            expression = self._read_result(
                result,
                rule,
                gettext(
                    "%(title)s规则 %(number)s 的结果“%(label)s”",
                    title=self.title,
                    number=number,
                    label=output.label or output.name,
                ),
            )
            if expression:
                self._check_type(
                    rule,
                    (expression,),
                    (
                        output.type,
                        gettext("%(title)s规则 %(number)s 的结果", title=self.title, number=number),
                    ),
                )
        notes = [(note.text or "").strip() for note in _children_named(rule, "description")]
        return Rule(
            id=rule.get("id") or "",
            tests=tuple(map(_read_text, conditions)),
            results=tuple(map(_read_text, results)),
            description=notes[0] if notes else "",
        )

    def _check_matching(self, hit_policy: str, inputs: tuple[InputColumn, ...]) -> None:
        rules = _children_named(self.element, "rule")
        for number, column in enumerate(inputs):
            label = column.label or column.expression
            for problem in matching.check_column([row[number] for row in self.cells], column.type):
                self._report_rule(rules, problem, input=label)
        for problem in matching.check_rules(self.cells, hit_policy):
            self._report_rule(rules, problem)

    def _report_rule(
        self, rules: list[safe_xml.Element], problem: matching.CellProblem, **more: object
    ) -> None:
        named = {"table": self.title, "rule": problem.place + 1, **more, **problem.values}
        self.report(rules[problem.place], problem.code, problem.sentence % named)

    def _read_condition(
        self, cell: safe_xml.Element, rule: safe_xml.Element, where: str
    ) -> ConditionCell | None:
        self._check_language(cell, where)
        try:
            compiled = compile_cell(_read_text(cell))
            for expression in compiled.expressions:
                self._check_names(expression, rule, where)
            return compiled
        except ExpressionError as error:
            self.report(
                rule,
                "dmn-unary-test",
                gettext("%(where)s不能计算：%(sentence)s", where=where, sentence=error.sentence),
            )
            return None

    def _read_result(self, cell: safe_xml.Element, rule: safe_xml.Element, where: str) -> Expression | None:
        self._check_language(cell, where)
        if not _read_text(cell):
            self.report(rule, "dmn-missing-output", gettext("%(where)s是空的，请填写。", where=where))
            return None
        if expression := self._compile_text(rule, _read_text(cell), where):
            self._check_names(expression, rule, where)
        return expression

    def _check_names(self, expression: Expression, rule: safe_xml.Element, where: str) -> None:
        """A word without quotes reads a fact; one that no input reads is most likely an unquoted text."""
        for name in sorted(expression.names - self.known):
            self.report(
                rule,
                "dmn-unknown-name",
                gettext(
                    "%(where)s中的 %(name)s 不是本表的输入；如果是文字，请加上英文引号。",
                    where=where,
                    name=name,
                ),
            )

    def _check_type(
        self, rule: safe_xml.Element, expressions: tuple[Expression, ...], column: tuple[str, str]
    ) -> None:
        """A number in quotes never equals a number: the rule would silently never apply."""
        kind, where = column
        fits = _build_type_check(kind)
        if fits is None:
            return
        try:
            constants = [one.evaluate({}) for one in expressions if not one.names]
        except ExpressionError:
            return  # reported with the condition
        values = [value for one in constants for value in (one if isinstance(one, list) else [one])]
        for value in values:
            if value is not None and not fits(value):
                sentence = gettext(
                    "%(where)s中的 %(value)s 与该列的类型（%(kind)s）不符，这条规则不会适用，请改正。",
                    where=where,
                    value=f"{value!r}",
                    kind=kind,
                )
                self.report(rule, "dmn-type", sentence)


def _build_type_check(kind: str) -> Callable[[object], bool] | None:
    if kind == "string" or kind in matching.DAYS:  # a day is a text to us, so 2026-5-1 without quotes is 2020
        return lambda value: isinstance(value, str)
    if kind == "boolean":
        return lambda value: isinstance(value, bool)
    if kind in _NUMBERS:
        return lambda value: isinstance(value, int | float) and not isinstance(value, bool)
    return None
