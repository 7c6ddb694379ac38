"""How a form is drawn that has no page of its own: one input for each field of its schema.

A form that a designer defined is drawn in the order of its parts, with what it shows between its questions.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import Schema, fields, validate

from workflows.definitions.designed_forms.forms import FormPart
from workflows.forms import DesignedSchema

MOST_RADIOS = 6
KnownOptions = Mapping[str, Sequence[tuple[Any, str]]]


@dataclass(frozen=True, kw_only=True)
class FormInput:
    """One input: radio, select, picks, tick, text, lines, number, date, time or moment.

    Or what stands between inputs: a heading, words, a line, space.
    """

    name: str
    sort: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    optional: bool = False
    hide: str = ""  # the condition that hides it, as JSON for the script of the page


def list_inputs(
    schema: Schema, known: KnownOptions | None = None, *, fixed: Collection[str] = ()
) -> Iterator[FormInput]:
    """The inputs of a schema in the order of its fields; rows and raw objects need a page of their own.

    `known` are options that only the case knows, by field: the experts of its authority; what the process
    has `fixed` already is no question.
    """
    if isinstance(schema, DesignedSchema):
        yield from (_build_part(part, schema) for part in schema.designed.parts)
        return
    for name, field in schema.fields.items():
        if (
            name not in fixed
            and not field.dump_only
            and not isinstance(field, fields.Dict)
            and not _is_rows(field)
        ):
            yield _build_input(name, field, (known or {}).get(name))


def _build_input(name: str, field: fields.Field[Any], known: Sequence[tuple[Any, str]] | None) -> FormInput:
    options = tuple((str(value), label) for value, label in known) if known else _list_options(field)
    return FormInput(
        name=name,
        sort=_input_sort(field, options),
        label=str(field.metadata.get("label") or name),
        hint=str(field.metadata.get("hint") or ""),
        options=options,
        optional=not field.required,
    )


SHOWN = {"group": "heading", "text": "words", "separator": "line", "spacer": "space"}
MOMENTS = {"datetime": "local", "date": "date", "time": "time"}


def _build_part(part: FormPart, schema: Schema) -> FormInput:
    hide = json.dumps(part.hide, ensure_ascii=False) if part.hide else ""
    if not part.is_asked:
        label = str(part.text or part.label)
        return FormInput(name=part.place, sort=SHOWN[part.kind], label=label, hide=hide)
    drawn = _build_input(part.key, schema.fields[part.key], None)
    sort = {"radio": "radio", "select": "select"}.get(part.kind) or MOMENTS.get(part.subtype) or drawn.sort
    return replace(drawn, sort=sort, optional=not part.is_required, hide=hide)


def _input_sort(field: fields.Field[Any], options: tuple[tuple[str, str], ...]) -> str:
    if isinstance(field, fields.List):
        return "picks"
    if options:
        return "radio" if len(options) <= MOST_RADIOS else "select"
    for kind, sort in (
        (fields.Boolean, "tick"),
        (fields.Number, "number"),
        (fields.DateTime, "moment"),
        (fields.Date, "date"),
    ):
        if isinstance(field, kind):
            return sort
    return "lines" if field.metadata.get("multiline") else "text"


def _list_options(field: fields.Field[Any]) -> tuple[tuple[str, str], ...]:
    given = field.metadata.get("options")
    if given:
        pairs = given.items() if isinstance(given, dict) else (_option_pair(one) for one in given)
        return tuple((str(value), str(label)) for value, label in pairs)
    validators = field.validators + (field.inner.validators if isinstance(field, fields.List) else [])
    for rule in validators:
        if isinstance(rule, validate.OneOf):
            labels = list(rule.labels) or list(rule.choices)
            return tuple((str(value), str(label)) for value, label in zip(rule.choices, labels, strict=False))
    return ()


def _option_pair(one: Any) -> tuple[Any, Any]:
    if isinstance(one, dict):
        return one.get("value"), one.get("label", one.get("value"))
    return one if isinstance(one, tuple | list) else (one, one)


def _is_rows(field: fields.Field[Any]) -> bool:
    return isinstance(field, fields.List) and isinstance(field.inner, fields.Nested)
