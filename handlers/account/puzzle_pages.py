"""The pictures of a puzzle, and another puzzle for whoever cannot make out the one they got."""

from __future__ import annotations

from flask import Response, jsonify

from handlers.account.blueprint import pages
from handlers.account.proofs import puzzles
from handlers.entry.access import allow
from models.base.errors import NotFound


@pages.get("/puzzle/<name>/picture")
@allow("public")
def puzzle_picture(name: str) -> Response:
    """The picture with the hole."""
    return _draw(name, 0, "image/jpeg")


@pages.get("/puzzle/<name>/piece")
@allow("public")
def puzzle_piece(name: str) -> Response:
    """The piece that fills it, as wide as it is; how high it belongs is drawn with it."""
    return _draw(name, 1, "image/webp")


@pages.get("/puzzle/another/<form>")
@allow("public")
def another_puzzle(form: str) -> Response:
    """The name of another puzzle for a form."""
    if form not in puzzles.FORMS:
        raise NotFound
    answer = jsonify(name=puzzles.make_puzzle(form))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _draw(name: str, part: int, kind: str) -> Response:
    drawn = puzzles.draw(name)
    if drawn is None:
        raise NotFound
    answer = Response(drawn[part], mimetype=kind)
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer
