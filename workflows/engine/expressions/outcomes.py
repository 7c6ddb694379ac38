"""The type of an expression's value, where it is the same whatever the variables are."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from workflows.engine.expressions.functions import FUNCTIONS
from workflows.engine.expressions.syntax import WORDS, parse_expression

OPEN = ""  # the variables decide


def find_outcome_type(text: str) -> str:
    """`boolean`, `number` or `string`; empty where the variables decide, or the value may be missing."""
    return _type_of(parse_expression(text))


def _type_of(node: ast.expr) -> str:
    match node:
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "boolean"
        case ast.UnaryOp():
            return "number"
        case ast.BinOp(op=ast.Add(), left=left, right=right):  # two texts are joined
            return _type_of(left) or _type_of(right)
        case ast.BinOp():
            return "number"
        case ast.BoolOp(values=parts):
            return _shared_type(parts)
        case ast.IfExp(body=one, orelse=other):
            return _shared_type((one, other))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _type_of_call(name, arguments)
        case ast.Constant(value=value):
            return _type_of_value(value)
        case ast.Name(id=name) if name in WORDS:
            return _type_of_value(WORDS[name])
    return OPEN


def _type_of_call(name: str, arguments: list[ast.expr]) -> str:
    if name in ("min", "max") and len(arguments) > 1:  # all numbers or all texts, else it fails
        return next(filter(None, map(_type_of, arguments)), OPEN)
    return FUNCTIONS[name].yields if name in FUNCTIONS else OPEN


def _shared_type(parts: Iterable[ast.expr]) -> str:
    found = {_type_of(part) for part in parts}
    return found.pop() if len(found) == 1 else OPEN


def _type_of_value(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "string" if isinstance(value, str) else OPEN
