"""What looks odd in a PDF that is fit otherwise: layers that nobody sees, pages of a monstrous size."""

from __future__ import annotations

from collections.abc import Iterator

import pikepdf

HIDDEN = "hidden:0"  # of the whole file, not of one page
LONGEST = 1684  # 1/72 inch, the longer side of A2: what is larger was not scanned from an office's paper
THINNEST = 5  # times as long as wide


def find_odd_looks(document: pikepdf.Pdf) -> tuple[str, ...]:
    """Each finding as its word and the page: hidden:0, large:3, thin:2."""
    return (*([HIDDEN] if _hides_layers(document) else []), *_find_odd_sizes(document))


def _hides_layers(document: pikepdf.Pdf) -> bool:
    """Whether a layer (ISO 32000-1, 8.11) is off when the file is opened: its page has more than is seen."""
    layers = document.Root.get("/OCProperties")
    if not isinstance(layers, pikepdf.Dictionary) or not _is_filled(layers.get("/OCGs")):
        return False
    usual = layers.get("/D")
    if not isinstance(usual, pikepdf.Dictionary):
        return False
    if str(usual.get("/BaseState", "/ON")) == "/OFF":
        return len(_as_list(layers.get("/OCGs"))) > len(_as_list(usual.get("/ON")))
    return _is_filled(usual.get("/OFF"))


def _find_odd_sizes(document: pikepdf.Pdf) -> Iterator[str]:
    for number, page in enumerate(document.pages, start=1):
        unit = float(page.obj.get("/UserUnit", 1))
        box = pikepdf.Rectangle(page.mediabox)
        shorter, longer = sorted((box.width * unit, box.height * unit))
        if longer > LONGEST:
            yield f"large:{number}"
        elif longer > THINNEST * shorter:
            yield f"thin:{number}"


def _is_filled(value: object) -> bool:
    return len(_as_list(value)) > 0


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, pikepdf.Array) else []
