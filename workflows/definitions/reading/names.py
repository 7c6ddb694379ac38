"""Fields that several definitions share: their own key, and the keys and words that they name."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from marshmallow import ValidationError, fields, validate

from translations import gettext, join_sentences, join_words, lazy_gettext
from workflows import vocabulary
from workflows.vocabulary import Term, TermSort

LONGEST_LIST = 200  # characters of the names that a sentence lists
LONGEST_KEY = 120  # characters, as the columns have
PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]{0,119}")
KEY = validate.Regexp(
    rf"\A{PATTERN.pattern}\Z",
    error=lazy_gettext("编号须以字母开头，只含字母、数字和 _ . / -，不超过 120 个字符。"),
)


_kept: ContextVar[bool] = ContextVar("kept", default=False)


@contextmanager
def kept_words() -> Iterator[None]:
    """Within it words are taken as they are: what was accepted once goes on, whatever is known now."""
    token = _kept.set(True)
    try:
        yield
    finally:
        _kept.reset(token)


def is_kept() -> bool:
    """Whether what is read was deployed before."""
    return _kept.get()


class Key(fields.String):
    """A name that designers give: of a letter, a state, a process."""

    def __init__(self, **known: Any) -> None:
        super().__init__(validate=KEY, **known)


class OneWord(validate.Validator):
    """One of some words; another one is refused with them, and with the one that may have been meant."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(words)

    def __call__(self, value: Any) -> Any:
        """Refuse another word; an empty one is told as what may be left out."""
        if value not in self.words:
            known = [word for word in self.words if word]
            empty = gettext("也可以留空。") if len(known) < len(self.words) else ""
            raise ValidationError(join_sentences((explain_unknown(str(value), known), empty)))
        return value


class TermField(fields.String):
    """A word that Python knows; another one is refused with those that there are."""

    def __init__(self, sort: TermSort, **known: Any) -> None:
        super().__init__(**known)
        self.sort = sort

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        word: str = super()._deserialize(value, attr, data, **kwargs)
        check_term(self.sort, word)
        return word


def is_key(name: str) -> bool:
    """Whether a designer may give this name."""
    return PATTERN.fullmatch(name) is not None


def check_term(sort: TermSort, word: str) -> None:
    """Refuse a word that nobody registered."""
    if not is_kept() and vocabulary.find_term(sort, word) is None:
        raise ValidationError(explain_unknown(word, vocabulary.list_terms(sort)))


def list_fields(use: str) -> dict[str, Term]:
    """The data of cases that letters, or notices, may name."""
    known = vocabulary.list_terms(TermSort.FIELD)
    return {name: term for name, term in known.items() if use in term.details["used_by"]}


def explain_unknown(word: str, known: Iterable[str] | Mapping[str, Term]) -> str:
    """The sentence about an unknown word, with those that are known, and the one that may have been meant."""
    near = _find_near(word, known)
    listed = join_words(sorted(known))
    if near is None:
        return gettext("没有“%(word)s”，可以用：%(known)s。", word=word, known=listed)
    return gettext(
        "没有“%(word)s”，是不是“%(near)s”？可以用：%(known)s。", word=word, near=near, known=listed
    )


def suggest_known(word: str, known: Iterable[str]) -> str:
    """What may have been meant by an unknown word, and what there is; of many only how to list them."""
    names = sorted(known)
    near = _find_near(word, names)
    said = [gettext("是不是“%(near)s”？", near=near)] if near is not None else []
    listed = join_words(names)
    if names and len(listed) <= LONGEST_LIST:
        said.append(gettext("可以用：%(known)s。", known=listed))
    elif names:
        said.append(gettext("可以用的名称见词汇表（./zige flask vocabulary）。"))
    return join_sentences(said)


def _find_near(word: str, known: Iterable[str] | Mapping[str, Term]) -> str | None:
    """The known word that looks like one, or whose Chinese does."""
    written = {name.lower(): name for name in known}
    if isinstance(known, Mapping):
        written |= {str.__str__(term.label): name for name, term in known.items() if isinstance(term, Term)}
    near = difflib.get_close_matches(word.lower()[:40], written, n=1, cutoff=0.6)
    return written[near[0]] if near else None
