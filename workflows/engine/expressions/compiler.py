"""From the syntax tree to nested closures; whatever is not on the list is refused."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from translations import gettext, join_words
from workflows.engine.expressions import bounds, meters, operators
from workflows.engine.expressions.faults import ExpressionError, Fault, quote_text
from workflows.engine.expressions.functions import FUNCTIONS
from workflows.engine.expressions.syntax import WORDS, build_refusal, explain_forbidden, parse_expression

Names = Mapping[str, Any]
Run = Callable[[Names], Any]

_RUNTIME = (TypeError, ValueError, ArithmeticError, LookupError, RecursionError)


@dataclass(frozen=True, kw_only=True)
class Expression:
    """A compiled expression; all its functions are pure, so without names its value is constant."""

    text: str
    names: frozenset[str]  # the variables it reads
    is_test: bool  # a comparison, and/or, not
    is_name: bool  # nothing but one variable
    run: Run
    nodes: int = 1

    def evaluate(self, names: Names) -> Any:
        """The value over these names; raises ExpressionError."""
        meter = meters.running_meter()
        if meter is None:
            with meters.shared_meter():
                return self.evaluate(names)
        try:
            meter.begin("expression", meters.OF_EXPRESSION)
            meter.charge(self.nodes)
            return self.run(names)
        except Fault as fault:
            reason = str(fault)
        except _RUNTIME as error:
            reason = _describe_error(error)
        raise ExpressionError(
            gettext(
                "表达式%(expression)s无法计算：%(reason)s。", expression=quote_text(self.text), reason=reason
            ),
            text=self.text,
        )


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Compile an expression; raises ExpressionError with the column of what is not allowed."""
    return compile_node(parse_expression(text), text.strip())


def evaluate_expression(text: str, names: Names) -> Any:
    """The value of an expression over these names; raises ExpressionError."""
    return compile_expression(text).evaluate(names)


def names_in(text: str) -> frozenset[str]:
    """The variables that an expression reads."""
    return compile_expression(text).names


def compile_node(node: ast.expr, text: str) -> Expression:
    """Compile a parsed expression; the text is for messages."""
    compiler = _Compiler(text)
    run = compiler.compile(node)
    return Expression(
        text=text,
        names=frozenset(compiler.names),
        is_test=_is_test(node),
        is_name=isinstance(node, ast.Name) and node.id not in WORDS,
        run=run,
        nodes=compiler.nodes,
    )


def _is_test(node: ast.expr) -> bool:
    negation = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return negation or isinstance(node, ast.Compare | ast.BoolOp)


def _describe_error(error: Exception) -> str:
    if isinstance(error, ZeroDivisionError):
        return gettext("除数为零")
    if isinstance(error, TypeError):
        return gettext("数据的类型不合，例如拿文字与数字比较大小")
    return gettext("数据的内容或大小不合要求")


