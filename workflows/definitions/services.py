"""Services: what people can apply for, which process it is, and how it shows itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from translations import gettext
from workflows.definitions.names import Key, TermField
from workflows.definitions.texts import NOTHING, Text, TextField
from workflows.vocabulary import TermSort

PLACES = ("yy", "yyyy", "mm", "dd")  # what the beginning of a number may name, in braces


@dataclass(frozen=True, kw_only=True)
class NumberSeries:
    """How the cases of a service are numbered: a beginning that changes with time, and a running number."""

    prefix: str = ""  # "{yy}{mm}"
    digits: int = 6


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

    prefix = fields.String(load_default="", validate=validate.Length(max=12))
    digits = fields.Integer(load_default=6, strict=True, validate=validate.Range(min=3, max=10))

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> NumberSeries:
        try:
            found["prefix"].format(**dict.fromkeys(PLACES, "00"))
        except (KeyError, ValueError, IndexError, AttributeError):
            said = gettext("花括号中只能写 yy、yyyy、mm、dd。")
            raise ValidationError({"prefix": [said]}) from None
        return NumberSeries(**found)


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
