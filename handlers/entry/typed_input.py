"""What people type or paste: without what nobody sees, and numbers in one width."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from flask import Flask, Request
from marshmallow import fields
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property

from handlers.entry import size_limits
from models.base import spelling
from models.base.errors import DomainError

# A browser sends a line's end as two characters; people and the counters beside their text see one.
LINE_END = re.compile("\r\n?")
# Controls, marks that turn the direction of writing, joiners, fillers, selectors of a glyph and tags: they
# come with pasted text, no database or printed page takes all of them, and a name with one equals no other.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# Separators of lines that no browser makes and no counter knows.
OTHER_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


class CleanedRequest(Request):
    """A request whose words are as a person sees them; passwords stay as they are."""

    @property
    def max_content_length(self) -> int | None:
        """How large the body may be: as large as a file only where files are taken."""
        most = super().max_content_length
        return None if most is None else size_limits.max_body_bytes(self, most)

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except (DomainError, HTTPException) as refused:
            # The page that tells of it may look at the form again, and must not fail by it.
            self.__dict__.update(form=ImmutableMultiDict(), files=ImmutableMultiDict(), stream=BytesIO())
            said = size_limits.refusal_of(self) if isinstance(refused, RequestEntityTooLarge) else None
            raise said or refused from refused

    def make_form_data_parser(self) -> FormDataParser:
        """What takes a form apart, once it is known to be of a bearable size."""
        size_limits.check_form(self)
        return super().make_form_data_parser()

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The words of the address."""
        return _clean_values(super().args)

    @cached_property
    def form(self) -> ImmutableMultiDict[str, str]:
        """The words of a form."""
        return _clean_values(super().form)


class Digits(fields.String):
    """A number of a document, a telephone or a code: half-width, without spaces."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return spelling.narrow_text(super()._deserialize(value, attr, data, **options) or "")


class TrimmedString(fields.String):
    """A string without the space around it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return super()._deserialize(value, attr, data, **options).strip()


class Mobile(Digits):
    """A mobile number, with or without its country; telephones at home stay as they are."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return spelling.normalize_mobile(super()._deserialize(value, attr, data, **options))


def install(app: Flask) -> None:
    """Read every request in this way."""
    app.request_class = CleanedRequest


def _clean_values(words: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    pairs = words.items(multi=True)
    return ImmutableMultiDict(
        [(name, value if "password" in name else _clean_text(value)) for name, value in pairs]
    )


def _clean_text(value: str) -> str:
    lines = OTHER_LINE_ENDS.sub(" ", LINE_END.sub("\n", value))
    return UNSEEN.sub("", lines)
