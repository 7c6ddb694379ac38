"""How a sentence reaches a person: written in Chinese, said in the language of whoever reads it.

Every sentence stands in a call of one of these functions, where `flask translate extract` finds it. What is
put into it is named: `gettext("共 %(rows)s 行", rows=3)`. What is kept, printed or sent is said in the
language of the office, within `office_language()`, whoever reads the page on which it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Self

import flask_babel
from babel import dates
from flask import current_app, has_app_context
from markupsafe import escape

SOURCE = "zh_Hans_CN"  # the language of the sentences themselves, and of the office


def gettext(sentence: str, /, **values: object) -> str:
    """Say a sentence now."""
    said = str(flask_babel.gettext(source_of(sentence))) if _knows_languages() else source_of(sentence)
    return said % values if values else said


def gettext_plural(sentence: str, /, num: int, **values: object) -> str:
    """Say a sentence about a number of things, which is named `num` in it; Chinese has one form for all."""
    return ngettext(sentence, sentence, num, **values)


def ngettext(one: str, many: str, num: int, /, **values: object) -> str:
    """Say a sentence about a number of things, whose source has a form for one and a form for many."""
    if _knows_languages():
        return str(flask_babel.ngettext(source_of(one), source_of(many), num, **values))
    return source_of(one if num == 1 else many) % ({"num": num} | values)


def say_source(source: str, /) -> str:
    """Say a sentence that was kept by its source: the label of what an applicant changed."""
    return gettext(source)


def source_of(sentence: str, /) -> str:
    """The Chinese of a sentence, by which it is kept, sent in a form and compared."""
    return str.__str__(sentence)


def lazy_gettext(sentence: str, /, **values: object) -> Sentence:
    """Name a sentence where no reader is known yet: it is said whenever it is shown.

    Without values its placeholders stay, for `%` to fill in where they are known.
    """
    return Sentence(sentence, values)


def lazy_gettext_plural(sentence: str, /) -> Sentence:
    """Name a sentence about a number of things, for `%` to fill in; the number is named `num` in it."""
    return PluralSentence(sentence, {})


def join_words(words: Iterable[object]) -> str:
    """List words as a sentence does: 语文、数学."""
    return gettext("、").join(str(word) for word in words)


def join_choices(words: Iterable[object]) -> str:
    """List words of which one is to be taken: memory 或 redis."""
    first, *others = map(str, words)
    for other in others:
        first = gettext("%(first)s 或 %(second)s", first=first, second=other)
    return first


def join_clauses(clauses: Iterable[object]) -> str:
    """List clauses as a sentence does: 缺少签名；没有盖章."""
    return gettext("；").join(str(clause) for clause in clauses)


def join_sentences(sentences: Iterable[object]) -> str:
    """Say whole sentences one after the other, those that are there; Chinese has no space between them."""
    said = ""
    for sentence in sentences:
        following = str(sentence)
        said = (
            gettext("%(before)s%(after)s", before=said, after=following)
            if said and following
            else (said or following)
        )
    return said


def join_facts(facts: Iterable[object], between: str = "\u3000") -> str:
    """Set facts that are not a sentence beside each other, those that are there: 本科　全日制."""
    return between.join(said for said in map(str, (fact for fact in facts if fact is not None)) if said)


def format_date(skeleton: str, day: date) -> str:
    """A day as the reader's language writes it: "yMMMd" with its year, "MMMd", "yMMM", or "d" alone.

    Skeletons are those of Unicode LDML: the parts that are wanted, whose order each language has.
    """
    locale = flask_babel.get_locale() if _knows_languages() else None
    return str(dates.format_skeleton(skeleton, day, locale=locale or SOURCE))


def reader_language() -> str:
    """The language of whoever reads: "en", "zh"."""
    locale = flask_babel.get_locale() if _knows_languages() else None
    return str(locale.language) if locale is not None else SOURCE.partition("_")[0]


@contextmanager
def office_language() -> Iterator[None]:
    """Within it everything is said in the language of the office: what is kept, printed or sent."""
    if not _knows_languages() or str(flask_babel.get_locale()) == SOURCE:
        yield
        return
    with flask_babel.force_locale(SOURCE):
        yield


class Sentence(str):
    """A sentence of a module: compared and kept by its Chinese source, shown in the reader's language.

    It is a text, so that labels can be sorted, looked up and stored; only showing it (`str`, a format, a
    template, an answer of the API) translates it. `str.join` and `json.dumps` see the source: `join_words`
    and its kin say what they list, and `plain_texts` what is written as JSON.
    """

    __slots__ = ("template", "values")
    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """A sentence whose source is a template with its values filled in."""
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, Mapping[str, object]]]:
        return type(self), (self.template, self.values)

    def __str__(self) -> str:
        return gettext(self.template, **self.values)

    def __html__(self) -> str:
        # Without it Jinja's `~` and `join` would take the source for the text of a page.
        return escape(str(self))

    def __format__(self, spec: str, /) -> str:
        return format(str(self), spec)

    def __mod__(self, values: Any, /) -> str:
        said: str = str(self) % values
        return said

    def format(self, *args: object, **values: object) -> str:
        """Fill in what its braces name, in the reader's language."""
        return str(self).format(*args, **values)


class PluralSentence(Sentence):
    """A sentence about a number of things that is not known yet."""

    __slots__ = ()

    def __mod__(self, values: Any, /) -> str:
        return gettext_plural(self.template, **values)


def plain_texts(value: Any) -> Any:
    """A value of JSON with its sentences said: the encoder itself would write their sources."""
    if isinstance(value, Sentence):
        return str(value)
    if isinstance(value, dict):
        return {plain_texts(key): plain_texts(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain_texts(part) for part in value]
    return value


def _knows_languages() -> bool:
    return has_app_context() and "babel" in current_app.extensions
