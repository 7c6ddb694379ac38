"""What a table or form tells no more, though diagrams read it: said where it is gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.processes.states import DefinitionSort
from translations import gettext
from workflows.definitions.reading.names import suggest_known
from workflows.engine.lint.reading.allowlist import SPIFF
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import BPMN, Element

# Where diagrams read variables; a table's inputs are facts of the case or are told by the table itself.
_READING = (
    f"{{{BPMN}}}conditionExpression",
    f"{{{BPMN}}}completionCondition",
    f"{{{BPMN}}}script",
    f"{{{SPIFF}}}parameter",
    f"{{{SPIFF}}}preScript",
    f"{{{SPIFF}}}postScript",
    f"{{{SPIFF}}}messagePayload",
)
_NAME = re.compile(r"\"[^\"]*\"|'[^']*'|([^\W\d]\w*)")


def check_lost_outputs(known: DeploymentContext) -> list[LintProblem]:
    """Compare tables and forms with what is deployed; who reads in vain is told besides."""
    lost = [*_find_lost_outputs(known), *_find_lost_variables(known)]
    if not lost:
        return []
    read = _list_read_names(known)
    return [problem for name, problem in lost if name in read]


def _find_lost_outputs(known: DeploymentContext) -> Iterator[tuple[str, LintProblem]]:
    deployed = {table.key: table for table in known.deployed_tables}
    for file, table in known.tables:
        before = {one.name for one in deployed[table.key].outputs} if table.key in deployed else set()
        now = {one.name for one in table.outputs}
        for name in sorted(before - now):
            said = gettext(
                "决策表“%(key)s”已部署的版本有输出 %(name)s，这里没有，而流程图还要读取它；"
                "请核对输出的名称。%(hint)s",
                key=table.key,
                name=name,
                hint=suggest_known(name, now - before),
            )
            yield name, _build_warning(file, table.key, said)


def _find_lost_variables(known: DeploymentContext) -> Iterator[tuple[str, LintProblem]]:
    kept = {one.key: one.value for one in known.environment.kept if one.sort == DefinitionSort.FORM}
    for file, one in known.definitions:
        if one.sort == DefinitionSort.FORM and one.key in kept:
            before, now = kept[one.key].list_variables(), one.value.list_variables()
            for name in sorted(before.keys() - now.keys()):
                said = gettext(
                    "表单 %(key)s 已部署的版本有变量 %(name)s，这里没有，而流程图还要读取它；"
                    "如果是另一张表单，请换一个 id。%(hint)s",
                    key=one.key,
                    name=name,
                    hint=suggest_known(name, now.keys() - before.keys()),
                )
                yield name, _build_warning(file, "id", said)


def _build_warning(file: str, place: str, said: str) -> LintProblem:
    return LintProblem(file=file, element=place, rule="lost-output", message=said, severity="warning")


def _list_read_names(known: DeploymentContext) -> set[str]:
    return {
        name
        for diagram in (*known.diagrams, *known.around)
        for element in diagram.root.iter(*_READING)
        for name in _list_names(element)
    }


def _list_names(element: Element) -> Iterator[str]:
    """The names in an expression or script, without what stands in quotes."""
    text = element.get("value") or element.text or ""
    yield from (found[1] for found in _NAME.finditer(text) if found[1])
