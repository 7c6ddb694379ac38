"""Which characters the typefaces of some folders can draw."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

Folders = tuple[Path, ...]
# Private use, half of a pair, not assigned: a typeface that draws one of these draws what somebody made up,
# and HanaMinA does it for 1,402 of them.
WITHOUT_MEANING = frozenset({"Co", "Cs", "Cn"})


def find_undrawable(facts: Any, typefaces: Iterable[Folders]) -> tuple[str, ...]:
    """The characters among some facts that none of the typefaces draws; later ones are read when needed."""
    written = {one for text in walk_texts(facts) for one in text if ord(one) > 32}
    without = {one for one in written if unicodedata.category(one) in WITHOUT_MEANING}
    rest = written - without
    for folders in typefaces:
        if rest:
            rest = {one for one in rest if ord(one) not in _read_characters(folders)}
    return tuple(sorted(rest | without))


def walk_texts(value: Any) -> Iterator[str]:
    """All texts among some facts, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from walk_texts(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from walk_texts(child)


@lru_cache(maxsize=8)
def _read_characters(folders: Folders) -> frozenset[int]:
    # Weights of one family draw the same characters; where one is called regular, it speaks for all.
    found = [path for folder in folders for path in sorted(folder.glob("*.[to]t[fc]"))]
    regular = [path for path in found if path.stem.endswith("Regular")]
    known: set[int] = set()
    for path in regular or found:
        for font in _open_fonts(path):
            known.update(font.getBestCmap() or {})
            font.close()
    return frozenset(known)


def _open_fonts(path: Path) -> list[TTFont]:
    if path.suffix == ".ttc":
        return list(TTCollection(path, lazy=True).fonts)
    return [TTFont(path, lazy=True)]
