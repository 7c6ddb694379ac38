"""PDF by typst. What people wrote goes in as data, never as markup; pictures as files beside the template."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import typst
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

FALLBACK = Path("/usr/share/fonts/opentype/noto")  # where Debian's fonts-noto-cjk puts them
Facts = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A finished document, and the characters that no font had (rare characters of names)."""

    content: bytes
    missing: tuple[str, ...]


class Typesetter:
    """Turns facts into PDF by the templates of a library folder, with the fonts of a folder."""

    def __init__(self, library: Path | str, fonts: Path | str, *, fallback: Path | str = FALLBACK) -> None:
        self._library = Path(library)
        self._folder, self._fallback = Path(fonts), Path(fallback)

    def application_form(self, facts: Facts) -> Document:
        """教师资格认定申请表, two pages of A4. The keys are named at the head of the template."""
        return self.typeset("accreditation/letters/application_form.typ", facts)

    def certificate(self, facts: Facts) -> Document:
        """教师资格证书, pages of 14.5 × 20.5 cm."""
        return self.typeset("certificate/letters/certificate.typ", facts)

    def typeset(self, template: str, facts: Facts) -> Document:
        """Typeset any template of the library; bytes among the facts are pictures, named by their file."""
        file = self._library / template
        return self.typeset_files({file.name: file.read_text(encoding="utf-8")}, facts)

    def typeset_files(self, files: Mapping[str, str], facts: Facts) -> Document:
        """Typeset the first of some files, which may import the others by name."""
        with TemporaryDirectory(prefix="typeset-") as folder:
            for name, text in files.items():
                (Path(folder) / name).write_text(text, encoding="utf-8")
            return self._compiled(Path(folder), next(iter(files)), facts)

    def missing(self, facts: Facts) -> tuple[str, ...]:
        """The characters among some facts that no font has."""
        return self._missing(facts)

    def _compiled(self, root: Path, name: str, facts: Facts) -> Document:
        main = root / name
        plain = {name: _plain(root, name, value) for name, value in facts.items()}
        given = {"facts": json.dumps(plain, ensure_ascii=False)}
        compiler = typst.Compiler(main, root=root, font_paths=_fonts_of(self._font_folders), sys_inputs=given)
        content = cast(bytes, compiler.compile(format="pdf"))  # a list only for formats of one file a page
        return Document(content=content, missing=self._missing(plain))

    @cached_property
    def _font_folders(self) -> tuple[Path, ...]:
        # Of the package's nine weights two are used, and each is ten megabytes to read.
        weights = [self._folder / weight for weight in ("400Regular", "700Bold")]
        for folders in (weights, [self._folder], [self._fallback]):
            if all(any(folder.glob("*.[to]t[fc]")) for folder in folders):
                return tuple(folders)
        raise FileNotFoundError(f"no Chinese font in {self._folder} or {self._fallback}")

    def _missing(self, plain: Any) -> tuple[str, ...]:
        known = _characters(self._font_folders)
        return tuple(
            sorted({c for text in _texts(plain) for c in text if ord(c) > 32 and ord(c) not in known})
        )


def _plain(root: Path, name: str, value: Any) -> Any:
    if not isinstance(value, bytes):
        return value
    file = f"{name}.png" if value.startswith(b"\x89PNG") else f"{name}.jpg"
    (root / file).write_bytes(value)
    return file


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, (list, tuple)):
        for child in value:
            yield from _texts(child)


@lru_cache(maxsize=4)
def _fonts_of(folders: tuple[Path, ...]) -> typst.Fonts:
    """The fonts of these folders, read once; those of the machine are left out, they would differ."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


@lru_cache(maxsize=4)
def _characters(folders: tuple[Path, ...]) -> frozenset[int]:
    """The code points that the regular fonts of these folders can draw."""
    known: set[int] = set()
    for path in (path for folder in folders for path in sorted(folder.glob("*Regular.[to]t[fc]"))):
        for font in _fonts(path):
            known.update(font.getBestCmap() or {})
            font.close()
    return frozenset(known)


def _fonts(path: Path) -> list[TTFont]:
    if path.suffix == ".ttc":
        return list(TTCollection(path, lazy=True).fonts)
    return [TTFont(path, lazy=True)]
