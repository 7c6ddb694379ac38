"""From the flat names of an HTML form to the nested values that a schema reads."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields
from werkzeug.datastructures import MultiDict

from handlers import caps, numbers

Typed = MultiDict[str, str]


def read(schema: Schema, typed: Typed) -> dict[str, Any]:
    """The values of a sent form for `schema.load`; rows are sent as findings.0.verdict."""
    found: dict[str, Any] = {}
    for name, field in schema.fields.items():
        value = _value(field, name, typed)
        if value is not None:
            found[name] = value
    return found


def rows(typed: Typed, name: str) -> list[dict[str, str]]:
    """The rows called name.0.…, name.1.…, in their order."""
    gathered: dict[int, dict[str, str]] = {}
    for key, value in typed.items():
        prefix, _, rest = key.partition(".")
        number, _, part = rest.partition(".")
        if prefix == name and numbers.is_one(number) and part:
            gathered.setdefault(int(number), {})[part] = value
    caps.check_rows(gathered)
    return [gathered[number] for number in sorted(gathered)]


def _value(field: fields.Field[Any], name: str, typed: Typed) -> Any:
    if isinstance(field, fields.List):
        return rows(typed, name) if isinstance(field.inner, fields.Nested) else typed.getlist(name)
    if isinstance(field, fields.Dict):
        return _object(typed.get(name))
    if isinstance(field, fields.Boolean) and not field.metadata.get("options"):
        return name in typed  # a box that is not ticked sends nothing
    value = typed.get(name)
    # An empty box is no number and no date; the schema says whether it may be left out.
    return value if value or isinstance(field, fields.String) else None


def _object(text: str | None) -> Any:
    try:
        return caps.read_json(text) if text else None
    except ValueError:
        return None
