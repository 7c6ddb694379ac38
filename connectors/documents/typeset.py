"""PDF by typst. What people wrote goes in as data, never as markup; pictures as files beside the template.

Templates may be anybody's: typst runs in a child process (`typst_process`), which no template can hold up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from connectors.documents import glyphs
from connectors.documents.typst_process import find_process

FALLBACK = Path("/usr/share/fonts/opentype/noto")  # where Debian's fonts-noto-cjk puts them
LETTER = Path(__file__).with_name("letter.typ")  # sets any letter that is given to it as data
GETA = "〓"  # how typesetters mark a character that they have no type for
Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TypesetDocument:
    """A finished document, and the characters that no font had (rare characters of names)."""

    content: bytes
    missing: tuple[str, ...]


class Typesetter:
    """Turns facts into PDF by templates, with the fonts of a folder.

    What those fonts lack is taken from `rare`, folders of typefaces for rare characters that may be absent.
    """

    def __init__(
        self,
        fonts: Path | str,
        *,
        rare: Sequence[Path | str] = (),
        fallback: Path | str = FALLBACK,
    ) -> None:
        self._folder, self._fallback = Path(fonts), Path(fallback)
        self._rare = tuple(Path(folder) for folder in rare if Path(folder).is_dir())

    def typeset_files(self, files: Mapping[str, str], facts: Facts) -> TypesetDocument:
        """Typeset the first of some files, which may read the others; bytes among the facts are pictures.

        Raises UnfitTemplate where the template is to blame.
        """
        with TemporaryDirectory(prefix="typeset-") as folder:
            for name, text in files.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            return self._compile_document(Path(folder), next(iter(files)), facts)

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The characters among some facts that no font has."""
        return glyphs.find_undrawable(facts, (self._font_folders, self._rare))

    def _compile_document(self, root: Path, name: str, facts: Facts) -> TypesetDocument:
        main = root / name
        plain = {name: _save_picture(root, name, value) for name, value in facts.items()}
        missing = self.missing(plain)
        # A typeface may draw a character of private use as something else: a mark says that one is missing.
        marks = str.maketrans(dict.fromkeys(missing, GETA))
        given = {"facts": json.dumps(_mark_undrawable(plain, marks), ensure_ascii=False)}
        process = find_process(tuple(str(folder) for folder in (*self._font_folders, *self._rare)))
        return TypesetDocument(content=process.compile_document(main, given), missing=missing)

    @cached_property
    def _font_folders(self) -> tuple[Path, ...]:
        # Of the package's nine weights two are used, and each is ten megabytes to read.
        weights = [self._folder / weight for weight in ("400Regular", "700Bold")]
        for folders in (weights, [self._folder], [self._fallback]):
            if all(any(folder.glob("*.[to]t[fc]")) for folder in folders):
                return tuple(folders)
        raise FileNotFoundError(f"no Chinese font in {self._folder} or {self._fallback}")


def _save_picture(root: Path, name: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    file = f"{name}.png" if value.startswith(b"\x89PNG") else f"{name}.jpg"
    (root / file).write_bytes(value)
    return file


def _mark_undrawable(value: Any, marks: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(marks)
    if isinstance(value, Mapping):
        return {name: _mark_undrawable(child, marks) for name, child in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mark_undrawable(child, marks) for child in value]
    return value


def list_letter_files(layout: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The files by which a letter is typeset: our template, and what the letter says as data."""
    said = json.dumps(layout, ensure_ascii=False, sort_keys=True)
    return [(LETTER.name, LETTER.read_text(encoding="utf-8")), ("letter.json", said)]


def read_own_sheet(name: str) -> dict[str, str]:
    """A sheet of ours that is the same for everybody, as the file that typst reads."""
    file = LETTER.with_name(f"{name}.typ")
    return {file.name: file.read_text(encoding="utf-8")}
