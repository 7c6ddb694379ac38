"""Solves the puzzle before a form as somebody does who sees the picture: the place is the server's own.

A client of the tests asks for a puzzle and brings its solution with every form that has one before it, unless
the test brings something itself. Nothing is passed by: the site judges it like anybody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from handlers.account.proofs import puzzles

GUARDED = {
    "/account/sign-in": "sign_in",
    "/account/register/mobile": "register",
    "/account/forgotten": "reset",
}


def solve_new(app: Flask, form: str) -> dict[str, str]:
    """What a browser sends of a new puzzle that was solved."""
    with app.test_request_context():
        name = puzzles.make_puzzle(form)
        return {"puzzle_name": name, "puzzle": str(puzzles.find_place(name)[0])}


def solve(app: Flask, name: str) -> str:
    """Where the piece of a puzzle belongs."""
    with app.test_request_context():
        return str(puzzles.find_place(name)[0])


class SolvingClient(FlaskClient):
    """A test client that solves the puzzles it meets."""

    def post(self, *places: Any, **sent: Any) -> TestResponse:
        """Send a form, with a solved puzzle where there has to be one."""
        path, data = (places[0] if places else sent.get("path")), sent.get("data")
        form = GUARDED.get(str(path).partition("?")[0])
        if form and isinstance(data, Mapping) and "puzzle" not in data:
            sent["data"] = {**solve_new(self.application, form), **data}
        return super().post(*places, **sent)
