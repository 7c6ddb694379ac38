"""Fields that several definitions share: their own key, and the keys and words that they name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, fields, validate

from translations import gettext, join_words, lazy_gettext
from workflows import vocabulary
from workflows.vocabulary import TermSort

LONGEST_KEY = 120  # characters, as the columns have
KEY_PATTERN = r"\A[A-Za-z_][A-Za-z0-9_./-]{0,119}\Z"
KEY = validate.Regexp(
    KEY_PATTERN,
    error=lazy_gettext("编号须以字母开头，只含字母、数字和 _ . / -，不超过 120 个字符。"),
)


class Key(fields.String):
    """A name that designers give: of a letter, a state, a process."""

    def __init__(self, **known: Any) -> None:
        super().__init__(validate=KEY, **known)


class TermField(fields.String):
    """A word that Python knows; another one is refused with those that there are."""

    def __init__(self, sort: TermSort, **known: Any) -> None:
        super().__init__(**known)
        self.sort = sort

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        word: str = super()._deserialize(value, attr, data, **kwargs)
        check_term(self.sort, word)
        return word


def check_term(sort: TermSort, word: str) -> None:
    """Refuse a word that nobody registered."""
    if vocabulary.find_term(sort, word) is None:
        raise ValidationError(explain_unknown(word, vocabulary.list_terms(sort)))


def explain_unknown(word: str, known: Iterable[str]) -> str:
    """The sentence about an unknown word, with those that are known."""
    return gettext("没有“%(word)s”，可以用：%(known)s。", word=word, known=join_words(sorted(known)))
