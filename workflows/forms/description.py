"""A form's schema as JSON Schema (2020-12), for clients that draw or check the form themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from translations import gettext
from workflows.forms.registry import Form

DIALECT = "https://json-schema.org/draft/2020-12/schema"
AnyField = fields.Field[Any]
TYPES: tuple[tuple[type[AnyField], dict[str, Any]], ...] = (
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Number, {"type": "number"}),
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Time, {"type": "string", "format": "time"}),
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.Url, {"type": "string", "format": "uri"}),
    (fields.UUID, {"type": "string", "format": "uuid"}),
    (fields.String, {"type": "string"}),
    (fields.Mapping, {"type": "object"}),
)


def build_json_schema(form: Form | None) -> dict[str, Any]:
    """What a form accepts; a task without a form accepts any object of plain values."""
    if form is None:
        return {"$schema": DIALECT, "type": "object", "additionalProperties": True}
    return {"$schema": DIALECT, "title": form.title, **_describe_object(form.schema())}


def _describe_object(schema: Schema) -> dict[str, Any]:
    inputs = {field.data_key or name: field for name, field in schema.fields.items() if not field.dump_only}
    return {
        "type": "object",
        "properties": {name: _describe_field(field) for name, field in inputs.items()},
        "required": [name for name, field in inputs.items() if field.required],
        "additionalProperties": False,
    }


def _describe_field(field: AnyField) -> dict[str, Any]:
    found = _describe_type(field)
    for validator in field.validators:
        found |= _describe_bounds(validator, found.get("type"))
    choices = _list_choices(field)
    if choices:
        found["oneOf"] = [{"const": value, "title": label} for value, label in choices]
    if field.allow_none:
        found = _make_nullable(found)
    return found | _describe_texts(field)


def _describe_type(field: AnyField) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        inner = _describe_object(field.schema)
        return {"type": "array", "items": inner} if field.many else inner
    if isinstance(field, fields.List):
        return {"type": "array", "items": _describe_field(field.inner)}
    return dict(next((plain for kind, plain in TYPES if isinstance(field, kind)), {}))


def _describe_texts(field: AnyField) -> dict[str, Any]:
    title = field.metadata.get("label") or field.metadata.get("title")
    hint = field.metadata.get("hint") or field.metadata.get("description")
    said = {"title": title, "description": hint}
    return {name: str(text) for name, text in said.items() if text}


def _list_choices(field: AnyField) -> list[tuple[Any, str]]:
    """What may be chosen, with labels: from the validator, which decides, and else from the metadata."""
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            known = _read_labels(field.metadata.get("options"))
            labels = list(validator.labels) or [known.get(value, value) for value in validator.choices]
            return [(value, str(label)) for value, label in zip(validator.choices, labels, strict=True)]
    return []


def _read_labels(options: Any) -> Mapping[Any, Any]:
    if isinstance(options, Mapping):
        return options
    return {pair[0]: pair[1] for pair in options or () if isinstance(pair, tuple | list) and len(pair) == 2}


def _describe_bounds(validator: Any, kind: Any) -> dict[str, Any]:
    if isinstance(validator, validate.Length):
        part = "Items" if kind == "array" else "Length"
        exact = validator.equal
        least, most = (exact, exact) if exact is not None else (validator.min, validator.max)
        bounds = {f"min{part}": least, f"max{part}": most}
    elif isinstance(validator, validate.Range):
        bounds = {
            "minimum" if validator.min_inclusive else "exclusiveMinimum": validator.min,
            "maximum" if validator.max_inclusive else "exclusiveMaximum": validator.max,
        }
    else:
        return {}
    return {name: value for name, value in bounds.items() if isinstance(value, int | float)}


def _make_nullable(found: dict[str, Any]) -> dict[str, Any]:
    changed = dict(found)
    if isinstance(found.get("type"), str):
        changed["type"] = [found["type"], "null"]
    if "oneOf" in found:
        changed["oneOf"] = [*found["oneOf"], {"const": None, "title": gettext("未填写")}]
    return changed
