"""Every text that a person sends passes the look for characters of private use."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from flask import Flask
from marshmallow import Schema, fields

import handlers
from handlers.page import printable_text
from handlers.page.queries import QuerySchema

# Words of machines and addresses of lists: nothing of them comes on paper.
ROOMS_WITHOUT_PAPER = (
    "handlers.api.",
    "handlers.services.",
    "handlers.preferences.",
    "handlers.preview.",
    "handlers.casework.worklist.worklist_pages",
)


def schemas() -> Iterator[type[Schema]]:
    """Every schema of a form of the product."""
    for module in pkgutil.walk_packages(handlers.__path__, "handlers."):
        importlib.import_module(module.name)
    classes: list[type[Schema]] = [Schema]
    while classes:
        classes += (one := classes.pop()).__subclasses__()
        if one.__module__.startswith("handlers.") and not one.__module__.startswith(ROOMS_WITHOUT_PAPER):
            yield one


@pytest.mark.found("A9")
def test_every_text_field_refuses_private_characters(app: Flask) -> None:
    found = {
        f"{one.__module__}.{one.__name__}.{name}": field
        for one in schemas()
        for name, field in one().fields.items()
        if not issubclass(one, QuerySchema)  # what is looked for is written nowhere
    }
    texts = {name: field for name, field in found.items() if isinstance(field, fields.String)}
    typed = {name: field for name, field in texts.items() if "password" not in name.rpartition(".")[2]}
    assert len(typed) > 50
    open_ones = [
        name
        for name, field in typed.items()
        if printable_text.refuse_private_characters not in field.validators
    ]
    assert open_ones == []
