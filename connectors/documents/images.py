"""Photos and signatures: judged by what is in them, kept without anything that only looks harmless."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageChops, ImageFilter, ImageOps, UnidentifiedImageError

from connectors.documents import colours, jpegs
from connectors.documents.errors import UnfitUpload
from translations import gettext

PHOTO_BYTES = 190 * 1024  # all limits of the photo are exclusive, as the applicant's manual gives them
PHOTO_WIDTH = (290, 300)
PHOTO_HEIGHT = (408, 418)

DOCUMENT_BYTES = 8 * 1024 * 1024  # a document held before a phone
DOCUMENT_PIXELS = 50_000_000
DOCUMENT_SIZE = (2000, 2000)  # enough to read every character of it
DOCUMENT_LEAST = 300

SIGNATURE_BYTES = 4 * 1024 * 1024  # a photograph of a sheet of paper, from a phone
SIGNATURE_PIXELS = 24_000_000
SIGNATURE_SIZE = (600, 300)
_FAINT = 28  # how much darker than the paper around it a pixel of ink is, of 255
_SMALLEST = 24  # a stroke that is shorter, in pixels of a 600 wide picture, is a slip and no signature
_PNG_DATA = "data:image/png;base64,"


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A fit photo: a JPEG without metadata."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A fit signature: dark ink on white, a PNG cut to the ink."""

    content: bytes
    width: int
    height: int


def check_photo(content: bytes) -> Photo:
    """The photo without metadata; raises `Unfit` with the one thing to mend first."""
    if not content:
        raise UnfitUpload(gettext("没有收到照片，请选择照片文件"))
    with refuse_broken(gettext("照片文件已损坏或不完整，请重新导出后再上传")):
        image = open_image(content, ("JPEG",), gettext("照片须为 JPG 格式，请另存为 JPG 后再上传"))
        if image.format not in {"JPEG", "MPO"}:  # MPO: a phone's JPEG with a second view behind the first
            raise UnfitUpload(gettext("照片须为 JPG 格式，请另存为 JPG 后再上传"))
        # Only now: who is told to make another format smaller does it for nothing.
        if len(content) >= PHOTO_BYTES:
            raise UnfitUpload(
                gettext(
                    "照片须小于 190 kB，这张是 %(kilobytes)s kB，请压缩后再上传",
                    kilobytes=_count_kilobytes(content),
                )
            )
        _check_photo_size(*_upright_size(image))
        check_whole(content)
        return _clean_photo(image)


def check_signature(content: bytes | str) -> Signature:
    """Ink on white from a drawn PNG (bytes or data URL) or a photographed sheet; raises `Unfit`."""
    picture = _decode_data_url(content) if isinstance(content, str) else content
    if not picture:
        raise UnfitUpload(gettext("没有收到签名，请重新签名"))
    with refuse_broken(gettext("签名图片已损坏，请重新签名")):
        image = open_image(picture, ("PNG", "JPEG"), gettext("签名须为 PNG 或 JPG 图片"))
        if len(picture) > SIGNATURE_BYTES:
            raise UnfitUpload(gettext("签名图片须小于 4 MB，请压缩后再上传"))
        if image.width * image.height > SIGNATURE_PIXELS:
            raise UnfitUpload(gettext("签名图片太大，请缩小到 2400 万像素以内再上传"))
        check_whole(picture)
        return _cut_signature(_extract_ink(image))


def check_document_photo(content: bytes) -> Photo:
    """The photograph of a document, upright and without metadata; raises `Unfit`."""
    if not content:
        raise UnfitUpload(gettext("没有收到证件照片，请选择照片文件"))
    with refuse_broken(gettext("证件照片已损坏或不完整，请重新拍照后再上传")):
        image = open_image(content, ("JPEG", "PNG"), gettext("证件照片须为 JPG 或 PNG 格式"))
        if len(content) > DOCUMENT_BYTES:
            raise UnfitUpload(gettext("证件照片须小于 8 MB，请压缩后再上传"))
        if image.width * image.height > DOCUMENT_PIXELS:
            raise UnfitUpload(gettext("证件照片太大，请缩小到 5000 万像素以内再上传"))
        if min(image.size) < DOCUMENT_LEAST:
            raise UnfitUpload(gettext("证件照片太小，看不清内容，请重新拍照"))
        check_whole(content)
        return _shrink_document(image)


def _shrink_document(image: Image.Image) -> Photo:
    image.load()
    upright = colours.to_srgb(ImageOps.exif_transpose(image)).convert("RGB")
    upright.thumbnail(DOCUMENT_SIZE)
    if min(upright.size) < DOCUMENT_LEAST:  # a long strip, of which shrinking leaves nothing to read
        raise UnfitUpload(gettext("证件照片太窄太长，看不清内容，请对准证件重新拍照"))
    upright.info.clear()
    return Photo(content=_encode_jpeg(upright, 85), width=upright.width, height=upright.height)


