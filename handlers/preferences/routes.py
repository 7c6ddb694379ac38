"""Keeps the chosen display in a cookie, so that it works without script and before signing in."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from werkzeug.exceptions import BadRequest

from handlers.entry import safe_redirects
from handlers.entry.access import allow
from handlers.entry.cookies import keep_cookie
from handlers.page.display import COOKIE, THEMES, available_languages
from translations import gettext

pages = Blueprint("preferences", __name__)
A_YEAR = 365 * 24 * 3600


def _validate_language(language: str) -> None:
    if language not in available_languages():
        raise ValidationError(gettext("没有这种语言"))


class DisplaySchema(Schema):
    """What the 显示 menu sends."""

    class Meta:
        unknown = EXCLUDE  # csrf_token and form_owner

    theme = fields.String(load_default="system", validate=validate.OneOf(THEMES))
    large = fields.Boolean(load_default=False)
    language = fields.String(load_default="zh", validate=_validate_language)
    next = fields.String(load_default="/", validate=validate.Length(max=8192))  # no address is longer


@pages.post("")
@allow("public")
def choose() -> ResponseReturnValue:
    """Keep the choice and go back to the page it was made on."""
    try:
        choice = DisplaySchema().load(request.form)
    except ValidationError as error:
        raise BadRequest from error  # the menu offers nothing else
    answer = redirect(safe_redirects.safe_address(choice["next"]) or "/", code=303)
    words = [choice["theme"], choice["language"], *(["large"] if choice["large"] else [])]
    keep_cookie(answer, COOKIE, ".".join(words), max_age=A_YEAR)
    return answer
