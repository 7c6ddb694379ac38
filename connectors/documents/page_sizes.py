"""Whether people can see the pages of a PDF: their size, what is shown of them, and which way up."""

from __future__ import annotations

from typing import Any

import pikepdf

from connectors.documents.errors import UnfitUpload
from translations import gettext, lazy_gettext

# In 1/72 inch. What is beyond these bounds Acrobat does not open (ISO 32000-1, annex C).
LEAST = 3
MOST = 14_400
FARTHEST = 100_000  # of a corner from the origin: readers count in floats, too coarse out there
TURNS = 360 * 100
DEPTH = 50  # of a tree of pages; a file of twenty needs one or two

_AGAIN = lazy_gettext("请打印成新的 PDF 后再上传")


def refuse_odd_pages(document: pikepdf.Pdf) -> None:
    """Raise `Unfit` for the first page that some reader does not show, or shows otherwise than others do."""
    for number, page in enumerate(document.pages, start=1):
        sheet = _read_box(page.mediabox)
        if sheet is None:
            raise UnfitUpload(
                gettext("PDF 第 %(number)s 页没有可以读出的页面尺寸，%(again)s", number=number, again=_AGAIN)
            )
        unit = page.obj.get("/UserUnit", 1)
        for box in (sheet, _shown_part(sheet, _read_box(page.cropbox))):
            _refuse_odd_box(box, unit, number)
        _refuse_odd_turn(_read_turn(page.obj), number)


def _read_box(box: Any) -> pikepdf.Rectangle | None:
    """The rectangle, its corners in order; none where there is no rectangle."""
    try:
        return pikepdf.Rectangle(box)
    except TypeError:
        return None


def _shown_part(sheet: pikepdf.Rectangle, crop: pikepdf.Rectangle | None) -> pikepdf.Rectangle:
    """What readers show of a sheet; a crop box that holds nothing counts as none, to all of them."""
    if crop is None or not (crop.width and crop.height):
        return sheet
    left, low = max(sheet.llx, crop.llx), max(sheet.lly, crop.lly)
    right, high = min(sheet.urx, crop.urx), min(sheet.ury, crop.ury)
    return pikepdf.Rectangle(left, low, max(left, right), max(low, high))


def _refuse_odd_box(box: pikepdf.Rectangle, unit: Any, number: int) -> None:
    try:
        sides = [side * float(unit) for side in (box.width, box.height)]
    except (TypeError, ValueError, OverflowError):
        raise UnfitUpload(
            gettext("PDF 第 %(number)s 页的尺寸单位不正常，%(again)s", number=number, again=_AGAIN)
        ) from None
    if min(sides) < LEAST:
        raise UnfitUpload(
            gettext("PDF 第 %(number)s 页太小，看不到内容，%(again)s", number=number, again=_AGAIN)
        )
    corners = (box.llx, box.lly, box.urx, box.ury)
    if max(sides) > MOST or max(map(abs, corners)) > FARTHEST:
        raise UnfitUpload(
            gettext("PDF 第 %(number)s 页的页面太大，打不开，%(again)s", number=number, again=_AGAIN)
        )


def _read_turn(page: Any) -> Any:
    """How far a page is turned; its parents may say it for it."""
    holder = page
    for _ in range(DEPTH):
        if not isinstance(holder, pikepdf.Dictionary) or "/Rotate" in holder:
            break
        holder = holder.get("/Parent")
    return holder.get("/Rotate", 0) if isinstance(holder, pikepdf.Dictionary) else 0


def _refuse_odd_turn(turn: Any, number: int) -> None:
    # A quarter turn at most; of other angles each reader makes what it likes.
    if not isinstance(turn, int) or turn % 90 or abs(turn) > TURNS:
        raise UnfitUpload(
            gettext("PDF 第 %(number)s 页的旋转角度不正常，%(again)s", number=number, again=_AGAIN)
        )
