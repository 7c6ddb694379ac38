"""Whether a JPEG is whole. Pillow fills what is lost inside one with grey, and says nothing about it."""

from __future__ import annotations

import pikepdf

_MARK = b"\xff\xd8"


def is_whole(content: bytes) -> bool:
    """Whether every part of a JPEG can be read; other formats check themselves and count as whole.

    A copy from a damaged card and a repaired download have their end, and only some of what was before it.
    """
    if not content.startswith(_MARK):
        return True
    with pikepdf.new() as document:
        picture = pikepdf.Stream(document, content, Filter=pikepdf.Name.DCTDecode)
        try:
            picture.read_bytes(pikepdf.StreamDecodeLevel.all)
        except (pikepdf.PdfError, RuntimeError):
            return False
    return True
