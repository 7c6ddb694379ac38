"""Photographed pages on their way into the store, out of it as pictures, and together as one PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from connectors.documents import pdfs, rendering
from connectors.documents.errors import UnfitUpload
from connectors.pages import page_pictures
from connectors.pages.page_edges import WHOLE, Crop
from connectors.pages.page_pictures import PageLook, PagePicture, turn_crop
from domain.outside import file_storage, file_turns, uploads
from domain.outside.uploads import Upload
from models.base.errors import Invalid
from models.cases.materials import MaterialPage

__all__ = ["WHOLE", "Crop", "PageLook", "turn_crop"]

T = TypeVar("T")
KIND = "page"
LARGEST_PDF = 8 * pdfs.LIMIT  # of one that is made smaller here
SMALL, LARGE = 360, 1400  # pixels of the longer side: in a list, and to be read
MOST = pdfs.PAGES  # of one material


@dataclass(frozen=True, kw_only=True)
class StoredPage:
    """A fit page that is in the store already and waits for its row."""

    key: str
    name: str  # of the file that it came in
    size: int
    sha256: str
    edges: Crop | None  # the sheet that was found on it


def is_pdf(content: bytes) -> bool:
    """Whether a file says that it is a PDF."""
    return pdfs.MARK in content[: pdfs.AROUND]


def is_small_pdf(content: bytes) -> bool:
    """Whether a file can be a material as it is."""
    return is_pdf(content) and len(content) < pdfs.LIMIT


def store_pages(name: str, content: bytes) -> list[StoredPage]:
    """Judge a photograph or a PDF and store its pages; no transaction may be open."""
    return [_store_page(name, one) for one in _judge(lambda: _read_pages(content))]


def draw_page(page: MaterialPage, edge: int, *, whole: bool = False) -> bytes:
    """A page as it looks at the moment, or with what is cut off."""
    look = look_of(page)
    return page_pictures.draw_page(PageLook(content=look.content, turn=look.turn) if whole else look, edge)


def look_of(page: MaterialPage) -> PageLook:
    """What is known of how a page is to look, with its picture."""
    crop: Crop = tuple(page.crop) if page.crop else WHOLE
    return PageLook(content=file_storage.read_file(page.file), turn=page.turn, crop=crop)


def compose_pdf(looks: Sequence[PageLook]) -> bytes:
    """The pages as one PDF."""
    return _judge(lambda: page_pictures.compose_pdf(looks))


def store_pdf(name: str, looks: Sequence[PageLook]) -> Upload:
    """The pages as one PDF in the store; no transaction may be open."""
    return uploads.store_upload("material", name, compose_pdf(looks))


def _read_pages(content: bytes) -> list[PagePicture]:
    if not is_pdf(content):
        return [page_pictures.check_page(content)]
    fit = pdfs.check_pdf(content, LARGEST_PDF).content
    return [PagePicture(content=one, edges=None) for one in rendering.draw_pages(fit)]


def _store_page(name: str, page: PagePicture) -> StoredPage:
    return StoredPage(
        key=file_storage.store_file(KIND, page.content),
        name=name[-100:],
        size=len(page.content),
        sha256=hashlib.sha256(page.content).hexdigest(),
        edges=page.edges,
    )


def _judge(work: Callable[[], T]) -> T:
    try:
        with file_turns.take_turn():
            return work()
    except UnfitUpload as unfit:
        raise Invalid({"material": [unfit.sentence]}) from None
