"""How a form is drawn that has no page of its own: one input for each field of its schema."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields, validate

MOST_RADIOS = 6
KnownOptions = Mapping[str, Sequence[tuple[Any, str]]]


@dataclass(frozen=True, kw_only=True)
class FormInput:
    """One input: radio, select, picks, tick, text, lines, number, date or moment."""

    name: str
    sort: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    optional: bool = False


def list_inputs(
    schema: Schema, known: KnownOptions | None = None, *, fixed: Collection[str] = ()
) -> Iterator[FormInput]:
    """The inputs of a schema in the order of its fields; rows and raw objects need a page of their own.

    `known` are options that only the case knows, by field: the experts of its authority; what the process
    has `fixed` already is no question.
    """
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
