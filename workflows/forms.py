"""The registry of forms: what a user task shows, accepts, keeps, and tells the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError, fields, validate

from models.errors import DomainError, Invalid, NotAllowed
from models.process import ProcessInstance, WorkItem

DEEPEST, LONGEST, MOST = 5, 10_000, 200  # of free answers: nesting, characters of a text, entries


@dataclass(frozen=True, kw_only=True)
class Case:
    """The circumstances in which a form is shown or saved."""

    instance: ProcessInstance
    item: WorkItem
    actor: int
    now: datetime

    @property
    def application_id(self) -> int | None:
        """The application that the instance is about, if it is about one."""
        kind, _, number = (self.instance.business_key or "").partition(":")
        return int(number) if kind == "application" and number.isdigit() else None


@dataclass(frozen=True, kw_only=True)
class Form:
    """One registered form.

    `view(case)` gives what is shown, `save(case, data)` keeps the facts in the models and returns only the
    decision variables for the process.
    """

    key: str
    title: str
    schema: type[Schema]
    view: Callable[[Case], dict[str, Any]]
    save: Callable[[Case, dict[str, Any]], dict[str, Any]]
    template: str | None = None


class UnknownForm(DomainError):
    """这件任务的表单没有登记，请联系流程设计人员。"""

    code = "unknown_form"


_forms: dict[str, Form] = {}


def register(form: Form) -> Form:
    """Make a form known under its key."""
    _forms[form.key] = form
    return form


def get(key: str) -> Form:
    """The form of this key."""
    try:
        return _forms[key]
    except KeyError:
        raise UnknownForm from None


def registered() -> Mapping[str, Form]:
    """All forms by key."""
    return dict(_forms)


def find(key: str | None) -> Form | None:
    """The form of this key; nothing where a task goes without a registered one."""
    return _forms.get(key) if key else None


def load(form: Form | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The checked answers; refuses with the messages at their fields.

    A task without a registered form takes any object of plain values in development, so that any diagram can
    be tried; production has no such tasks.
    """
    if form is None:
        if current_app.config["PRODUCTION"]:
            raise NotAllowed("这件任务的表单没有登记，正式环境不能办理。")
        return plain(answers)
    try:
        loaded: dict[str, Any] = form.schema().load(answers)
    except ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise Invalid(_flat(messages)) from error
    return loaded


def plain(answers: Any) -> dict[str, Any]:
    """Answers as variables: an object of plain values, bounded in size, with usable names."""
    if not isinstance(answers, Mapping):
        raise Invalid({"data": ["请提交一个 JSON 对象。"]})
    problems = {
        str(name): ["变量名须以字母开头，只含字母、数字和下划线。"]
        for name in answers
        if not (isinstance(name, str) and name.isidentifier() and not name.startswith("_"))
    }
    problems |= {
        name: ["只能是简单的值，层次和长度有限。"]
        for name in answers
        if not _is_plain(answers[name], DEEPEST)
    }
    if len(answers) > MOST:
        problems["data"] = [f"变量不能超过 {MOST} 个。"]
    if problems:
        raise Invalid(problems)
    return dict(answers)


def json_schema(form: Form | None) -> dict[str, Any]:
    """The form as JSON Schema (2020-12)."""
    base: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    if form is None:
        return base | {"additionalProperties": True}
    return base | {"title": form.title} | _object_schema(form.schema())


def _object_schema(schema: Schema) -> dict[str, Any]:
    inputs = {field.data_key or name: field for name, field in schema.fields.items() if not field.dump_only}
    return {
        "type": "object",
        "properties": {name: _field_schema(field) for name, field in inputs.items()},
        "required": [name for name, field in inputs.items() if field.required],
        "additionalProperties": False,
    }


TYPES: tuple[tuple[type[fields.Field[Any]], dict[str, Any]], ...] = (
    (fields.Boolean, {"type": "boolean"}),
    (fields.Integer, {"type": "integer"}),
    (fields.Number, {"type": "number"}),
    (fields.DateTime, {"type": "string", "format": "date-time"}),
    (fields.Date, {"type": "string", "format": "date"}),
    (fields.Email, {"type": "string", "format": "email"}),
    (fields.String, {"type": "string"}),
    (fields.Dict, {"type": "object"}),
)


def _field_schema(field: fields.Field[Any]) -> dict[str, Any]:
    found = _typed(field)
    title = field.metadata.get("label") or field.metadata.get("title")
    if title:
        found["title"] = title
    for validator in field.validators:
        found |= _bounds(validator)
    if field.allow_none and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found


def _typed(field: fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, fields.Nested):
        inner = _object_schema(field.schema)
        return {"type": "array", "items": inner} if field.many else inner
    if isinstance(field, fields.List):
        return {"type": "array", "items": _field_schema(field.inner)}
    return dict(next((plain_type for kind, plain_type in TYPES if isinstance(field, kind)), {}))


def _bounds(validator: Any) -> dict[str, Any]:
    if isinstance(validator, validate.OneOf):
        return {"enum": list(validator.choices)}
    if isinstance(validator, validate.Length):
        bounds = {"minLength": validator.min, "maxLength": validator.max}
    elif isinstance(validator, validate.Range):
        bounds = {"minimum": validator.min, "maximum": validator.max}
    else:
        return {}
    return {name: value for name, value in bounds.items() if isinstance(value, int | float)}


def _flat(messages: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """Messages of nested fields under dotted names."""
    found: dict[str, list[str]] = {}
    for name, message in messages.items():
        if isinstance(message, Mapping):
            found |= _flat(message, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = [str(sentence) for sentence in message]
    return found


def _is_plain(value: Any, depth: int) -> bool:
    if value is None or isinstance(value, bool | float):
        return value == value  # not a number is no plain value
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, str):
        return len(value) <= LONGEST and "\x00" not in value
    if depth == 0 or not isinstance(value, list | dict) or len(value) > MOST:
        return False
    if isinstance(value, list):
        return all(_is_plain(part, depth - 1) for part in value)
    return all(isinstance(key, str) and _is_plain(part, depth - 1) for key, part in value.items())
