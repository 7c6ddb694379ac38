"""Proves that each page of a PDF can be shown, in a process of its own that a hostile file may take along."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

if __name__ == "__main__":  # run by its path, where only the installed packages can be imported
    import pypdfium2
else:
    from connectors.documents.errors import UnfitUpload
    from translations import gettext

SECONDS = 10  # of work; a page of print takes a few hundredths
MEMORY = 1024 * 1024 * 1024  # bytes; a scan of A4 at 600 dots an inch in colour unpacks to 100 MB
EDGE = 400  # pixels of the longer side: enough to make every picture and typeface be read
BEHIND = 10  # steps of priority: whoever asks for a page comes first
DEPTH = 15  # of forms in forms in which pictures are looked for
UNSHOWN = 3


def prove_renderable(content: bytes) -> None:
    """Draw each page once; raises `Unfit` when a page cannot be drawn."""
    command = [sys.executable, "-I", str(Path(__file__).resolve())]
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


def _render_pages(content: bytes) -> int:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(BEHIND)
    try:
        document = pypdfium2.PdfDocument(content)
        for page in document:
            page.render(scale=EDGE / max(*page.get_size(), 1))
            _read_pictures(page)
    except (pypdfium2.PdfiumError, MemoryError, ValueError):
        return UNSHOWN
    return 0


def _read_pictures(page: pypdfium2.PdfPage) -> None:
    """Read each picture by itself: on the page one that cannot be read is left out, and nothing said."""
    # A fax picture (CCITT) has no sum to check. Damaged or cut it is drawn as noise or paper, and neither
    # pdfium nor Pillow says so: whoever looks at it sees it, and asks for another one.
    for picture in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,), max_depth=DEPTH):
        picture.get_bitmap(render=False)


if __name__ == "__main__":
    sys.exit(_render_pages(sys.stdin.buffer.read()))
