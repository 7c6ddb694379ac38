"""The notation of HTML forms: flat names such as findings.0.verdict, and the values that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from handlers.entry import row_numbers, size_limits

SentForm = MultiDict[str, str]
CONTROLS = frozenset(
    {"agreed_texts", "csrf_token", "form_owner", "transaction", "item", "do", "refresh", "signature", "then"}
)


def read_answers(form: SentForm) -> dict[str, Any]:
    """Every answer as typed, without what steers the page; `resume.0.since` is in a row of `resume`."""
    flat = {name: value for name, value in form.items() if name not in CONTROLS}
    plain: dict[str, Any] = {name: value for name, value in flat.items() if "." not in name}
    for name in dict.fromkeys(name.split(".")[0] for name in flat if "." in name):
        plain[name] = read_rows(flat, name)
    return plain


def read_act(form: Mapping[str, str]) -> str:
    """What a button asked of the page without going on: refresh, upload, add_row, remove_row:2 …"""
    return form.get("do") or ("refresh" if "refresh" in form else "")


def add_row(rows: list[dict[str, str]], most: int) -> list[dict[str, str]]:
    """One empty row more, up to the most that a form takes."""
    return rows if len(rows) >= most else [*rows, {}]


def remove_row(rows: list[dict[str, str]], place: str) -> list[dict[str, str]]:
    """The rows without one."""
    return [row for number, row in enumerate(rows) if str(number) != place]


def read_values(schema: Schema, typed: SentForm) -> dict[str, Any]:
    """The values of a sent form for `schema.load`; rows are sent as findings.0.verdict."""
    found: dict[str, Any] = {}
    for name, field in schema.fields.items():
        value = _read_value(field, name, typed)
        if value is not None:
            found[name] = value
    return found


def read_rows(typed: Mapping[str, str], name: str) -> list[dict[str, str]]:
    """The rows called name.0.…, name.1.…, in their order."""
    gathered: dict[int, dict[str, str]] = {}
    for key, value in typed.items():
        parts = key.split(".")
        if parts[0] == name and len(parts) == 3 and row_numbers.is_row_number(parts[1]):
            gathered.setdefault(int(parts[1]), {})[parts[2]] = value
    size_limits.check_rows(gathered)
    return [gathered[number] for number in sorted(gathered)]


def _read_value(field: fields.Field[Any], name: str, typed: SentForm) -> Any:
    if isinstance(field, fields.List):
        return read_rows(typed, name) if isinstance(field.inner, fields.Nested) else typed.getlist(name)
    if isinstance(field, fields.Dict):
        return _read_object(typed.get(name))
    if isinstance(field, fields.Boolean) and not field.metadata.get("options"):
        return typed.get(name) or False  # a box that is not ticked sends nothing
    value = typed.get(name)
    # An empty box is no number and no date; the schema says whether it may be left out.
    return value if value or isinstance(field, fields.String) else None


def _read_object(text: str | None) -> Any:
    try:
        return size_limits.read_json(text) if text else None
    except ValueError:
        return None
