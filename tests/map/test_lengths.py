"""Every text that a form takes has a longest length, which a person is told and a browser knows."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields

import handlers
from handlers.entry.typed_input import Digits
from handlers.page.formfields import FormView, longest
from handlers.page.queries import SearchWords

ENDLESS = 100_000
# What only goes out, what a diagram says (its size has bounds of its own), and the show case of components.
OTHERS = re.compile(
    r"handlers\.(services\.|preview\.|api\.schemas\.\w*(Answer|Detail|Problem|ProblemItem)(Schema)?$)"
)
SPOKEN_TO_MACHINES = re.compile(r"handlers\.api\.|\.ListSchema\.|\.DisplaySchema\.")


def text_fields() -> Iterator[tuple[str, fields.Field[Any]]]:
    """Every text of every schema that takes something in, also one of a list."""
    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        importlib.import_module(module.name)
    classes: list[type[Schema]] = [Schema]
    while classes:
        classes += (one := classes.pop()).__subclasses__()
        name = f"{one.__module__}.{one.__name__}"
        if one.__module__.startswith("handlers.") and not OTHERS.match(name):
            yield from ((f"{name}.{key}", found) for key, found in _texts(one()))


def _texts(schema: Schema) -> Iterator[tuple[str, fields.Field[Any]]]:
    for name, declared in schema.fields.items():
        found = declared.inner if isinstance(declared, fields.List) else declared
        # What an address asks for is cut and not refused.
        if isinstance(found, fields.String) and not (found.dump_only or isinstance(found, SearchWords)):
            yield name, found


def refusals(field: fields.Field[Any]) -> list[str]:
    """What a field says to a text without end, of whatever characters; empty where it takes one."""
    found = []
    for one in "一1aA-":
        try:
            field.deserialize(one * ENDLESS)
        except ValidationError as error:
            found += error.messages  # type: ignore[arg-type]
        else:
            return []
    return found


@pytest.mark.found("X11")
def test_no_text_is_endless(app: Flask) -> None:
    found = dict(text_fields())
    assert len(found) > 90
    with app.test_request_context():
        assert [name for name, field in found.items() if not refusals(field)] == []


@pytest.mark.found("X11")
def test_who_writes_too_much_is_told_in_chinese(app: Flask) -> None:
    with app.test_request_context():
        told = {name: refusals(field) for name, field in text_fields() if not SPOKEN_TO_MACHINES.search(name)}
    silent = {name: text for name, texts in told.items() for text in texts if not re.search("[一-鿿]", text)}
    assert silent == {}


def test_a_browser_is_told_how_much_a_field_takes(app: Flask) -> None:
    from handlers.apply.forms.details import DetailsStepSchema
    from handlers.casework.tasks.hand_over_pages import HandingOver

    form, why = FormView.blank(DetailsStepSchema()), FormView.blank(HandingOver())
    assert (form.field("employer").most, form.field("resume.3.post").most) == (60, 30)
    assert form.field("phone").most is None  # 0570 - 123 4567 is longer than what is kept of it
    assert (form.field("nothing").most, form.field("resume.3.nothing").most) == (None, None)
    with app.test_request_context():
        text = (
            '{% import "macros/ui.html" as ui %}{{ ui.textarea(why.field("reason")) }}'
            '{{ ui.textarea(why.field("reason"), count=false) }}{{ ui.field(form.field("employer")) }}'
            '{{ ui.field(form.field("employer"), attrs={"maxlength": 9}) }}'
            '{{ ui.field(form.field("phone")) }}'
        )
        page = app.jinja_env.from_string(text).render(form=form, why=why)
    assert re.findall(r'maxlength="(\d+)"', page) == ["400", "400", "60", "9"]
    assert re.findall(r'data-count="(\d+)"', page) == ["400"]
    assert page.count("最多 400 字") == 1


def test_the_shortest_of_several_bounds_counts() -> None:
    from marshmallow import validate

    assert longest(fields.String(validate=[validate.Length(max=9), validate.Length(min=1, max=4)])) == 4
    assert longest(fields.String(validate=validate.Length(min=1))) is None
    assert longest(fields.Integer()) is None
    assert longest(Digits(validate=validate.Length(max=11))) is None
