"""Notices: what people are told, with the data of the case in braces, for each way on which it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from translations import gettext
from workflows.definitions.reading.names import explain_unknown, is_kept
from workflows.definitions.reading.names import list_fields as list_field_terms
from workflows.definitions.reading.texts import Text, TextField

USE = "notice"  # of the data that notices may name
CHANNELS = ("sms", "mail")  # besides the account, which shows title and text


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """What is said; a channel may say it in words of its own."""

    title: Text
    text: Text
    channels: Mapping[str, Text]
    when: str = ""  # the field that has to be set for this variant; "not field" turns it round


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notice with its variants, the one without a condition last."""

    key: str
    variants: tuple[NoticeText, ...]

    def choose_variant(self, facts: Mapping[str, Any]) -> NoticeText:
        """The first variant whose condition holds."""
        return next(one for one in self.variants if _holds(one.when, facts))


def _holds(condition: str, facts: Mapping[str, Any]) -> bool:
    name = condition.removeprefix("not ").strip()
    return not name or bool(facts.get(name)) != condition.startswith("not ")


class FilledText(TextField):
    """A text with fields in braces, each one that cases have."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Text:
        text = super()._deserialize(value, attr, data, **kwargs)
        for part in (str.__str__(text), text.english):
            check_fields(part)
        return text


def check_fields(text: str) -> None:
    """Refuse a text that names fields which no case has, or whose braces do not fit."""
    for name in list_fields(text):
        check_field(name)


def check_field(name: str) -> None:
    """Refuse a field that no case has, with the one that may have been meant."""
    known = list_field_terms(USE)
    if name not in known and not is_kept():
        raise ValidationError(explain_unknown(name, known))


def list_fields(text: str) -> Iterator[str]:
    """The fields that a text names."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise ValidationError(gettext("花括号没有成对。")) from None
    for _, name, form, conversion in parsed:
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValidationError(gettext("花括号中只能写一个数据项的名称。"))
        yield name


class VariantSchema(Schema):
    """One variant of a notice."""

    when = fields.String(load_default="", validate=validate.Length(max=80))
    title = FilledText(required=True, longest=60)
    text = FilledText(required=True, longest=500)
    sms = FilledText(longest=300)
    mail = FilledText(longest=2_000)

    @post_load
    def build_text(self, found: dict[str, Any], **_: Any) -> Any:
        """What the object says."""
        return self.read_text(found)

    def read_text(self, found: dict[str, Any]) -> NoticeText:
        """One way of saying it."""
        if found["when"]:
            check_field(found["when"].removeprefix("not ").strip())
        channels = {name: found[name] for name in CHANNELS if name in found}
        return NoticeText(title=found["title"], text=found["text"], when=found["when"], channels=channels)


class NoticeSchema(VariantSchema):
    """One notice: its text, and before it the variants that come first where their conditions hold."""

    variants = fields.List(fields.Nested(VariantSchema), load_default=list)

    @post_load
    def build_text(self, found: dict[str, Any], **_: Any) -> Any:
        """All ways of saying it, the one without a condition last."""
        if found["when"]:
            raise ValidationError({"when": [gettext("条件写在 variants 里，最后总要有一种没有条件的说法。")]})
        if any(not one.when for one in found["variants"]):
            raise ValidationError({"variants": [gettext("每种说法都要写条件（when）。")]})
        return (*found["variants"], self.read_text({**found, "when": ""}))
