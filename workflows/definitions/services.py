"""Services: what people can apply for, which process it is, and how it shows itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from translations import gettext
from workflows.definitions import notices
from workflows.definitions.reading.names import Key, TermField
from workflows.definitions.reading.texts import NOTHING, Text, TextField
from workflows.vocabulary import TermSort

LONGEST_NUMBER, LONGEST_PREFIX = 10, 4  # characters of the number of a case, as the columns have
PLACES = ("yy", "yyyy", "mm", "dd")  # what the beginning of a number may name, in braces


@dataclass(frozen=True, kw_only=True)
class NumberSeries:
    """How the cases of a service are numbered: a beginning that changes with time, and a running number."""

    prefix: str = ""  # "{yy}{mm}"
    digits: int = 6

    def write_prefix(self, day: date) -> str:
        """The beginning of the numbers that are given on a day."""
        return self.prefix.format(yy=f"{day:%y}", yyyy=f"{day:%Y}", mm=f"{day:%m}", dd=f"{day:%d}")


@dataclass(frozen=True, kw_only=True)
class Card:
    """How a service stands on 业务平台."""

    title: Text
    text: Text = NOTHING
    button: Text = NOTHING


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service."""

    key: str
    title: Text
    description: Text = NOTHING
    entry: str = ""  # the process that a case of it is
    subject: str = ""  # whose facts its cases have; a service without one lives by its forms alone
    starts: tuple[str, ...] = ()  # the roles that may begin a case
    number: NumberSeries | None = None
    card: Card | None = None
    notices: Mapping[str, str] = field(default_factory=dict)  # occasion → notice
    sheets: Mapping[str, str] = field(default_factory=dict)  # sheet → letter


class NumberSchema(Schema):
    """The number series of a service."""

    prefix = fields.String(load_default="", validate=validate.Length(max=40))
    digits = fields.Integer(load_default=6, strict=True, validate=validate.Range(min=3, max=10))

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> NumberSeries:
        try:
            unknown = set(notices.list_fields(found["prefix"])) - set(PLACES)
        except ValidationError as error:
            raise ValidationError({"prefix": error.messages}) from error
        if unknown:
            raise ValidationError({"prefix": [gettext("花括号中只能写 yy、yyyy、mm、dd。")]})
        series = NumberSeries(**found)
        beginning = series.write_prefix(date(2026, 1, 1))
        fits = len(beginning) <= LONGEST_PREFIX and len(beginning) + series.digits <= LONGEST_NUMBER
        if not fits or not re.fullmatch(r"[0-9A-Z]*", beginning):
            said = gettext(
                "号码只能由数字和大写字母组成，开头不超过 %(prefix)s 位，总长不超过 %(most)s 位。",
                prefix=LONGEST_PREFIX,
                most=LONGEST_NUMBER,
            )
            raise ValidationError({"prefix": [said]})
        return series


class CardSchema(Schema):
    """The card of a service."""

    title = TextField(required=True, longest=40)
    text = TextField(longest=200)
    button = TextField(longest=20)

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> Card:
        return Card(**found)


class ServiceSchema(Schema):
    """A file of one service."""

    key = Key(required=True)
    title = TextField(required=True, longest=60)
    description = TextField()
    entry = Key(required=True)
    subject = TermField(TermSort.SUBJECT)
    starts = fields.List(fields.String(validate=validate.Length(min=1, max=60)))
    number = fields.Nested(NumberSchema)
    card = fields.Nested(CardSchema)
    notices = fields.Dict(keys=TermField(TermSort.OCCASION), values=Key())
    sheets = fields.Dict(keys=TermField(TermSort.SHEET), values=Key())

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> Service:
        return Service(**{**found, "starts": tuple(found.get("starts", ()))})
