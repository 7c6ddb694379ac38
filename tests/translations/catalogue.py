"""A tiny catalogue of English, and an app that is led to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import flask_babel
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from flask import Flask

Said = Mapping[str | tuple[str, str], str | tuple[str, ...]]


def make_catalogue(folder: Path, said: Said, language: str = "en") -> Path:
    """Write a catalogue as translators keep it, and as the app reads it."""
    catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False)
    for source, target in said.items():
        catalogue.add(source, target)
    place = folder / language / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "messages.po").open("wb") as file:
        write_po(file, catalogue)
    with (place / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    return place / "messages.po"


@contextmanager
def led_to(app: Flask, folder: Path) -> Iterator[None]:
    """Let the app of the process read the catalogues of a folder for a while."""
    babel = app.extensions["babel"]
    before = babel.translation_directories
    babel.translation_directories = [str(folder)]
    _forget(app)
    try:
        yield
    finally:
        babel.translation_directories = before
        _forget(app)


def _forget(app: Flask) -> None:
    with app.app_context():
        flask_babel.get_domain().cache.clear()
