"""From text to syntax tree, within bounds, and refusals that name the column."""

from __future__ import annotations

import ast
import re
import threading
import tokenize
import warnings
from io import StringIO
from types import MappingProxyType
from typing import Any, Literal

from translations import gettext, lazy_gettext
from workflows.engine.expressions import bounds
from workflows.engine.expressions.faults import ExpressionError, quote_text

# Decision tables are written with the words of FEEL; both spellings count.
WORDS = MappingProxyType({"true": True, "false": False, "null": None})

_filters = threading.Lock()  # the filters of warnings belong to the whole process

_CHINESE_MARKS = "“”‘’（），：；！＝＜＞"
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_LOUD_WORD = re.compile(r"\b(?:AND|OR|NOT|IN|And|Or|Not)\b")
_SINGLE_SIGN = re.compile(r"(?<![=<>!:])=(?!=)")
_FORBIDDEN: dict[type[ast.AST], str] = {
    ast.Attribute: lazy_gettext('表达式中不能使用“.”取属性，请写成 名称["键"]'),
    ast.Lambda: lazy_gettext("表达式中不能使用 lambda"),
    ast.ListComp: lazy_gettext("表达式中不能使用循环（for）"),
    ast.SetComp: lazy_gettext("表达式中不能使用循环（for）"),
    ast.DictComp: lazy_gettext("表达式中不能使用循环（for）"),
    ast.GeneratorExp: lazy_gettext("表达式中不能使用循环（for）"),
    ast.JoinedStr: lazy_gettext("表达式中不能使用 f 字符串"),
    ast.Starred: lazy_gettext("表达式中不能使用星号参数"),
    ast.NamedExpr: lazy_gettext("表达式中不能使用“:=”"),
    ast.Slice: lazy_gettext("表达式中不能使用切片（冒号）"),
    ast.Set: lazy_gettext("表达式中不能使用集合，请改用列表 [ ]"),
    ast.Await: lazy_gettext("表达式中不能使用 await"),
    ast.Yield: lazy_gettext("表达式中不能使用 yield"),
    ast.YieldFrom: lazy_gettext("表达式中不能使用 yield"),
    ast.Constant: lazy_gettext("表达式中不能使用这种常量"),
}


def parse_expression(text: str) -> ast.expr:
    """The tree of an expression; raises ExpressionError."""
    tree = parse_text(text.strip(), "eval", bounds.LONGEST_EXPRESSION)
    assert isinstance(tree, ast.Expression)
    return tree.body


def parse_text(text: str, mode: Literal["eval", "exec"], longest: int) -> ast.AST:
    """The tree of a text of bounded length; a backslash is refused, as escapes only warn."""
    if not text:
        raise ExpressionError(gettext("表达式是空的。"), column=1)
    if len(text) > longest:
        raise ExpressionError(
            gettext("表达式超过 %(longest)s 个字符。", longest=longest), text=text[:50], column=longest + 1
        )
    if "\\" in text:
        column = text.index("\\") + 1
        sentence = _say_where(text, (1, column), gettext("不能使用反斜杠"))
        raise ExpressionError(sentence, text=text, column=column)
    try:
        tree = _parse_tree(text, mode)
        _check_quotes(text)
        return tree
    except SyntaxError as error:
        raise _build_syntax_error(text, error, mode) from None
    except (ValueError, MemoryError, RecursionError, tokenize.TokenError):
        raise ExpressionError(
            gettext("表达式含有不能识别的字符，或嵌套太深。"), text=text[:50], column=1
        ) from None


_ENCLOSING = (tokenize.NL, tokenize.COMMENT)


def _check_quotes(text: str) -> None:
    """Refuse texts side by side, which Python joins silently: a comma is missing or a quote doubled."""
    if text.count('"') + text.count("'") < 4:
        return
    before = None
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type in _ENCLOSING:
            continue
        if token.type == tokenize.STRING:
            if before == tokenize.STRING:
                raise _build_error_at(text, token, gettext("两段文字之间少了逗号或运算符；引号也不能写两次"))
            if token.string[:3] in ('"""', "'''"):
                raise _build_error_at(text, token, gettext("文字前后只能各有一个引号"))
        before = token.type


def _build_error_at(text: str, token: tokenize.TokenInfo, reason: str) -> ExpressionError:
    line, column = token.start[0], token.start[1] + 1
    return ExpressionError(_say_where(text, (line, column), reason), text=text, line=line, column=column)


def _say_where(text: str, place: tuple[int, int], reason: str) -> str:
    line, column = place
    quoted = quote_text(text)
    if line == 1:
        return gettext(
            "%(expression)s第 %(column)s 列：%(reason)s。", expression=quoted, column=column, reason=reason
        )
    return gettext(
        "%(expression)s第 %(line)s 行第 %(column)s 列：%(reason)s。",
        expression=quoted,
        line=line,
        column=column,
        reason=reason,
    )


def _parse_tree(text: str, mode: Literal["eval", "exec"]) -> ast.AST:
    """What Python only warns of (1or 2) is refused, whatever filters the process has."""
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("error")
        return ast.parse(text, mode=mode)


def _build_syntax_error(text: str, error: SyntaxError, mode: Literal["eval", "exec"]) -> ExpressionError:
    line, column = error.lineno or 1, error.offset or len(text) + 1  # none: it ends too early
    hint = _advise_spelling(_QUOTED.sub("", text), mode)
    return ExpressionError(_say_where(text, (line, column), hint), text=text, line=line, column=column)


def _advise_spelling(bare: str, mode: Literal["eval", "exec"]) -> str:
    """What is probably meant by a text, without what stands in quotes, that cannot be read."""
    if any(mark in bare for mark in _CHINESE_MARKS):
        return gettext("请使用英文标点")
    if word := _LOUD_WORD.search(bare):
        return gettext("%(word)s 请写成小写的 %(lower)s", word=word[0], lower=word[0].lower())
    if mode == "eval" and _SINGLE_SIGN.search(bare.lstrip("= ")):
        return gettext("比较是否相等请用两个等号，写成 ==")
    return gettext("写法有误")


def build_refusal(reason: str, text: str, node: ast.AST) -> ExpressionError:
    """The error for a part of an expression that is not allowed."""
    column = _find_column(text, node)
    sentence = _say_where(text, (1, column), reason)
    return ExpressionError(sentence, text=text, line=getattr(node, "lineno", 1), column=column)


def _find_column(text: str, node: ast.AST) -> int:
    """From 1, in characters: the tree counts bytes."""
    lines = text.encode("utf-8", "replace").split(b"\n")
    number = min(getattr(node, "lineno", 1), len(lines))
    offset: int = getattr(node, "col_offset", 0)
    return len(lines[number - 1][:offset].decode("utf-8", "ignore")) + 1


def explain_forbidden(node: Any) -> str:
    """Why a part is refused that expressions must not have, in the words of designers."""
    known = _FORBIDDEN.get(type(node))
    return known or gettext("表达式中不能使用这种写法（%(construct)s）", construct=type(node).__name__)