def open_image(content: bytes, formats: tuple[str, ...], otherwise: str) -> Image.Image:
    """The picture, not yet decoded; raises `Unfit` with a sentence where it is of no such format."""
    try:
        return Image.open(BytesIO(content), formats=formats)
    except UnidentifiedImageError:
        raise UnfitUpload(otherwise) from None


def check_whole(content: bytes) -> None:
    """Raise OSError for a JPEG of which a part is lost."""
    if not jpegs.is_whole(content):
        raise OSError("a part of the JPEG is lost")


@contextmanager
def refuse_broken(sentence: str) -> Iterator[None]:
    """Raise `Unfit` with a sentence for whatever a decoder meets in here."""
    # Decoders meet hostile bytes with many kinds of error; every one of them is the file's fault.
    try:
        yield
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as e:
        if isinstance(e, UnfitUpload):
            raise
        raise UnfitUpload(sentence) from e


def _upright_size(image: Image.Image) -> tuple[int, int]:
    sideways = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    return (image.height, image.width) if sideways else image.size


def _check_photo_size(width: int, height: int) -> None:
    if PHOTO_WIDTH[0] < width < PHOTO_WIDTH[1] and PHOTO_HEIGHT[0] < height < PHOTO_HEIGHT[1]:
        return
    raise UnfitUpload(
        gettext(
            "照片宽须大于 290、小于 300 像素，高须大于 408、小于 418 像素；这张是 %(width)s × %(height)s "
            "像素，请裁剪后再上传",
            width=width,
            height=height,
        )
    )


def _clean_photo(image: Image.Image) -> Photo:
    image.load()
    upright = colours.to_srgb(ImageOps.exif_transpose(image))
    if upright.mode != "RGB":
        upright = upright.convert("RGB")
    upright.info.clear()
    for quality in (95, 90, 85, 75, 60):
        content = _encode_jpeg(upright, quality)
        if len(content) < PHOTO_BYTES:
            return Photo(content=content, width=upright.width, height=upright.height)
    raise UnfitUpload(gettext("照片细节过多，压缩后仍超过 190 kB，请换一张白底证件照"))


def _encode_jpeg(image: Image.Image, quality: int) -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=quality, optimize=True)
    return target.getvalue()


def _decode_data_url(text: str) -> bytes:
    if not text.startswith(_PNG_DATA):
        raise UnfitUpload(gettext("没有收到签名，请重新签名"))
    try:
        return base64.b64decode(text.removeprefix(_PNG_DATA), validate=True)
    except (binascii.Error, ValueError):
        raise UnfitUpload(gettext("签名图片已损坏，请重新签名")) from None


def _extract_ink(image: Image.Image) -> Image.Image:
    """Where ink is, and how strong: what was drawn on a clear canvas, or what is darker than its paper."""
    image.draft("L", (2 * SIGNATURE_SIZE[0], 2 * SIGNATURE_SIZE[1]))
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        drawn = image.convert("RGBA").getchannel("A")
        if any(drawn.histogram()[:128]):
            return drawn
    grey = colours.reduce_to_eight_bits(image).convert("L")
    grey.thumbnail((1200, 1200))
    return ImageChops.subtract(_estimate_paper(grey), grey)


def _estimate_paper(grey: Image.Image) -> Image.Image:
    """The paper without the writing: the lightest of each neighbourhood, so that a shadow is no ink."""
    small = grey.resize((max(1, grey.width // 8), max(1, grey.height // 8)), Image.Resampling.BOX)
    lightest = small.filter(ImageFilter.MaxFilter(9)).filter(ImageFilter.GaussianBlur(3))
    return lightest.resize(grey.size, Image.Resampling.BILINEAR)


def _cut_signature(ink: Image.Image) -> Signature:
    mask = ink.point([255 if strength > _FAINT else 0 for strength in range(256)])
    box = mask.getbbox()
    if box is None or max(box[2] - box[0], box[3] - box[1]) < _SMALLEST * max(1, ink.width / 600):
        raise UnfitUpload(gettext("签名为空白，请重新签名"))
    covered = mask.histogram()[255] / (ink.width * ink.height)
    if covered > 0.5:
        raise UnfitUpload(gettext("签名的背景太深，请在白纸上签名后重新拍照"))
    return _draw_signature(ink, box)


def _draw_signature(ink: Image.Image, box: tuple[int, int, int, int]) -> Signature:
    cut = ink.crop(box)
    strongest = max(strength for strength, count in enumerate(cut.histogram()) if count)
    # Faint pencil and a dark pen print alike; what is fainter than ink stays paper.
    shade = [255 - min(255, max(0, (s - _FAINT // 2) * 320 // strongest)) for s in range(256)]
    drawn = ImageOps.expand(cut.point(shade), border=8, fill=255)
    drawn.thumbnail(SIGNATURE_SIZE)
    target = BytesIO()
    drawn.save(target, "PNG", optimize=True)
    return Signature(content=target.getvalue(), width=drawn.width, height=drawn.height)


def _count_kilobytes(content: bytes) -> int:
    return -(-len(content) // 1024)
