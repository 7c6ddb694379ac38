"""The sentences of the browser's scripts, which a page in another language than Chinese brings along."""

from __future__ import annotations

from pathlib import Path

import flask_babel
from flask import current_app

from translations import SOURCE
from translations.catalogues import list_script_sentences

FORMS = (
    "zero",
    "one",
    "two",
    "few",
    "many",
    "other",
)  # of a plural, in the order of static/js/translations.js
SAMPLES = (*range(200), 1_000_000)  # numbers among which every form of every language is found


def find_script_sentences() -> dict[str, str | list[str]]:
    """Each sentence of the scripts as the reader's language says it, a plural in all its forms."""
    locale = flask_babel.get_locale()
    if locale is None or str(locale) == SOURCE:
        return {}
    said = flask_babel.get_translations()
    numbers = {locale.plural_form(number): number for number in reversed(SAMPLES)}
    forms = [numbers[form] for form in FORMS if form in numbers]
    found: dict[str, str | list[str]] = {}
    for sentence in list_script_sentences(Path(current_app.root_path)):
        if isinstance(sentence, str):
            found[sentence] = said.ugettext(sentence)
        else:
            found[sentence[0]] = [said.ungettext(*sentence, number) for number in forms]
    return found
