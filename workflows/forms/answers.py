"""Answers as they were sent become checked ones, or a refusal with a sentence at each field."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app
from marshmallow import ValidationError

from models.base.errors import Invalid, NotAllowed
from translations import gettext, lazy_gettext
from workflows.forms.registry import Form

DEEPEST, LONGEST, MOST = 5, 10_000, 200  # of free answers: nesting, characters of a text, entries
LARGEST = 64 * 1024  # bytes of free answers as JSON

OBJECT = lazy_gettext("请提交一个 JSON 对象。")
NAME = lazy_gettext("变量名须以字母开头，只含字母、数字和下划线，不超过 120 个字符。")
VALUE = lazy_gettext("只能是简单的值，层次和长度有限。")
TEXT = lazy_gettext("含有不能保存的字符。")


def load_answers(form: Form | None, answers: Any) -> dict[str, Any]:
    """The checked answers; refuses with the messages at their fields.

    A task without a registered form takes any object of plain values in development, so that any diagram can
    be tried; production has no such tasks.
    """
    if form is None:
        if current_app.config["PRODUCTION"]:
            raise NotAllowed(gettext("这件任务的表单没有登记，正式环境不能办理。"))
        return check_plain_answers(answers)
    if not isinstance(answers, Mapping):
        raise Invalid({"data": [OBJECT]})
    unwritable = {str(name): [TEXT] for name, value in answers.items() if not is_writable([name, value])}
    if unwritable:
        raise Invalid({_shorten_name(name): said for name, said in unwritable.items()})
    try:
        loaded: dict[str, Any] = form.schema().load(answers)
    except ValidationError as error:
        raise Invalid(dict(_flatten_messages(error.normalized_messages()))) from error  # type: ignore[no-untyped-call]
    return loaded


def check_plain_answers(answers: Any) -> dict[str, Any]:
    """Answers as variables: an object of plain values, bounded in size, with usable names."""
    if not isinstance(answers, Mapping):
        raise Invalid({"data": [OBJECT]})
    problems: dict[str, list[str]] = {_shorten_name(name): [NAME] for name in answers if not _is_name(name)}
    problems |= {_shorten_name(name): [VALUE] for name in answers if not _is_plain(answers[name], DEEPEST)}
    if len(answers) > MOST:
        problems["data"] = [gettext("变量不能超过 %(most)s 个。", most=MOST)]
    if not problems and len(json.dumps(answers, ensure_ascii=False).encode()) > LARGEST:
        problems["data"] = [gettext("内容不能超过 %(largest)s kB。", largest=LARGEST // 1024)]
    if problems:
        raise Invalid(problems)
    return dict(answers)


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and name.isidentifier() and not name.startswith("_") and len(name) <= 120


def _is_plain(value: Any, depth: int) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, str):
        return len(value) <= LONGEST and _is_text(value)
    if depth == 0 or not isinstance(value, list | dict) or len(value) > MOST:
        return False
    if isinstance(value, list):
        return all(_is_plain(part, depth - 1) for part in value)
    keys = all(isinstance(key, str) and _is_plain(key, 0) for key in value)
    return keys and all(_is_plain(part, depth - 1) for part in value.values())


def is_writable(value: Any) -> bool:
    """Whether a database can keep it: no NUL, no half of a surrogate pair, no number beyond 64 bits."""
    if isinstance(value, str | int | float):
        return _is_plain(value, 0) or (isinstance(value, str) and _is_text(value))
    if isinstance(value, Mapping):
        return all(is_writable(part) for pair in value.items() for part in pair)
    return not isinstance(value, list | tuple) or all(map(is_writable, value))


def _is_text(value: str) -> bool:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            return False
    return "\x00" not in value


def _shorten_name(name: Any) -> str:
    """A name as a refusal repeats it."""
    return str(name).encode("utf-8", "replace").decode()[:120]


def _flatten_messages(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    """Messages of nested fields under dotted names."""
    for name, message in messages.items():
        if isinstance(message, Mapping):
            yield from _flatten_messages(message, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", [str(sentence) for sentence in message]
