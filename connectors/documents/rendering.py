"""Draws the pages of a PDF, in a process of its own that a hostile file may take along.

So each page is proved to be one that can be shown, blank ones are noticed, and pages become pictures.
"""

from __future__ import annotations

import os
import resource
import struct
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

if __name__ == "__main__":  # run by its path, where only the installed packages can be imported
    import pypdfium2
else:
    from connectors.documents.errors import UnfitUpload
    from translations import gettext

SECONDS = 10  # of work; a page of print takes a few hundredths
MEMORY = 1024 * 1024 * 1024  # bytes; a scan of A4 at 600 dots an inch in colour unpacks to 100 MB
EDGE = 400  # pixels of the longer side: enough to make every picture and typeface be read
READABLE = 2340  # the same of A4 at 200 dots an inch
QUALITY = 85  # of the pictures that pages become; they are made smaller once more
BEHIND = 10  # steps of priority: whoever asks for a page comes first
DEPTH = 15  # of forms in forms in which pictures are looked for
UNSHOWN = 3
FAINT = 28  # how much darker than the paper around it ink is, of 255
LEAST_INK = 0.0005  # of a page: a number at its foot is less, a line of writing more
_LENGTH = struct.Struct(">I")


def prove_renderable(content: bytes) -> tuple[int, ...]:
    """Draw each page once and answer which are blank; raises `Unfit` when a page cannot be drawn."""
    return tuple(map(int, _run_child(content, "prove").split()))


def draw_pages(content: bytes) -> list[bytes]:
    """The pages as JPEG pictures, fine enough to be read; raises `Unfit` when a page cannot be drawn."""
    return list(_split_pictures(_run_child(content, "draw")))


def _run_child(content: bytes, act: str) -> bytes:
    command = [sys.executable, "-I", str(Path(__file__).resolve()), act]
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS * 3, check=False, cwd="/"
        )
    except subprocess.TimeoutExpired:
        raise UnfitUpload(gettext("PDF 打开得太慢，请打印成新的 PDF 后再上传")) from None
    if done.returncode == UNSHOWN or done.returncode < 0:  # below zero: it crashed, or used up its time
        raise UnfitUpload(gettext("PDF 有不能显示的页面，请打印成新的 PDF 后再上传"))
    if done.returncode:
        raise RuntimeError(f"drawing a PDF failed: {done.stderr.decode(errors='replace')[-500:]}")
    return done.stdout


def _split_pictures(sent: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(sent):
        (length,) = _LENGTH.unpack_from(sent, start)
        start += _LENGTH.size + length
        yield sent[start - length : start]


def is_blank(grey: Image.Image) -> bool:
    """Whether nothing is to be read on a grey picture of a page, be its paper white or in a shadow."""
    small = grey.resize((max(1, grey.width // 8), max(1, grey.height // 8)), Image.Resampling.BOX)
    lightest = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(2))
    paper = lightest.resize(grey.size, Image.Resampling.BILINEAR)
    inked = sum(ImageChops.subtract(paper, grey).histogram()[FAINT:])
    return inked < LEAST_INK * grey.width * grey.height


def _work(content: bytes, act: str) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(BEHIND)
    try:
        document = pypdfium2.PdfDocument(content)
        answer = _prove_pages(document) if act == "prove" else _draw_pages(document)
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return UNSHOWN
    sys.stdout.buffer.write(answer)
    return 0


def _prove_pages(document: pypdfium2.PdfDocument) -> bytes:
    blank = []
    for number, page in enumerate(document, start=1):
        picture = page.render(scale=EDGE / max(*page.get_size(), 1)).to_pil()
        _read_pictures(page)
        if is_blank(picture.convert("L")):
            blank.append(str(number))
    return " ".join(blank).encode()


def _draw_pages(document: pypdfium2.PdfDocument) -> bytes:
    drawn = bytearray()
    for page in document:
        target = BytesIO()
        picture = page.render(scale=READABLE / max(*page.get_size(), 1)).to_pil().convert("RGB")
        picture.save(target, "JPEG", quality=QUALITY)
        drawn += _LENGTH.pack(target.tell()) + target.getvalue()
    return bytes(drawn)


def _read_pictures(page: pypdfium2.PdfPage) -> None:
    """Read each picture by itself: on the page one that cannot be read is left out, and nothing said."""
    # A fax picture (CCITT) has no sum to check. Damaged or cut it is drawn as noise or paper, and neither
    # pdfium nor Pillow says so: whoever looks at it sees it, and asks for another one.
    for picture in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,), max_depth=DEPTH):
        picture.get_bitmap(render=False)


if __name__ == "__main__":
    sys.exit(_work(sys.stdin.buffer.read(), sys.argv[1]))
