"""Texts of designers: Chinese, with English beside it where somebody wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields

from models.base.unseen import describe_unseen
from translations import Sentence, gettext, reader_language
from workflows.definitions.reading import names

LONGEST = 2_000  # characters of one text


class Text(Sentence):
    """A text that is shown in the reader's language when it has one for it; compared by its Chinese.

    As data it is the Chinese alone, or {"zh": …, "en": …}.
    """

    __slots__ = ("english",)
    english: str

    def __new__(cls, chinese: str, english: str = "") -> Text:
        """A text; without English it reads Chinese everywhere."""
        made = super().__new__(cls, chinese, {})
        made.english = english
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.template, self.english)

    def __str__(self) -> str:
        return self.english if self.english and reader_language() == "en" else str.__str__(self)


class TextField(fields.Field[Text]):
    """A text of a file: a string, or an object of Chinese and English."""

    def __init__(self, *, longest: int = LONGEST, **known: Any) -> None:
        super().__init__(**known)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Text:
        parts = {"zh": value} if isinstance(value, str) else value
        if not isinstance(parts, Mapping) or not parts.get("zh") or parts.keys() - {"zh", "en"}:
            raise ValidationError(gettext('请写一段文字，或写成 {"zh": 中文, "en": 英文}。'))
        if not all(isinstance(part, str) for part in parts.values()):
            raise ValidationError(gettext("须为文字。"))
        if any(len(part) > self.longest for part in parts.values()):
            raise ValidationError(gettext("不能超过 %(longest)s 个字符。", longest=self.longest))
        for part in parts.values():
            if not names.is_kept() and (said := describe_unseen(part)):
                raise ValidationError(gettext("%(fault)s。", fault=said))
        return Text(parts["zh"], parts.get("en", ""))


NOTHING = Text("")
