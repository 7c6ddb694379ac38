"""The catalogues of other languages: what there is to translate, and what of it a catalogue lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

MAPPING = "translations/babel.cfg"
# The functions that say a sentence, and which of their arguments is the source: once more for a plural,
# where Chinese has one form for all numbers.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "gettext_plural": (1, 1),
    "gettextPlural": (1, 1),
    "lazy_gettext_plural": (1, 1),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}(?!\})")
WIDTH = 100


def collect_sentences(root: Path) -> Catalog:
    """Every sentence of the product with the places it stands in: Python, templates and scripts."""
    parse: Callable[..., Any] = parse_mapping_cfg  # Babel has no types for it
    with (root / MAPPING).open(encoding="utf-8") as file:
        methods, options = parse(file, MAPPING)
    found = Catalog(project="Zige", charset="utf-8", fuzzy=False)
    for file_name, line, sentence, comments, context in extract_from_dir(
        str(root), methods, options, KEYWORDS, directory_filter=_may_speak
    ):
        found.add(
            sentence, None, [(Path(file_name).as_posix(), line)], auto_comments=comments, context=context
        )
    return found


def _may_speak(folder: str | Path) -> bool:
    return Path(folder).name not in {".venv", "node_modules", "dist", "build", "instance", "tests"}


def find_catalogues(folder: Path) -> dict[str, Path]:
    """The catalogues that exist in a folder, by their language."""
    found = sorted(folder.glob("*/LC_MESSAGES/messages.po"))
    return {path.parts[-3]: path for path in found}


def read_catalogue(path: Path, language: str) -> Catalog:
    """The catalogue of a language, as translators keep it."""
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """Keep a catalogue; a line that has moved in a source file changes nothing in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, sort_output=True, include_lineno=False)


def list_faults(catalogue: Catalog, wanted: Catalog) -> Iterator[tuple[str, str]]:
    """What a catalogue lacks of what is wanted, each as a fault and the sentence it is about."""
    for message in wanted:
        if message.id:
            held = catalogue.get(message.id, message.context)
            source = _list_sources(message)[0]
            yield from ((fault, source) for fault in _list_faults_of(held, message, catalogue.num_plurals))


def _list_faults_of(held: Message | None, wanted: Message, plurals: int) -> Iterator[str]:
    forms = _list_forms(held)
    if held is None or not any(forms):
        yield "missing"
        return
    if held.fuzzy:
        yield "fuzzy"
    wanted_forms = plurals if wanted.pluralizable else 1
    if len(forms) != wanted_forms or not all(forms):
        yield "plural"
    asked = _find_placeholders(_list_sources(wanted)[-1])
    # One form of a plural may leave the number out, which it says in words.
    free = {"num"} if wanted.pluralizable else set()
    for form in forms:
        if form and (_find_placeholders(form) ^ asked) - free:
            yield "placeholders"
            return


def _list_sources(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, list | tuple) else [message.id]


def _list_forms(message: Message | None) -> list[str]:
    if message is None:
        return []
    said = message.string
    return [str(one or "") for one in said] if isinstance(said, list | tuple) else [str(said or "")]


def _find_placeholders(sentence: str) -> set[str]:
    return {named or braced for named, braced in PLACEHOLDER.findall(sentence)}


@lru_cache(maxsize=1)
def list_script_sentences(root: Path) -> tuple[str | tuple[str, ...], ...]:
    """The sentences of the scripts of the browser, which a page in another language brings along."""
    found = extract_from_dir(str(root / "static" / "js"), [("**.js", "javascript")], keywords=KEYWORDS)
    return tuple(dict.fromkeys(sentence for _, _, sentence, _, _ in found))
