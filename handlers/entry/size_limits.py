"""How much a request may bring; looked at before it is read, as reading is what costs.

A form of 120,000 fields took 11 seconds and answered 6.3 MB. The longest form of ours has about 200 fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Request, request

from models.base.errors import DomainError
from translations import lazy_gettext

# Two hundred thousand characters, of which a browser makes nine bytes each: what is as long as that is read,
# and refused at its field with everything still in it.
FORM_BYTES = 2 * 1024 * 1024
MOST_CHARACTERS = FORM_BYTES // 9 // 10_000  # in tens of thousands, as people count
FIELDS = 500
ROWS = 100  # of one repeated group; the schemas allow far fewer
QUERY_BYTES = 4096
QUERY_WORDS = 100
HEADERS = 100
JSON_DEPTH = 32
JSON_VALUES = 20_000
FORM = "application/x-www-form-urlencoded"

# Where files come in: only here may a body be as large as the site allows at all (MAX_CONTENT_LENGTH).
TAKE_FILES = frozenset(
    {
        "account.contest",
        "account.request_mobile_picture",
        "api.deploy",
        "apply.answer_thread",
        "apply.put_material",
        "apply.change_part",
        "apply.step",
        "casework.write_message",
        "phone.sign",
        "profile.enter_enrolment",
        "profile.edit_enrolment",
        "profile.enter_skill",
        "profile.edit_skill",
        "profile.request_particulars",
        "profile.identity",
    }
)


class TooMuch(DomainError):
    """A request with more parts than any page of ours sends."""

    code = "too_large"
    status = 413
    sentence = lazy_gettext("提交的项目太多，这一次没有办理。请减少行数或者分几次提交。")


class TooManyRows(TooMuch):
    """A repeated group with more rows than any page of ours offers."""

    sentence = lazy_gettext("一组内容的行数太多，这一次没有办理。请删去多余的行，再提交一次。")


class TooLongText(DomainError):
    """A form without files that is larger than any of ours: what is too large in it is text."""

    code = "text_too_long"
    status = 413
    sentence = lazy_gettext(
        "一次提交的文字不能超过 2 MB（大约 %(number)s 万个汉字），这一次没有提交，也没有办理。",
        number=MOST_CHARACTERS,
    )


class TooLongAddress(DomainError):
    """An address with more in it than any link of ours."""

    code = "bad_request"
    status = 414
    sentence = lazy_gettext("请求的地址太长，请从页面上的链接重新进入，或者缩短查询的内容。")


class TooManyHeaders(DomainError):
    """More headers than any browser sends."""

    code = "bad_request"
    status = 400
    sentence = lazy_gettext("请求附带的信息太多，无法读取。")


class TooDeep(ValueError):
    """A JSON text that is nested too deeply or holds too many values."""


def install(app: Flask) -> None:
    """Look at every request before anything else does."""
    app.config["MAX_FORM_PARTS"] = FIELDS
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES  # of texts, also beside files
    app.before_request(_check_head)


def max_body_bytes(asking: Request, most: int) -> int:
    """How large the body of a request may be."""
    return most if _may_bring_files(asking) else min(most, FORM_BYTES)


def check_form(asking: Request) -> None:
    """Refuse a form of too many fields before it is taken apart; multipart counts its parts itself."""
    if asking.mimetype == FORM and asking.get_data(cache=True).count(b"&") >= FIELDS:
        raise TooMuch


def refusal_of(asking: Request) -> DomainError | None:
    """What was too large in a form that could not be read: its texts or their number; none: a file."""
    most, length = asking.max_content_length, asking.content_length
    if most is not None and (length is None or length > most):
        return None if _may_bring_files(asking) else TooLongText()
    return TooLongText() if length is None or length > FORM_BYTES else TooMuch()


def check_rows(rows: Mapping[int, Any]) -> None:
    """Refuse a repeated group of too many rows before its rows are judged."""
    if len(rows) > ROWS:
        raise TooManyRows


def read_json(text: str) -> Any:
    """A JSON text as plain values; ValueError where it is none, is nested too deeply or holds too much."""
    try:
        found = json.loads(text)
    except RecursionError:
        raise TooDeep from None
    _check_values(found)
    return found


def _may_bring_files(asking: Request) -> bool:
    return asking.endpoint in TAKE_FILES and asking.mimetype != FORM


def _check_head() -> None:
    if len(request.query_string) > QUERY_BYTES or request.query_string.count(b"&") >= QUERY_WORDS:
        raise TooLongAddress
    if len(request.headers) > HEADERS:
        raise TooManyHeaders


def _check_values(found: Any) -> None:
    level, count = [found], 0
    for _ in range(JSON_DEPTH):
        level = [part for value in level for part in _child_values(value)]
        count += len(level)
        if not level:
            return
        if count > JSON_VALUES:
            break
    raise TooDeep


def _child_values(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()
