"""What a diagram or table that cannot be read was to define: its names are not told as unknown besides."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from models.processes.states import DefinitionSort
from workflows.definitions.files import DefinitionName

# In bytes: what is malformed has no tree, and what is in another encoding no text.
_NAMED = re.compile(
    rb"<(?:[A-Za-z_][\w.-]*:)?(process|decision)\s[^<>]{0,2000}?\bid\s*=\s*[\"']([\w.-]{1,200})[\"']"
)


def list_drawn_names(file: str, source: bytes) -> frozenset[DefinitionName]:
    """The processes and tables that a file seems to hold; by its name where nothing in it says so."""
    found = frozenset((DefinitionSort(kind.decode()), key.decode()) for kind, key in _NAMED.findall(source))
    name = PurePosixPath(file).name
    sort = DefinitionSort.DECISION if name.lower().endswith(".dmn") else DefinitionSort.PROCESS
    return found or frozenset({(sort, name.partition(".")[0])})
