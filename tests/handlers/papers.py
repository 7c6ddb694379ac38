"""PDF files to send with a form."""

from __future__ import annotations

import io
from typing import Any

from pikepdf import Pdf
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart


def paper(title: str) -> bytes:
    """A PDF of one page that is like no other."""
    target = io.BytesIO()
    with Pdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = title
        document.save(target)
    return target.getvalue()


def attached(*parts: bytes | str) -> dict[str, list[FileStorage]]:
    """Files as a form sends them: content and name, again and again."""
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return {"attachment": [FileStorage(io.BytesIO(bytes(one)), str(name)) for one, name in pairs]}  # type: ignore[arg-type]


def sent(values: dict[str, Any]) -> dict[str, Any]:
    """How a test client sends a form with files; its own way would leave a large one open."""
    boundary, body = encode_multipart(values)
    return {"data": body, "content_type": f'multipart/form-data; boundary="{boundary}"'}
