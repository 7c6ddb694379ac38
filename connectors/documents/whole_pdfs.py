"""Whether a PDF is whole: qpdf shows what it can find of one, and readers differ in what they make of it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pikepdf

from connectors.documents.errors import UnfitUpload
from translations import gettext

END = b"%%EOF"
REBUILT = "reconstruct"  # the table was gone: what stands in the file was looked for, as far as it goes
_OBJECT = re.compile(rb"\d\s+obj\b")


def open_as_it_is(content: bytes) -> pikepdf.Pdf:
    """The file with what is wrong in it still to be seen.

    To hand down to pages what their parents say, qpdf would first mend the list of pages and their count.
    """
    return pikepdf.open(BytesIO(content), suppress_warnings=True, inherit_page_attributes=False)


def told_pages(document: pikepdf.Pdf) -> int | None:
    """How many pages the file says it has; there are readers that show as many and no more."""
    tree = document.Root.get("/Pages")
    count = tree.get("/Count") if isinstance(tree, pikepdf.Dictionary) else None
    return count if isinstance(count, int) else None


def refuse_incomplete(
    content: bytes, document: pikepdf.Pdf, count: int | None, complaints: list[str]
) -> None:
    """Raise `Unfit` for a file of which a part is gone; nobody would notice the pages that were in it."""
    rebuilt = any(REBUILT in complaint for complaint in complaints)
    if _is_cut(content, rebuilt=rebuilt):
        raise UnfitUpload(gettext("PDF 不完整，后面的内容缺失，请重新导出或重新下载后再上传"))
    missing = count is not None and count > len(document.pages)
    # A stream that is gone leaves its page empty, as if nothing had ever been on it.
    if missing or (rebuilt and not all(_has_content(page.obj) for page in document.pages)):
        raise UnfitUpload(gettext("PDF 已损坏，有的页面读不出来，请重新导出后再上传"))


def _is_cut(content: bytes, *, rebuilt: bool) -> bool:
    """Whether objects stand after the last mark of the end and, where it is believed, the last table."""
    last = content.rpartition(END)[2]
    return _OBJECT.search(last if rebuilt else last.rpartition(b"startxref")[2]) is not None


def _has_content(page: Any) -> bool:
    contents = page.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return all(isinstance(part, pikepdf.Stream) for part in parts)
