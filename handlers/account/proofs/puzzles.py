"""拖动滑块补全拼图: a picture with a hole, and a piece that a person moves into it.

The server draws it. Where the hole is follows from a name that is signed and from the server's secret; the
browser is told the name alone. A puzzle belongs to one form, is judged once, and ends after some minutes. The
work of ALTCHA, or a minute's wait, is as good: nobody has to see, or to drag. To put one before a form:

    class ResetSchema(PuzzleSchema, DocumentSchema):
        guards = "reset"

    {% import "macros/puzzle.html" as puzzle %} … {{ puzzle.box("reset", form.field("puzzle")) }}
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import Any

from flask import current_app, g
from itsdangerous import BadSignature, URLSafeSerializer
from limits import parse
from marshmallow import ValidationError, fields, post_load, pre_load, validates_schema

from domain.outside import puzzle_pictures
from handlers.account.proofs import challenges
from handlers.account.proofs.schemas import PageSchema
from handlers.entry import rate_limits
from translations import lazy_gettext
from workflows.clock import wall_time

FORMS = frozenset({"sign_in", "register", "reset", "certificates"})
VALID = 10 * 60  # seconds
ONCE = parse("1 per 20 minutes")  # longer than anything is valid
TOLERANCE = 7  # pixels of the picture as it is shown, to either side
FIELD = "puzzle"
LEAST = 70  # where the hole may begin: the piece has to be moved
FLOOR = puzzle_pictures.HEIGHT - puzzle_pictures.RULER - puzzle_pictures.PIECE - 4
NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")

EMPTY = lazy_gettext("请拖动滑块补全拼图，或者换用自动验证")
WRONG = lazy_gettext("拼图没有对准，请按新的图片再拖动一次")
OVER = lazy_gettext("拼图已经过期，请按新的图片再拖动一次")


def make_puzzle(form: str) -> str:
    """The name of a new puzzle for a form."""
    assert form in FORMS, form
    return _sign("puzzle", form)


def find_place(name: str) -> tuple[int, int]:
    """Where the hole of a puzzle begins, from the left and from the top; the name was checked before."""
    digest = hmac.new(_puzzle_secret(), name.encode(), "sha256").digest()
    most = puzzle_pictures.WIDTH - puzzle_pictures.PIECE - 8
    left = LEAST + int.from_bytes(digest[:4], "big") % (most - LEAST)
    return left, 4 + int.from_bytes(digest[4:8], "big") % FLOOR


def draw(name: str) -> tuple[bytes, bytes] | None:
    """The picture and the piece of a puzzle; nothing of one that is forged or over."""
    if _read("puzzle", name) is None:
        return None
    seed = hmac.new(_puzzle_secret(), b"drawn " + name.encode(), "sha256").hexdigest()
    return puzzle_pictures.draw_puzzle(seed, *find_place(name))


def find_fault(form: str, sent: dict[str, Any]) -> str:
    """What is wrong with what a form brings of its puzzle; nothing where it is solved, by whatever way.

    A puzzle is used up by being judged, and so is a pass, which stands for a puzzle that was solved before
    something else in the form was wrong.
    """
    if challenges.is_solved() or _is_fresh("pass", form, sent.get("puzzle_pass", "")):
        return ""
    typed, name = str(sent.get(FIELD, "")).strip(), str(sent.get("puzzle_name", ""))
    if not typed:
        return "" if challenges.has_waited() else EMPTY
    if not _is_fresh("puzzle", form, name):
        return OVER
    return "" if _is_close(typed, name) else WRONG


class PuzzleSchema(PageSchema):
    """A form with a puzzle before it; whoever inherits from it says which one by `guards`."""

    guards = ""

    puzzle = fields.String(load_default="")
    puzzle_name = fields.String(load_default="")
    puzzle_pass = fields.String(load_default="")

    @pre_load
    def begin(self, typed: Any, **_: Any) -> Any:
        """Nothing is solved yet."""
        g.puzzle_solved = False
        return typed

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_puzzle(self, data: dict[str, Any], original: Any, **_: Any) -> None:
        """Told together with all that is wrong besides."""
        if fault := find_fault(self.guards, data):
            raise ValidationError(str(fault), FIELD)
        g.puzzle_solved = True

    @post_load
    def spend(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The form is acted upon: what was solved for it is used up, whatever comes of it."""
        g.puzzle_solved = False
        return {name: value for name, value in data.items() if not name.startswith(FIELD)}


def describe_puzzle(form: str) -> dict[str, Any]:
    """What a page draws: a new puzzle, or a pass where this request has solved one in vain."""
    if g.get("puzzle_solved"):
        return {"pass": _sign("pass", form)}
    return {
        "name": make_puzzle(form),
        "width": puzzle_pictures.WIDTH,
        "height": puzzle_pictures.HEIGHT,
        "most": puzzle_pictures.WIDTH - puzzle_pictures.PIECE,
        "piece": puzzle_pictures.PIECE,
        "work": challenges.make_challenge(),
    }


def _is_close(typed: str, name: str) -> bool:
    left, _ = find_place(name)
    return bool(NUMBER.fullmatch(typed)) and abs(float(typed) - left) <= TOLERANCE


def _sign(sort: str, form: str) -> str:
    values = [form, secrets.token_urlsafe(9), int(wall_time().timestamp())]
    signed: str | bytes = _serializer(sort).dumps(values)
    return signed.decode() if isinstance(signed, bytes) else signed


def _read(sort: str, text: str) -> list[Any] | None:
    try:
        values: list[Any] = _serializer(sort).loads(text)
    except BadSignature:
        return None
    age = wall_time().timestamp() - values[2]
    return values if -1 <= age <= VALID else None


def _is_fresh(sort: str, form: str, text: str) -> bool:
    """Whether a puzzle or a pass is of this form, young, and judged for the first time; never again."""
    values = _read(sort, text) if text else None
    return values is not None and values[0] == form and rate_limits.count_try(ONCE, sort, values[1])


def _serializer(sort: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"account.{sort}")


def _puzzle_secret() -> bytes:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, b"puzzle", "sha256").digest()
