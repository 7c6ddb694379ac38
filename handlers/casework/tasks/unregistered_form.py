"""A task without a registered form takes any plain values in development, so that a diagram can be tried."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from handlers.entry import size_limits
from handlers.page import form_parsing
from models.base.errors import Invalid
from translations import gettext

EMPTY_ROWS = 4  # empty rows of name and value that the page offers


def read_values(typed: MultiDict[str, str]) -> dict[str, Any]:
    """The object that was typed as JSON, and over it the rows of name and value."""
    found = _read_object(typed.get("data", "").strip())
    for row in form_parsing.read_rows(typed, "rows"):
        if row.get("name", "").strip():
            found[row["name"].strip()] = _parse_value(row.get("value", ""))
    return found


def _read_object(text: str) -> dict[str, Any]:
    try:
        found = size_limits.read_json(text) if text else {}
    except ValueError:
        raise Invalid({"data": [gettext("不是有效的 JSON，请检查引号和逗号。")]}) from None
    if not isinstance(found, dict):
        raise Invalid({"data": [gettext('请填写一个 JSON 对象，如 {"days": 3}。')]})
    return found


def _parse_value(text: str) -> Any:
    """A number, true, false or JSON where it reads as such, else the text itself."""
    try:
        return size_limits.read_json(text)
    except ValueError:
        return text
