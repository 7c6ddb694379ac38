"""What a browser sent with a step: the answers, apart from what steers the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from handlers import caps, numbers

CONTROLS = frozenset(
    {"csrf_token", "form_owner", "transaction", "item", "do", "refresh", "signature", "then"}
)


def answers(form: MultiDict[str, str]) -> dict[str, Any]:
    """The answers as plain values; `resume.0.since` becomes a row of the list `resume`."""
    flat = {name: value for name, value in form.items() if name not in CONTROLS}
    plain: dict[str, Any] = {name: value for name, value in flat.items() if "." not in name}
    for name in dict.fromkeys(name.split(".")[0] for name in flat if "." in name):
        plain[name] = _rows(flat, name)
    return plain


def act(form: Mapping[str, str]) -> str:
    """What a button asked of the page without going on: refresh, upload, add_row, remove_row:2 …"""
    return form.get("do") or ("refresh" if "refresh" in form else "")


def add_row(rows: list[dict[str, str]], most: int) -> list[dict[str, str]]:
    """One empty row more, up to the most that a form takes."""
    return rows if len(rows) >= most else [*rows, {}]


def remove_row(rows: list[dict[str, str]], place: str) -> list[dict[str, str]]:
    """The rows without one."""
    return [row for number, row in enumerate(rows) if str(number) != place]


def _rows(flat: Mapping[str, str], name: str) -> list[dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for key, value in flat.items():
        parts = key.split(".")
        if parts[0] == name and len(parts) == 3 and numbers.is_one(parts[1]):
            found.setdefault(int(parts[1]), {})[parts[2]] = value
    caps.check_rows(found)
    return [found[place] for place in sorted(found)]
