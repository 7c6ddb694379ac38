"""How a sentence reaches a person: written in Chinese, said in the language of whoever reads it.

Every sentence stands in a call of one of these functions, where `flask translate extract` finds it. What is
put into it is named: `gettext("共 %(count)s 件", count=3)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import flask_babel
from flask import current_app, has_app_context


def gettext(sentence: str, /, **values: object) -> str:
    """Say a sentence now."""
    said = flask_babel.gettext(_source(sentence)) if _knows_languages() else _source(sentence)
    return said % values if values else said


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """Say a sentence about a number of things, which is named `num` in it."""
    if _knows_languages():
        return str(flask_babel.ngettext(_source(one), _source(many), count, **values))
    return _source(one if count == 1 else many) % ({"num": count} | values)


def lazy_gettext(sentence: str, /, **values: object) -> Sentence:
    """Name a sentence where no reader is known yet: it is said whenever it is shown."""
    return Sentence(sentence, values)


class Sentence(str):
    """A sentence of a module: compared and kept by its Chinese source, shown in the reader's language.

    It is a text, so that labels can be sorted, looked up and stored; only showing it (`str`, a format, a
    template) translates it.
    """

    __slots__ = ("_template", "_values")
    _template: str
    _values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """A sentence whose source is a template with its values filled in."""
        made = super().__new__(cls, template % values if values else template)
        made._template, made._values = template, values
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, Mapping[str, object]]]:
        return type(self), (self._template, self._values)

    def __str__(self) -> str:
        return gettext(self._template, **self._values)

    def __format__(self, spec: str, /) -> str:
        return format(str(self), spec)

    def __mod__(self, values: Any, /) -> str:
        said: str = str(self) % values
        return said

    def format(self, *args: object, **values: object) -> str:
        """Fill in what its braces name, in the reader's language."""
        return str(self).format(*args, **values)


def _source(sentence: str) -> str:
    return str.__str__(sentence)  # of a `Sentence`, too: a plain text


def _knows_languages() -> bool:
    return has_app_context() and "babel" in current_app.extensions
