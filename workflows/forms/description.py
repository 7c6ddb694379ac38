"""A form's schema as JSON Schema (2020-12), for clients that draw or check the form themselves.

apispec describes it, as OpenAPI 3.1 speaks JSON Schema; what it leaves out or tells otherwise is added here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields, validate

from translations import gettext
from workflows.forms.registry import Form

DIALECT = "https://json-schema.org/draft/2020-12/schema"
AnyField = fields.Field[Any]
TYPES: dict[type[AnyField], tuple[str, str | None]] = {
    fields.Time: ("string", "time"),
    fields.Url: ("string", "uri"),
}
ANCHORS = {r"\A": "^", r"\Z": "$"}


def build_json_schema(form: Form | None) -> dict[str, Any]:
    """What a form accepts; a task without a form accepts any object of plain values."""
    if form is None:
        return {"$schema": DIALECT, "type": "object", "additionalProperties": True}
    return {"$schema": DIALECT, "title": form.title, **describe_schema(form.schema())}


def describe_schema(schema: Schema) -> dict[str, Any]:
    """What a schema accepts, without the dialect."""
    plugin = MarshmallowPlugin(schema_name_resolver=_stand_inside)
    spec = APISpec(title="forms", version="1", openapi_version="3.1.0", plugins=[plugin])
    converter: Any = plugin.converter
    converter.field_mapping = {**converter.field_mapping, **TYPES}
    for describe in (choices2one_of, range2exclusive, regexp2pattern, words2title):
        converter.add_attribute_function(describe)
    spec.components.schema("form", schema=schema)
    found: dict[str, Any] = spec.components.schemas["form"]
    return _of_inputs(found)


def _stand_inside(_schema: Any) -> Any:
    """No name for a nested schema: it is described where it stands."""
    return None


def _of_inputs(described: dict[str, Any]) -> dict[str, Any]:
    """Without what is only shown, and with `required` in every object, so that clients can rely on it."""
    if "properties" not in described:
        return described | ({"items": _of_inputs(described["items"])} if "items" in described else {})
    inputs = {
        name: _of_inputs(part) for name, part in described["properties"].items() if not part.get("readOnly")
    }
    return {"required": [], **described, "properties": inputs}


# Called by apispec for each field, as methods of its converter; `ret` is what is known of the field.


def choices2one_of(_converter: Any, field: AnyField, ret: dict[str, Any]) -> dict[str, Any]:
    """What may be chosen, with labels: from the validator, which decides, and else from the metadata."""
    chosen = next((one for one in field.validators if isinstance(one, validate.OneOf)), None)
    if chosen is None:
        return {}
    known = _read_labels(field.metadata.get("options"))
    labels = list(chosen.labels) or [known.get(value, value) for value in chosen.choices]
    titles = [(value, str(label)) for value, label in zip(chosen.choices, labels, strict=True)]
    if field.allow_none:
        titles.append((None, gettext("未填写")))
    ret.pop("enum", None)  # the same without labels
    return {"oneOf": [{"const": value, "title": label} for value, label in titles]}


def _read_labels(options: Any) -> Mapping[Any, Any]:
    if isinstance(options, Mapping):
        return options
    return {pair[0]: pair[1] for pair in options or () if isinstance(pair, tuple | list) and len(pair) == 2}


def range2exclusive(_converter: Any, field: AnyField, ret: dict[str, Any]) -> dict[str, Any]:
    """Bounds that are out of range themselves; apispec takes each for one that is within."""
    found = {}
    for one in field.validators:
        if isinstance(one, validate.Range):
            if not one.min_inclusive and ret.get("minimum") == one.min:
                found["exclusiveMinimum"] = ret.pop("minimum")
            if not one.max_inclusive and ret.get("maximum") == one.max:
                found["exclusiveMaximum"] = ret.pop("maximum")
    return found


def regexp2pattern(_converter: Any, field: AnyField, ret: dict[str, Any]) -> dict[str, Any]:
    """A pattern as JSON Schema reads it: it searches, where marshmallow matches from the beginning.

    None where a field of one's own changes the text before it is matched, and none with flags.
    """
    ret.pop("pattern", None)
    patterns = [one.regex for one in field.validators if isinstance(one, validate.Regexp)]
    if len(patterns) != 1 or type(field) is not fields.String or patterns[0].flags != re.compile("").flags:
        return {}
    text = re.sub(r"\\.", lambda escape: ANCHORS.get(escape[0], escape[0]), str(patterns[0].pattern))
    return {"pattern": f"^(?:{text.replace('(?P<', '(?<')})"}


def words2title(_converter: Any, field: AnyField, ret: dict[str, Any]) -> dict[str, Any]:
    """The label and the hint of the page, as text; apispec knows the names of JSON Schema alone."""
    title = field.metadata.get("label") or field.metadata.get("title")
    hint = field.metadata.get("hint") or field.metadata.get("description")
    said = {"title": title, "description": hint}
    return {name: str(text) for name, text in said.items() if text}
