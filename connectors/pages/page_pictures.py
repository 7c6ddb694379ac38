"""Photographed pages: taken in upright, turned and cut as asked, made into one PDF that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from PIL import Image, ImageOps

from connectors.documents import colours, images, pdfs
from connectors.documents.errors import UnfitUpload
from connectors.pages import page_edges
from connectors.pages.page_edges import WHOLE, Crop
from translations import gettext, gettext_plural

FORMATS = ("JPEG", "PNG")
KEPT = (3508, 3508)  # A4 at 300 dots an inch: no reader of the office can use more
KEPT_QUALITY = 88
LEAST = images.DOCUMENT_LEAST  # pixels of the shorter side
SHEET = (595.28, 841.89)  # A4 in 1/72 inch, upright
INCH = 72
HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")
# Dots an inch and quality of JPEG, tried until all pages fit; below the last nobody reads small print.
STEPS = ((200, 82), (200, 70), (175, 65), (150, 60), (150, 45), (150, 35))
FLOOR = STEPS[-1][0]


@dataclass(frozen=True, kw_only=True)
class PagePicture:
    """A fit page: a JPEG, upright and without metadata, and the sheet that was found on it."""

    content: bytes
    edges: Crop | None


@dataclass(frozen=True, kw_only=True)
class PageLook:
    """A page as it is to look: its picture, turned clockwise, then cut."""

    content: bytes
    turn: int = 0  # degrees
    crop: Crop = WHOLE


@dataclass(frozen=True, kw_only=True)
class EncodedPage:
    """A page as it goes into a PDF."""

    content: bytes  # JPEG
    size: tuple[int, int]  # pixels


def check_page(content: bytes) -> PagePicture:
    """A photograph as it is kept; raises `Unfit` with what to do about it."""
    if content[4:12] in HEIC:
        raise UnfitUpload(gettext("HEIC 照片请另存为 JPG 后再上传；用手机在本页选照片时会自动转换"))
    with images.refuse_broken(gettext("照片已损坏或不完整，请重新拍照后再上传")):
        image = images.open_image(content, FORMATS, gettext("只能上传照片（JPG、PNG）或者 PDF 文件"))
        if len(content) > images.DOCUMENT_BYTES:
            raise UnfitUpload(gettext("照片须小于 8 MB，请压缩后再上传"))
        if image.width * image.height > images.DOCUMENT_PIXELS:
            raise UnfitUpload(gettext("照片太大，请缩小到 5000 万像素以内再上传"))
        images.check_whole(content)
        image.draft("RGB", KEPT)
        upright = colours.to_srgb(ImageOps.exif_transpose(image)).convert("RGB")
    upright.thumbnail(KEPT)
    if min(upright.size) < LEAST:
        raise UnfitUpload(gettext("照片太小或者太窄，看不清内容，请对准材料重新拍照"))
    upright.info.clear()
    return PagePicture(content=_encode(upright, KEPT_QUALITY), edges=page_edges.find_edges(upright))


def draw_page(look: PageLook, edge: int) -> bytes:
    """A page as it looks, its longer side of so many pixels at most."""
    picture = _apply_look(look, draft=2 * edge)
    picture.thumbnail((edge, edge))
    return _encode(picture, 80)


def compose_pdf(pages: Sequence[PageLook]) -> bytes:
    """One PDF below the limit of uploads; raises `Unfit` where its pages could not be read any more."""
    for dots, quality in STEPS[_first_step(len(pages)) :]:
        drawn = _encode_within_limit(pages, dots, quality)
        content = _write_pdf(drawn) if drawn else b""
        if 0 < len(content) < pdfs.LIMIT:
            return content
    raise UnfitUpload(
        gettext_plural(
            "这 %(num)s 页压缩到还能看清的程度仍超过 1 MB。请裁掉纸张以外的部分，或者减少页数",
            num=len(pages),
        )
    )


def turn_crop(crop: Crop) -> Crop:
    """The same part of a page that was turned a quarter clockwise."""
    left, top, right, bottom = crop
    return (1000 - bottom, left, 1000 - top, right)


def _first_step(count: int) -> int:
    """The first step that is worth trying: many pages cannot fit at the finest, and encoding takes time."""
    return 0 if count <= 4 else 1 if count <= 8 else 2


def _encode_within_limit(pages: Sequence[PageLook], dots: int, quality: int) -> list[EncodedPage]:
    """The pages one after the other, as all of them at once would fill the memory; none where too large."""
    drawn: list[EncodedPage] = []
    for number, look in enumerate(pages, start=1):
        picture = _apply_look(look)
        if min(picture.size) < LEAST:
            raise UnfitUpload(gettext("第 %(number)s 页剪得太小，看不清内容，请放宽裁剪", number=number))
        shrunk = _shrink_to(picture, dots)
        drawn.append(EncodedPage(content=_encode(shrunk, quality), size=shrunk.size))
        if sum(len(one.content) for one in drawn) >= pdfs.LIMIT:
            return []
    return drawn


def _apply_look(look: PageLook, draft: int = 0) -> Image.Image:
    image: Image.Image = Image.open(BytesIO(look.content), formats=("JPEG",))
    if draft and look.crop == WHOLE:
        image.draft("RGB", (draft, draft))
    if look.turn:
        image = image.rotate(-look.turn, expand=True)
    if look.crop != WHOLE:
        wide, high = image.size
        left, top, right, bottom = look.crop
        image = image.crop(
            (left * wide // 1000, top * high // 1000, right * wide // 1000, bottom * high // 1000)
        )
    return image.convert("RGB")


def _shrink_to(picture: Image.Image, dots: int) -> Image.Image:
    """The picture at so many dots an inch of an A4 sheet, as it would lie on one; never larger than it is."""
    wide, high = _on_sheet(picture.size)
    most = (round(wide * dots / INCH), round(high * dots / INCH))
    if most[0] >= picture.width:
        return picture
    return picture.resize(most, Image.Resampling.LANCZOS)


def _on_sheet(size: tuple[int, int]) -> tuple[float, float]:
    """The size in 1/72 inch of a picture that fills A4, upright or across."""
    shorter, longer = sorted(size)
    scale = min(SHEET[0] / shorter, SHEET[1] / longer)
    return size[0] * scale, size[1] * scale


def _page_size(size: tuple[int, int]) -> tuple[float, float]:
    """Of a page in the PDF: A4 at most, and smaller where a picture would be coarser than the floor."""
    wide, high = _on_sheet(size)
    least = min(1.0, size[0] * INCH / FLOOR / wide)
    return wide * least, high * least


def _write_pdf(drawn: Sequence[EncodedPage]) -> bytes:
    with pikepdf.new() as document:
        for picture in drawn:
            wide, high = _page_size(picture.size)
            page = document.add_blank_page(page_size=(wide, high))
            named = pikepdf.Dictionary(Page=_embed(document, picture))
            page.obj.Resources = pikepdf.Dictionary(XObject=named)
            page.obj.Contents = document.make_stream(
                f"q {wide:.2f} 0 0 {high:.2f} 0 0 cm /Page Do Q".encode()
            )
        target = BytesIO()
        document.save(target, deterministic_id=True)
        return target.getvalue()


def _embed(document: pikepdf.Pdf, picture: EncodedPage) -> pikepdf.Object:
    return pikepdf.Stream(
        document,
        picture.content,
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=picture.size[0],
        Height=picture.size[1],
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=pikepdf.Name.DCTDecode,
    )


def _encode(picture: Image.Image, quality: int) -> bytes:
    target = BytesIO()
    picture.save(target, "JPEG", quality=quality, optimize=True)
    return target.getvalue()
