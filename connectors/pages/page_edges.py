"""Where a sheet of paper ends on a photograph: found only where nothing but a plain table lies around it."""

from __future__ import annotations

from PIL import Image, ImageFilter, ImageOps, ImageStat

Crop = tuple[int, int, int, int]  # left, top, right, bottom in thousandths of the picture

WHOLE: Crop = (0, 0, 1000, 1000)
_SIDE = 320  # pixels in which edges are looked for
_MARGIN = 8  # thousandths that are left around the sheet
_LEAST, _MOST = 0.2, 0.94  # of the picture that a sheet takes; of less it may be a card among others
_FULL = 0.88  # of the box is bright: a sheet, and no heap of papers
_PLAIN = 24  # how much a table may differ from itself, of 255: more, and something lies on it
_APART = 60  # how much darker it is than the sheet


def find_edges(picture: Image.Image) -> Crop | None:
    """The box of the one sheet on a picture; None where that is not certain, as nothing may be cut off."""
    coloured = ImageOps.contain(picture.convert("RGB"), (_SIDE, _SIDE), Image.Resampling.BOX)
    coloured = coloured.filter(ImageFilter.MedianFilter(5))
    small = coloured.convert("L")
    level = _split_level(small.histogram())
    bright = small.point([255 * (value > level) for value in range(256)])
    box = bright.getbbox()
    if box is None:
        return None
    share = (box[2] - box[0]) * (box[3] - box[1]) / (small.width * small.height)
    if not _LEAST <= share <= _MOST or ImageStat.Stat(bright.crop(box)).mean[0] < 255 * _FULL:
        return None
    return _with_margin(box, small.size) if _is_plain_around(coloured, box) else None


def _split_level(histogram: list[int]) -> int:
    """The grey that parts the dark from the bright best (Otsu 1979)."""
    total, whole = sum(histogram), sum(value * number for value, number in enumerate(histogram))
    best, level, below, weight = 0.0, 127, 0, 0
    for value, number in enumerate(histogram):
        weight += number
        below += value * number
        if not weight or weight == total:
            continue
        apart = below / weight - (whole - below) / (total - weight)
        if (between := weight * (total - weight) * apart * apart) > best:
            best, level = between, value
    return level


def _is_plain_around(coloured: Image.Image, box: tuple[int, int, int, int]) -> bool:
    """Whether what would be cut off is one dark thing: a table, and not a cover or another page."""
    around = Image.new("1", coloured.size, 1)
    around.paste(0, (box[0] - 2, box[1] - 2, box[2] + 2, box[3] + 2))
    mask = around.convert("L")
    if not mask.getbbox():
        return False
    table, sheet = ImageStat.Stat(coloured, mask), ImageStat.Stat(coloured.crop(box))
    darker = sum(sheet.mean) - sum(table.mean) >= 3 * _APART
    return darker and max(table.stddev) <= _PLAIN


def _with_margin(box: tuple[int, int, int, int], size: tuple[int, int]) -> Crop:
    left, top = (1000 * box[0] // size[0], 1000 * box[1] // size[1])
    right, bottom = (-(-1000 * box[2] // size[0]), -(-1000 * box[3] // size[1]))
    return (
        max(0, left - _MARGIN),
        max(0, top - _MARGIN),
        min(1000, right + _MARGIN),
        min(1000, bottom + _MARGIN),
    )
