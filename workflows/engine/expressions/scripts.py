"""Scripts: lines of `name = expression`."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from translations import gettext
from workflows.engine.expressions import bounds, meters
from workflows.engine.expressions.compiler import Expression, compile_node
from workflows.engine.expressions.faults import ExpressionError, Fault
from workflows.engine.expressions.syntax import WORDS, build_refusal, parse_text


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One line of a script."""

    name: str
    expression: Expression


@dataclass(frozen=True, kw_only=True)
class Script:
    """A compiled script."""

    assignments: tuple[Assignment, ...]
    names: frozenset[str]  # the variables it needs beforehand

    @property
    def assigned(self) -> frozenset[str]:
        """The variables it sets."""
        return frozenset(assignment.name for assignment in self.assignments)


@lru_cache(maxsize=1024)
def compile_script(text: str) -> Script:
    """Compile a script; raises ExpressionError with line and column."""
    source = script_source(text)
    tree = parse_text(source, "exec", bounds.LONGEST_SCRIPT)
    assert isinstance(tree, ast.Module)
    if len(tree.body) > bounds.MOST_LINES:
        raise ExpressionError(
            gettext("脚本超过 %(most_lines)s 行。", most_lines=bounds.MOST_LINES), text=source[:50]
        )
    assignments = tuple(_parse_assignment(statement, source) for statement in tree.body)
    return Script(assignments=assignments, names=_find_needed_names(assignments))


def script_source(text: str) -> str:
    """The lines of a script without what all of them are indented by."""
    return textwrap.dedent(text).strip()


def run_script(text: str, data: dict[str, Any]) -> None:
    """Set the variables of a script in the data; nothing is set when a line fails."""
    script = compile_script(text)
    scope = dict(data)
    with meters.shared_meter() as meter:
        meter.begin("script", meters.OF_SCRIPT)
        try:
            for assignment in script.assignments:
                scope[assignment.name] = _evaluate_assignment(assignment, scope)
        finally:
            meter.begin("script", meters.OF_STEP)  # what follows is no part of it
    if len(scope) > bounds.MOST_VARIABLES:
        raise ExpressionError(
            gettext("流程变量太多，最多 %(most_variables)s 个。", most_variables=bounds.MOST_VARIABLES)
        )
    data.update((name, scope[name]) for name in script.assigned)


def _evaluate_assignment(assignment: Assignment, scope: dict[str, Any]) -> Any:
    value = assignment.expression.evaluate(scope)
    try:
        return bounds.detach_value(value)
    except Fault as fault:
        raise ExpressionError(
            gettext("变量 %(name)s 不能这样设置：%(reason)s。", name=assignment.name, reason=fault)
        ) from None


def _parse_assignment(statement: ast.stmt, source: str) -> Assignment:
    if isinstance(statement, ast.AugAssign):
        raise build_refusal(gettext("请写成 名称 = 名称 + 值"), source, statement)
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        raise build_refusal(gettext("每行只能写 名称 = 表达式"), source, statement)
    target = statement.targets[0]
    if not isinstance(target, ast.Name):
        raise build_refusal(gettext("等号左边只能是一个变量名"), source, target)
    if target.id in WORDS or target.id.startswith("__"):
        raise build_refusal(gettext("不能用 %(name)s 作变量名", name=target.id), source, target)
    text = ast.get_source_segment(source, statement.value) or source
    return Assignment(name=target.id, expression=_compile_part(statement.value, source, text))


def _compile_part(node: ast.expr, source: str, text: str) -> Expression:
    compiled = compile_node(node, source)
    return Expression(
        text=text,
        names=compiled.names,
        is_test=compiled.is_test,
        is_name=compiled.is_name,
        run=compiled.run,
        nodes=compiled.nodes,
    )


def _find_needed_names(assignments: tuple[Assignment, ...]) -> frozenset[str]:
    needed: set[str] = set()
    known: set[str] = set()
    for assignment in assignments:
        needed |= assignment.expression.names - known
        known.add(assignment.name)
    return frozenset(needed)
