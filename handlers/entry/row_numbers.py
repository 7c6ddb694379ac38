"""Numbers that a browser sends: what no row can have as its number names nothing, and is no fault of ours."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST_NUMBER = 2**31 - 1  # what a row is numbered with
PLAIN = re.compile(r"[0-9]{1,10}")


class RowNumber(IntegerConverter):
    """The number of a row in an address; beyond what the database counts to, there is no such page."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max": LARGEST_NUMBER, **options})


def install(app: Flask) -> None:
    """Read the numbers in every address in this way."""
    app.url_map.converters["int"] = RowNumber


def read_number(text: str) -> int:
    """A number in plain digits; raises ValueError, so that it can be the `type` of what was sent."""
    if not PLAIN.fullmatch(text) or int(text) > LARGEST_NUMBER:
        raise ValueError(text)
    return int(text)


def is_row_number(text: str) -> bool:
    """Whether `read_number` would read it."""
    return PLAIN.fullmatch(text) is not None and int(text) <= LARGEST_NUMBER
