"""The registry of forms: what a user task shows, accepts, keeps, and tells the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema

from models.base.errors import DomainError
from models.processes.instances import ProcessInstance, WorkItem
from translations import lazy_gettext
from workflows.vocabulary import ValueType


@dataclass(frozen=True, kw_only=True)
class FormContext:
    """The circumstances in which a form is shown or saved."""

    instance: ProcessInstance
    item: WorkItem
    actor: int
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Form:
    """One registered form.

    `view(case)` gives what is shown, `save(case, data)` keeps the facts in the models and returns only the
    decision variables for the process.
    """

    key: str
    title: str
    schema: type[Schema]
    view: Callable[[FormContext], dict[str, Any]]
    save: Callable[[FormContext, dict[str, Any]], dict[str, Any]]
    template: str | None = None
    # Each decision variable with all values that it may have and their labels, or its type, or None for any;
    # without it a form may tell the process anything.
    decides: Mapping[str, Mapping[Any, str] | ValueType | None] | None = None


class UnknownForm(DomainError):
    """A task whose form is not registered."""

    code = "unknown_form"
    sentence = lazy_gettext("这件任务的表单没有登记，请联系流程设计人员。")


_forms: dict[str, Form] = {}


def register_form(form: Form) -> Form:
    """Make a form known under its key."""
    _forms[form.key] = form
    return form


def get_form(key: str) -> Form:
    """The form of this key."""
    try:
        return _forms[key]
    except KeyError:
        raise UnknownForm from None


def registered_forms() -> Mapping[str, Form]:
    """All forms by key."""
    return dict(_forms)


def find_form(key: str | None) -> Form | None:
    """The form of this key; nothing where a task goes without a registered one."""
    return _forms.get(key) if key else None