class _Compiler:
    """Walks the tree once, counting nodes and collecting names."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.names: set[str] = set()
        self.nodes = 0
        self._depth = 0

    def compile(self, node: ast.expr) -> Run:
        self.nodes += 1
        self._depth += 1
        if self.nodes > bounds.MOST_NODES or self._depth > bounds.DEEPEST_NODE:
            raise build_refusal(gettext("表达式太复杂，请拆成几步"), self.text, node)
        handler = _HANDLERS.get(type(node))
        if handler is None:
            raise build_refusal(explain_forbidden(node), self.text, node)
        run = handler(self, node)
        self._depth -= 1
        return run

    def _compile_all(self, nodes: list[ast.expr]) -> tuple[Run, ...]:
        return tuple(self.compile(node) for node in nodes)

    def constant(self, node: ast.Constant) -> Run:
        value = node.value
        if not (value is None or type(value) in (bool, int, float, str)):
            raise build_refusal(explain_forbidden(node), self.text, node)
        if type(value) in (int, float):
            self._check_number(value, node)
        return lambda names: value

    def _check_number(self, value: Any, node: ast.expr) -> None:
        try:
            bounds.check_number(value)
        except Fault:
            raise build_refusal(gettext("数字太大"), self.text, node) from None

    def name(self, node: ast.Name) -> Run:
        name = node.id
        if name in WORDS:
            value = WORDS[name]
            return lambda names: value
        if name.startswith("__"):
            raise build_refusal(gettext("名称不能以两个下划线开头"), self.text, node)
        self.names.add(name)

        def look_up(names: Names) -> Any:
            try:
                return names[name]
            except KeyError:
                raise Fault(gettext("没有名为 %(name)s 的数据", name=name)) from None

        return look_up

    def both_or_either(self, node: ast.BoolOp) -> Run:
        runs = self._compile_all(node.values)
        first, rest = runs[0], runs[1:]
        stop_at = isinstance(node.op, ast.Or)

        def decide(names: Names) -> Any:
            value = first(names)
            for run in rest:
                if bool(value) is stop_at:
                    return value
                value = run(names)
            return value

        return decide

    def unary(self, node: ast.UnaryOp) -> Run:
        run = self.compile(node.operand)
        if isinstance(node.op, ast.Not):
            return lambda names: not run(names)
        if isinstance(node.op, ast.USub):
            return lambda names: operators.negate_number(run(names))
        if isinstance(node.op, ast.UAdd):
            return lambda names: bounds.check_number(run(names))
        raise build_refusal(gettext("表达式中不能使用 ~"), self.text, node)

    def binary(self, node: ast.BinOp) -> Run:
        act = operators.ARITHMETIC.get(type(node.op))
        if act is None:
            raise build_refusal(gettext("只能用 + - * / // % 运算"), self.text, node)
        left, right = self.compile(node.left), self.compile(node.right)
        return lambda names: act(left(names), right(names))

    def compare(self, node: ast.Compare) -> Run:
        steps = [
            self._compile_comparison(kind, side)
            for kind, side in zip(node.ops, node.comparators, strict=True)
        ]
        first = self.compile(node.left)
        if len(steps) == 1:
            act, right = steps[0]
            return lambda names: act(first(names), right(names))

        def chain(names: Names) -> Any:
            left = first(names)
            for act, right in steps:
                value = right(names)
                if not act(left, value):
                    return False
                left = value
            return True

        return chain

    def _compile_comparison(self, kind: ast.cmpop, side: ast.expr) -> tuple[operators.Binary, Run]:
        if isinstance(kind, ast.Is | ast.IsNot) and not _is_word(side):
            raise build_refusal(gettext("is 只用于 None、True 和 False，其他请用 =="), self.text, side)
        return operators.COMPARISON[type(kind)], self.compile(side)

    def choice(self, node: ast.IfExp) -> Run:
        test, yes, no = self.compile(node.test), self.compile(node.body), self.compile(node.orelse)
        return lambda names: yes(names) if test(names) else no(names)

    def items(self, node: ast.List | ast.Tuple) -> Run:
        runs = self._compile_all(node.elts)
        return lambda names: bounds.limit_weight([run(names) for run in runs])

    def mapping(self, node: ast.Dict) -> Run:
        keys = [self._check_key(key, node) for key in node.keys]
        pairs = tuple(zip(keys, self._compile_all(node.values), strict=True))
        return lambda names: bounds.limit_weight({key: run(names) for key, run in pairs})

    def _check_key(self, key: ast.expr | None, node: ast.Dict) -> str:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            return key.value
        raise build_refusal(gettext("字典的键只能是带引号的文字"), self.text, key or node)

    def subscript(self, node: ast.Subscript) -> Run:
        container, key = self.compile(node.value), self.compile(node.slice)
        return lambda names: operators.get_item(container(names), key(names))

    def call(self, node: ast.Call) -> Run:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise build_refusal(
                gettext("只能调用这些函数：%(functions)s", functions=join_words(FUNCTIONS)), self.text, node
            )
        if node.keywords:
            raise build_refusal(gettext("函数的参数不能写成 名称=值"), self.text, node)
        function = FUNCTIONS[node.func.id]
        if not function.fewest <= len(node.args) <= function.most:
            raise build_refusal(gettext("函数 %(name)s 的参数个数不对", name=node.func.id), self.text, node)
        act, runs = function.call, self._compile_all(node.args)
        return lambda names: act(*[run(names) for run in runs])


def _is_word(node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        return node.id in WORDS
    return isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))


_HANDLERS: dict[type[ast.expr], Callable[[_Compiler, Any], Run]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.BoolOp: _Compiler.both_or_either,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.binary,
    ast.Compare: _Compiler.compare,
    ast.IfExp: _Compiler.choice,
    ast.List: _Compiler.items,
    ast.Tuple: _Compiler.items,
    ast.Dict: _Compiler.mapping,
    ast.Subscript: _Compiler.subscript,
    ast.Call: _Compiler.call,
}
