"""The built-in form of tasks that only say that somebody does something: there is nothing to fill in."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from translations import lazy_gettext
from workflows.forms.registry import Form, FormContext


class DoneSchema(Schema):
    """Nothing but that it is done."""


def _view_nothing(_case: FormContext) -> dict[str, Any]:
    return {}


def _keep_nothing(_case: FormContext, _answers: dict[str, Any]) -> dict[str, Any]:
    return {}


DONE = Form(
    key="done",
    title=lazy_gettext("完成"),
    schema=DoneSchema,
    view=_view_nothing,
    save=_keep_nothing,
    decides={},
)
