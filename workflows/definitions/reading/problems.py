"""What is wrong with a designer's JSON file, named by the way to the value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from marshmallow import Schema, ValidationError

from translations import gettext, join_sentences
from workflows.problems import LintProblem, LintRefused

LARGEST = 512 * 1024  # bytes of one file
T = TypeVar("T")


def build_problem(file: str, place: str, rule: str, message: str) -> LintProblem:
    """A problem at a value of a file: `states.correction.label`."""
    return LintProblem(file=file, element=place or None, rule=rule, message=message)


def load_json(file: str, content: bytes) -> dict[str, Any]:
    """The object that a file holds; raises LintRefused."""
    _check_size(file, content)
    try:
        found = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_refuse_twice, parse_constant=_refuse_constant
        )
        dump_canonical(found)  # half of a surrogate pair can be escaped, and not be written again
    except (ValueError, RecursionError) as error:
        said = gettext("不是有效的 JSON 文件：%(reason)s", reason=_explain_error(error))
        raise LintRefused([build_problem(file, "", "not-json", said)]) from error
    if not isinstance(found, dict):
        raise LintRefused([build_problem(file, "", "not-json", gettext("文件须为一个 JSON 对象。"))])
    return found


def load_text(file: str, content: bytes) -> str:
    """The text that a file holds; raises LintRefused."""
    _check_size(file, content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = gettext("不是文字文件：%(reason)s", reason=_explain_error(error))
        raise LintRefused([build_problem(file, "", "not-text", said)]) from error


def _check_size(file: str, content: bytes) -> None:
    if len(content) > LARGEST:
        said = gettext("文件超过 %(largest)s kB，请拆分。", largest=LARGEST // 1024)
        raise LintRefused([build_problem(file, "", "file-size", said)])


def load_checked(file: str, schema: Schema, value: Any, *, place: str, rule: str) -> Any:
    """A value through its schema; raises LintRefused with a problem at each wrong place."""
    try:
        return schema.load(value)
    except ValidationError as error:
        found = _flatten(error.normalized_messages(), place)  # type: ignore[no-untyped-call]
        raise LintRefused([build_problem(file, at, rule, said) for at, said in found]) from error


def dump_canonical(value: object) -> bytes:
    """A value as it is kept and compared: the same content has the same bytes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(gettext("“%(name)s”写了两次", name=name))
        found[name] = value
    return found


def _refuse_constant(word: str) -> None:
    raise ValueError(gettext("%(word)s 不是 JSON 的值", word=word))


def _explain_error(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return _explain_place(error)
    if isinstance(error, UnicodeError):
        return gettext("文字编码不是 UTF-8")
    return gettext("嵌套太深") if isinstance(error, RecursionError) else str(error)


def _explain_place(error: json.JSONDecodeError) -> str:
    """Where a file is wrong: what is missing or too much stands behind what was read before."""
    before = error.doc[: error.pos].rstrip()
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1)
    if error.msg.startswith("Expecting ',' delimiter"):
        return gettext("第 %(line)s 行第 %(column)s 列之后少了逗号或括号", line=line, column=column)
    if before.endswith(",") and error.doc[error.pos : error.pos + 1] in ("}", "]"):
        return gettext("第 %(line)s 行第 %(column)s 列的逗号多了", line=line, column=column)
    return gettext("第 %(line)s 行第 %(column)s 列", line=error.lineno, column=error.colno)


def _flatten(messages: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for name, message in messages.items():
            # marshmallow tells of what stands under a key as of its value
            part = (
                "" if name == "_schema" or (name == "value" and isinstance(message, Mapping)) else str(name)
            )
            yield from _flatten(message, f"{place}.{part}".strip(".") if part else place)
    else:
        said = messages if isinstance(messages, list) else [messages]
        yield place, join_sentences(cast(Any, said))
