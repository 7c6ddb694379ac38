"""PDF files to send with a form."""

from __future__ import annotations

import io

from pikepdf import Pdf


def paper(title: str) -> bytes:
    """A PDF of one page that is like no other."""
    target = io.BytesIO()
    with Pdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = title
        document.save(target)
    return target.getvalue()


def attached(*parts: bytes | str) -> dict[str, list[tuple[io.BytesIO, str]]]:
    """Files as a form sends them: content and name, again and again."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {"attachment": [(io.BytesIO(bytes(content)), str(name)) for content, name in pairs]}  # type: ignore[arg-type]
