"""What an expression has to be when it is deployed, besides being one that can be compiled.

Its numbers are written as people read them, and no part of it is bound to fail whenever it is worked out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from translations import gettext
from workflows.engine.expressions import bounds
from workflows.engine.expressions.compiler import Expression, compile_expression, compile_node
from workflows.engine.expressions.faults import ExpressionError
from workflows.engine.expressions.notation import check_notation
from workflows.engine.expressions.scripts import Script, compile_script, script_source
from workflows.engine.expressions.syntax import WORDS, build_refusal, parse_expression, parse_text

_PLAIN = re.compile(r"\"[^\"]*\"|'[^']*'|[\w.]+")  # nothing is worked out
_DIVIDING = (ast.Div, ast.FloorDiv, ast.Mod)
_WORKED_OUT = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Subscript)


def judge_expression(text: str) -> Expression:
    """Compile an expression that is about to be deployed; raises ExpressionError."""
    check_notation(text)
    expression = compile_expression(text)
    if not _PLAIN.fullmatch(expression.text):
        tree = parse_expression(text)
        _check_parts(tree, expression.text, _collect_reading(tree, set()))
    return expression


def judge_value(text: str) -> Expression:
    """An expression of one value: a comma that stands in no brackets would make a list of it."""
    expression = judge_expression(text)
    if "," in text and isinstance(node := parse_expression(text), ast.Tuple):
        source = expression.text
        if not (source.startswith("(") and source.endswith(")")):
            said = gettext(
                "逗号会把它变成列表；列表请写成 [%(source)s]，一段文字请整段加英文引号", source=source
            )
            raise build_refusal(said, source, node)
    return expression


def judge_script(text: str) -> Script:
    """Compile a script that is about to be deployed; raises ExpressionError."""
    source = script_source(text)
    check_notation(source)
    script = compile_script(text)
    for node in ast.walk(parse_text(source, "exec", bounds.LONGEST_SCRIPT)):
        if isinstance(node, ast.Assign):
            _check_parts(node.value, source, _collect_reading(node.value, set()))
    return script


def find_calculations(text: str) -> Iterator[tuple[str, Any, ast.expr]]:
    """The largest parts of an expression that are arithmetic on known values: as written, value, tree."""
    if not _PLAIN.fullmatch(text):
        tree = parse_expression(text)
        yield from _walk_calculations(tree, text, _collect_reading(tree, set()))


def _walk_calculations(
    node: ast.AST, text: str, reading: set[ast.AST]
) -> Iterator[tuple[str, Any, ast.expr]]:
    if node not in reading and (isinstance(node, ast.BinOp) or _is_signed_twice(node)):
        assert isinstance(node, ast.expr)
        try:
            value = compile_node(node, text).evaluate({})
        except ExpressionError:
            return  # in a branch that is never taken
        yield ast.get_source_segment(text, node) or text, value, node
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk_calculations(child, text, reading)


def _is_signed_twice(node: ast.AST) -> bool:
    signs = (ast.USub, ast.UAdd)
    return (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, signs)
        and isinstance(node.operand, ast.UnaryOp)
        and isinstance(node.operand.op, signs)
    )


def _collect_reading(node: ast.AST, found: set[ast.AST]) -> set[ast.AST]:
    """The parts that read a variable; the name of a function is none."""
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Call) and child is node.func):
            _collect_reading(child, found)
            if child in found:
                found.add(node)
    if isinstance(node, ast.Name) and node.id not in WORDS:
        found.add(node)
    return found


def _check_parts(node: ast.AST, text: str, reading: set[ast.AST]) -> None:
    """Refuse what fails whatever the variables are: 5 / 0, also as a part of something larger."""
    if isinstance(node, _WORKED_OUT) and node not in reading:
        _work_out(node, text)
        return
    if isinstance(node, ast.BinOp) and isinstance(node.op, _DIVIDING) and node.right not in reading:
        divisor = _work_out(node.right, text)
        if type(divisor) in (int, float) and divisor == 0:
            raise build_refusal(gettext("除数为零"), text, node.right)
    for child in ast.iter_child_nodes(node):
        _check_parts(child, text, reading)


def _work_out(node: ast.expr, text: str) -> Any:
    found = compile_node(node, text)
    try:
        return found.evaluate({})
    except ExpressionError:
        written = ast.get_source_segment(text, node) or text
        return compile_node(node, written).evaluate({})  # the same, told of this part
