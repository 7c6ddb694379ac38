"""A folder of designers' files: diagrams, tables, forms, letters, notices, public states, services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from workflows.definitions import files

DIAGRAMS = (".bpmn", ".dmn")


def list_files(folder: Path) -> Iterator[Path]:
    """The files below a folder that can be deployed, in the order of their names."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (path.suffix in DIAGRAMS or files.find_sort(path.name) is not None):
            yield path


def read_folder(folder: Path) -> dict[str, bytes]:
    """The same by their way from the folder, with what they hold."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in list_files(folder)}
