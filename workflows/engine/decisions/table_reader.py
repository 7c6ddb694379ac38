"""From DMN files to tables, with a problem for everything that would not be evaluated as drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from lxml import etree

from models.base.unseen import describe_unseen
from translations import gettext, lazy_gettext
from workflows.engine.decisions.checks.judge import Draft, Judge
from workflows.engine.decisions.model.tables import (
    HitPolicy,
    InputColumn,
    OutputColumn,
    Rule,
    Table,
)
from workflows.engine.source import safe_xml
from workflows.engine.source.problems import LintProblem, LintRefused, Severity, errors_in

_HIT_POLICIES = ("UNIQUE", "FIRST", "COLLECT")
_LANGUAGES = (
    "",
    "feel",
    "https://www.omg.org/spec/DMN/20191111/FEEL/",
    "http://www.omg.org/spec/DMN/20180521/FEEL/",
)
# What people read, or what is compared by its letters.
_WRITTEN = {"id": lazy_gettext("编号（id）"), "name": lazy_gettext("名称"), "label": lazy_gettext("标题")}

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
    "literalExpression": lazy_gettext("只支持决策表，请把文字表达式改成决策表"),
    "businessKnowledgeModel": lazy_gettext("不支持业务知识模型（BKM），请把规则写进决策表"),
    "invocation": lazy_gettext("不支持调用，请改成决策表"),
    "context": lazy_gettext("不支持上下文，请改成决策表"),
    "requiredDecision": lazy_gettext("决策之间不能相互依赖，请在流程中依次使用两个业务规则任务"),
    "decisionService": lazy_gettext("不支持决策服务，请直接使用决策表"),
    "inputValues": lazy_gettext("不会检查输入的取值范围，请删去"),
    "outputValues": lazy_gettext("不会检查输出的取值范围，请删去"),
    "defaultOutputEntry": lazy_gettext("不支持默认输出，请在最后加一条规则"),
}


def parse_tables(source: bytes, *, name: str) -> tuple[Table, ...]:
    """The tables of a DMN file that is about to be deployed; raises LintRefused."""
    tables, problems = read_tables(safe_xml.parse_xml(source, name=name), name)
    if wrong := errors_in(problems):
        raise LintRefused(wrong)
    return tables


def load_tables(source: bytes, *, name: str) -> tuple[Table, ...]:
    """The tables of a DMN file that is deployed already: it was judged then, by the rules of its day."""
    reader = _FileReader(name)
    drafts = reader.drafts(safe_xml.parse_xml(source, name=name))
    return tuple(draft.table for draft in drafts)


def read_tables(root: safe_xml.Element, file: str) -> tuple[tuple[Table, ...], list[LintProblem]]:
    """The tables that may be deployed, and all problems of the file."""
    reader = _FileReader(file)
    reader.check_written(root)
    reader.check_children(root)
    tables = []
    for decision in _children_named(root, "decision"):
        before = len(errors_in(reader.problems))
        if draft := reader.draft(decision):
            Judge(draft, reader.report).judge()
            if len(errors_in(reader.problems)) == before:
                tables.append(draft.table)
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


class _FileReader:
    """Reads one file and keeps what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[LintProblem] = []

    def report(
        self, element: safe_xml.Element, rule: str, message: str, severity: Severity = "error"
    ) -> None:
        """Keep a problem, with the nearest element that one can select."""
        near = element
        while not near.get("id") and near.getparent() is not None:
            near = near.getparent()
        problem = LintProblem(
            file=self.file, element=near.get("id"), rule=rule, message=message, severity=severity
        )
        self.problems.append(problem)

    def check_written(self, root: safe_xml.Element) -> None:
        """Refuse ids and names with characters that nobody sees."""
        for element in root.iter():
            if not isinstance(element.tag, str) or etree.QName(element).namespace not in safe_xml.DMN:
                continue
            for name, title in _WRITTEN.items():
                if said := describe_unseen(element.get(name, "")):
                    called = element.get("name") or element.get("label") or _local_name(element)
                    message = gettext(
                        "“%(name)s”（%(id)s）的%(part)s中，%(fault)s，请删去或改用通用的文字。",
                        name=called,
                        id=element.get("id"),
                        part=title,
                        fault=said,
                    )
                    self.report(element, "bad-character", message)

    def check_children(self, element: safe_xml.Element) -> None:
        """Refuse what would not be evaluated."""
        allowed = _CHILDREN.get(_local_name(element))
        for child in _dmn_children(element):
            name = _local_name(child)
            if allowed is not None and name not in allowed:
                title = child.get("name") or child.get("id") or name
                advice = _ADVICE.get(name, gettext("不支持 %(name)s 元素，请删去", name=name))
                self.report(
                    child,
                    "dmn-element-not-allowed",
                    gettext("“%(name)s”：%(advice)s。", name=title, advice=advice),
                )
            elif allowed is not None:
                self.check_children(child)

    def drafts(self, root: safe_xml.Element) -> list[Draft]:
        """The tables of a file as they are drawn."""
        found = map(self.draft, _children_named(root, "decision"))
        return [draft for draft in found if draft]

    def draft(self, decision: safe_xml.Element) -> Draft | None:
        """The table of a decision, if it has one."""
        found = _children_named(decision, "decisionTable")
        name, key = decision.get("name") or gettext("未命名"), decision.get("id")
        title = gettext("“%(name)s”（%(id)s）", name=name, id=key)
        if not decision.get("id"):
            self.report(decision, "dmn-no-key", gettext("决策%(title)s没有编号（id），请填写。", title=title))
        if len(found) != 1:
            if not self.problems:
                self.report(
                    decision, "dmn-no-table", gettext("决策%(title)s没有决策表，请画一张。", title=title)
                )
            return None
        return _TableReader(self, decision, found[0]).read()


