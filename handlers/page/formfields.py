"""What a page needs of a form: for each field its label, the value typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from handlers.entry import row_numbers
from handlers.entry.typed_input import Digits


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One input as the macros draw it."""

    name: str  # dotted for rows: resume.0.school
    label: str = ""
    value: Any = ""
    errors: tuple[str, ...] = ()
    hint: str = ""
    options: tuple[Any, ...] = ()  # (value, label) pairs, or mappings with value, label, hint, disabled
    optional: bool = False
    most: int | None = None  # characters that the schema takes

    @property
    def id(self) -> str:
        """The id of the input, which the error summary links to."""
        return self.name.replace(".", "-").replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class FormView:
    """Everything typed into a form and everything refused about it; nothing typed is lost."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # in the order of the inputs
    schema: Schema | None = None  # labels, hints and optional marks come from its metadata

    @classmethod
    def blank(cls, schema: Schema | None = None, values: Mapping[str, Any] | None = None) -> FormView:
        """A form that nobody has sent yet, filled with what is known."""
        return cls(schema=schema, values=values or {})

    @classmethod
    def refused(
        cls, typed: Mapping[str, Any], errors: Mapping[Any, Any], schema: Schema | None = None
    ) -> FormView:
        """A form that came back: as it was typed, with a ValidationError's messages or `Invalid.fields`."""
        flat = dict(flatten_errors(errors))
        return cls(values=submitted_values(typed), errors=_in_order(flat, schema), schema=schema)

    def field(self, name: str, **said: Any) -> FormField:
        """The field called `name`; keywords (label, hint, options, optional) outweigh the metadata."""
        known = {"value": self.value(name), "errors": self.errors.get(name, ())}
        return FormField(name=name, **{**self._read_metadata(name), **known, **said})

    def value(self, name: str) -> Any:
        """What stands in a field: flat as it was sent, or nested as it is stored."""
        found: Any = self.values
        for part in [name] if name in self.values else name.split("."):
            found = _step_into(found, part)
        return "" if found is None else found

    def _read_metadata(self, name: str) -> dict[str, Any]:
        declared = _declared(self.schema, name) if self.schema else None
        if declared is None:
            return {}
        known = {
            key: declared.metadata[key] for key in ("label", "hint", "options") if key in declared.metadata
        }
        optional = {"optional": True} if declared.metadata.get("optional") else {}
        return known | optional | {"most": longest(declared)}


def longest(field: fields.Field[Any]) -> int | None:
    """How many characters a browser may let somebody type; numbers may be typed with spaces between."""
    if not isinstance(field, fields.String) or isinstance(field, Digits):
        return None
    bounds = [rule.max for rule in field.validators if isinstance(rule, validate.Length) and rule.max]
    return min(bounds, default=None)


def submitted_values(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a sent form; a name sent more than once becomes a list."""
    if not isinstance(typed, MultiDict):
        return dict(typed)
    return {name: found if len(found) > 1 else found[0] for name, found in typed.lists()}


def join_dates(typed: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The values with the three boxes of each date made one: born-year, born-month, born-day → 2004-03-12."""
    values = submitted_values(typed)
    for name in names:
        boxes = [str(values.pop(f"{name}-{part}", "")).strip() for part in ("year", "month", "day")]
        values[name] = "-".join(box.zfill(2) if box.isdigit() else box for box in boxes) if any(boxes) else ""
    return values


def flatten_errors(errors: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Marshmallow's nested messages as pairs of a dotted name and its messages."""
    for key, found in errors.items():
        name = prefix if key == "_schema" and prefix else f"{prefix}.{key}".lstrip(".")
        if isinstance(found, Mapping):
            yield from flatten_errors(found, name)
        else:
            yield (
                name,
                tuple(found) if isinstance(found, Sequence) and not isinstance(found, str) else (str(found),),
            )


def _declared(schema: Schema, name: str) -> fields.Field[Any] | None:
    """The field of a schema behind the name of an input, also in a row: resume.0.school."""
    first, _, rest = name.partition(".")
    declared = schema.fields.get(first)
    if not rest or declared is None:
        return declared
    rows = declared.inner if isinstance(declared, fields.List) else declared
    return _declared(rows.schema, rest.partition(".")[2]) if isinstance(rows, fields.Nested) else None


def _in_order(errors: dict[str, tuple[str, ...]], schema: Schema | None) -> dict[str, tuple[str, ...]]:
    if schema is None:
        return errors
    # What belongs to no question stands first; what is drawn above them before, any other after them.
    above: tuple[str, ...] = getattr(schema, "drawn_above", ())
    places = {name: place for place, name in enumerate(("_schema", *above, *schema.fields))}

    def place_of(name: str) -> tuple[int, int]:
        first, _, rest = name.partition(".")
        row = rest.partition(".")[0]
        return places.get(first, len(places)), int(row) if row_numbers.is_row_number(row) else -1

    return {name: errors[name] for name in sorted(errors, key=place_of)}


def _step_into(found: Any, part: str) -> Any:
    if isinstance(found, Mapping):
        return found.get(part)
    if isinstance(found, Sequence) and not isinstance(found, str) and row_numbers.is_row_number(part):
        return found[int(part)] if int(part) < len(found) else None
    return None