class _TableReader:
    """Reads one decision table."""

    def __init__(self, reader: _FileReader, decision: safe_xml.Element, table: safe_xml.Element) -> None:
        self.report = reader.report
        self.decision, self.element = decision, table
        self.title = gettext(
            "决策表“%(name)s”（%(id)s）",
            name=decision.get("name") or gettext("未命名"),
            id=decision.get("id"),
        )

    def read(self) -> Draft:
        """The table as it is drawn."""
        rules = _children_named(self.element, "rule")
        inputs, outputs = _children_named(self.element, "input"), _children_named(self.element, "output")
        table = Table(
            key=self.decision.get("id"),
            name=self.decision.get("name") or self.decision.get("id"),
            hit_policy=self._read_hit_policy(),
            inputs=tuple(map(self._read_input, inputs)),
            outputs=tuple(map(self._read_output, outputs)),
            rules=tuple(self._read_rule(number, rule) for number, rule in enumerate(rules, start=1)),
        )
        self._check_counts(table, rules)
        return Draft(
            table=table,
            title=self.title,
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            rules=tuple(rules),
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
                "%(title)s用了汇总 %(element)s，请去掉汇总，结果会是一个列表。",
                title=self.title,
                element=self.element.get("aggregation"),
            )
            self.report(self.decision, "dmn-aggregation", sentence)
        return cast(HitPolicy, policy)

    def _read_input(self, column: safe_xml.Element) -> InputColumn:
        label = column.get("label") or column.get("id") or gettext("未命名")
        questions = _children_named(column, "inputExpression")
        for question in questions:
            self._check_language(
                question, gettext("%(title)s的输入“%(label)s”", title=self.title, label=label)
            )
        return InputColumn(
            id=column.get("id") or "",
            label=column.get("label") or "",
            expression=_read_text(questions[0]) if questions else "",
            type=questions[0].get("typeRef") or "" if questions else "",
        )

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

    def _read_rule(self, number: int, rule: safe_xml.Element) -> Rule:
        conditions, results = _children_named(rule, "inputEntry"), _children_named(rule, "outputEntry")
        for cell in (*conditions, *results):
            self._check_language(cell, gettext("%(table)s规则 %(rule)s", table=self.title, rule=number))
        notes = [(note.text or "").strip() for note in _children_named(rule, "description")]
        return Rule(
            id=rule.get("id") or "",
            tests=tuple(map(_read_text, conditions)),
            results=tuple(map(_read_text, results)),
            description=notes[0] if notes else "",
        )

    def _check_counts(self, table: Table, rules: list[safe_xml.Element]) -> None:
        if not table.outputs:
            self.report(
                self.decision,
                "dmn-missing-output",
                gettext("%(title)s没有输出列，请加一列。", title=self.title),
            )
        names = [column.name for column in table.outputs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.report(
                self.decision,
                "dmn-output-name",
                gettext("%(title)s有两个输出都叫 %(name)s，请改名。", title=self.title, name=name),
            )
        for number, (rule, element) in enumerate(zip(table.rules, rules, strict=True), start=1):
            missing = len(rule.results) - len(table.outputs)
            if len(rule.tests) != len(table.inputs) or missing:
                sentence = gettext(
                    "%(title)s的规则 %(number)s 与列数不符，请在表格编辑器中重新保存。",
                    title=self.title,
                    number=number,
                )
                self.report(element, "dmn-missing-output" if missing < 0 else "dmn-columns", sentence)
        if not rules:
            self.report(
                self.decision, "dmn-no-rules", gettext("%(title)s没有规则，请至少写一条。", title=self.title)
            )
