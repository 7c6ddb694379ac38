"""Photographed pages: upright, cut at sure edges only, one PDF that can be read."""

from __future__ import annotations

import io
import random

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from connectors.documents import UnfitUpload, check_pdf, rendering
from connectors.pages import page_edges, page_pictures
from connectors.pages.page_pictures import PageLook

pytestmark = pytest.mark.manual("Q6")


def sheet(size: tuple[int, int] = (1800, 2500), lines: int = 60) -> Image.Image:
    """A written page."""
    picture = Image.new("RGB", size, (250, 250, 246))
    pen = ImageDraw.Draw(picture)
    chance = random.Random(7)
    step = size[1] // (lines + 2)
    for line in range(1, lines + 1):
        left = size[0] // 12
        while left < size[0] * 11 // 12:
            right = left + chance.randrange(8, 40)
            pen.rectangle((left, line * step, right, line * step + step // 2), (20, 20, 30))
            left = right + chance.randrange(6, 30)
    return picture


def on_table(page: Image.Image, table: tuple[int, int, int] = (70, 60, 55)) -> Image.Image:
    """The page photographed on a plain table."""
    around = Image.new("RGB", (page.width * 3 // 2, page.height * 3 // 2), table)
    around.paste(page, (page.width // 4, page.height // 4))
    return around


def jpeg(picture: Image.Image, **options: object) -> bytes:
    """The picture as a phone sends it."""
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=92, **options)
    return target.getvalue()


def turned_by_exif(picture: Image.Image, orientation: int) -> bytes:
    """A photograph that says how it has to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return jpeg(picture, exif=exif)


def opened(content: bytes) -> Image.Image:
    """A JPEG as a picture."""
    return Image.open(io.BytesIO(content), formats=("JPEG",))


def noise(size: tuple[int, int]) -> Image.Image:
    """A picture that compresses worst."""
    return Image.frombytes("RGB", size, random.Random(1).randbytes(size[0] * size[1] * 3))


def blank_pdf(size: tuple[float, float] = (595, 842), **root: object) -> bytes:
    """A PDF with one empty page."""
    with Pdf.new() as document:
        document.add_blank_page(page_size=size)
        for key, value in root.items():
            document.Root[f"/{key}"] = value
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()


def test_a_photograph_is_put_upright_and_loses_what_it_tells_of_its_maker() -> None:
    lying = sheet().transpose(Image.Transpose.ROTATE_90)
    kept = opened(page_pictures.check_page(turned_by_exif(lying, 6)).content)
    assert kept.height > kept.width
    assert dict(kept.getexif()) == {}


def test_a_png_with_clear_places_lies_on_white_paper() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (800, 900), (0, 0, 0, 0)).save(target, "PNG")
    kept = opened(page_pictures.check_page(target.getvalue()).content)
    assert kept.convert("L").getextrema()[0] > 250


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"GIF89a no picture of ours", "只能上传照片"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "HEIC 照片请另存为 JPG"),
        (jpeg(sheet())[:60_000], "已损坏或不完整"),
        (jpeg(Image.new("RGB", (200, 900))), "看不清内容"),
        (jpeg(Image.new("RGB", (8000, 310))), "看不清内容"),
        (jpeg(sheet()) + bytes(8 * 1024 * 1024), "须小于 8 MB"),
    ],
    ids=("format", "heic", "cut", "small", "strip", "heavy"),
)
def test_an_unfit_photograph_is_refused_with_what_to_do(content: bytes, sentence: str) -> None:
    with pytest.raises(UnfitUpload, match=sentence):
        page_pictures.check_page(content)


def test_a_sheet_on_a_plain_table_is_found_and_nothing_of_it_is_cut_off() -> None:
    found = page_edges.find_edges(on_table(sheet()))
    assert found is not None
    left, top, right, bottom = found
    assert 140 <= left <= 167  # the sheet begins at a sixth
    assert 140 <= top <= 167
    assert 833 <= right <= 860
    assert 833 <= bottom <= 860


def _beside_something() -> Image.Image:
    picture = on_table(sheet())
    picture.paste((170, 40, 40), (0, 0, picture.width // 8, picture.height))  # a red cover beside it
    return picture


@pytest.mark.parametrize(
    "picture",
    [
        sheet(),
        on_table(sheet(), table=(235, 235, 230)),
        on_table(Image.new("RGB", (900, 1200), (120, 40, 40)), table=(240, 240, 240)),
        _beside_something(),
        Image.new("RGB", (900, 1200), (0, 0, 0)),
        noise((900, 1200)),
    ],
    ids=("fills the picture", "white table", "dark cover", "something beside it", "black", "noise"),
)
def test_where_edges_are_not_certain_nothing_is_cut_off(picture: Image.Image) -> None:
    assert page_edges.find_edges(picture) is None


def test_a_page_is_turned_then_cut() -> None:
    picture = Image.new("RGB", (400, 600), "white")
    picture.paste((255, 0, 0), (0, 0, 400, 300))  # red above
    look = PageLook(content=jpeg(picture), turn=90, crop=(500, 0, 1000, 1000))  # turned, red is at the right
    drawn = opened(page_pictures.draw_page(look, 200))
    assert drawn.size == (150, 200)
    red, green, _ = drawn.resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert (red > 200, green < 60) == (True, True)


def test_a_crop_goes_with_the_turn() -> None:
    crop = (100, 200, 500, 900)
    turned = page_pictures.turn_crop(crop)
    assert turned == (100, 100, 800, 500)
    for _ in range(3):
        turned = page_pictures.turn_crop(turned)
    assert turned == crop


@pytest.mark.parametrize("count", [1, 3, 6])
def test_pages_become_one_readable_pdf_below_the_limit(count: int) -> None:
    pages = [PageLook(content=page_pictures.check_page(jpeg(sheet(lines=36))).content)] * count
    content = page_pictures.compose_pdf(pages)
    assert len(content) < 1024 * 1024
    assert check_pdf(content).pages == count
    with pikepdf.open(io.BytesIO(content)) as document:
        for page in document.pages:
            picture = page.Resources.XObject.Page
            assert float(page.mediabox[3]) <= 842
            assert int(picture.Height) / (float(page.mediabox[3]) / 72) >= 149  # dots an inch


def test_a_small_picture_gets_a_small_page_and_no_invented_dots() -> None:
    content = page_pictures.compose_pdf([PageLook(content=jpeg(sheet((600, 800), lines=12)))])
    with pikepdf.open(io.BytesIO(content)) as document:
        assert [round(float(side)) for side in document.pages[0].mediabox[2:]] == [288, 384]


def test_what_cannot_be_read_below_the_limit_is_refused() -> None:
    pages = [PageLook(content=jpeg(noise((1240, 1754))))] * 3
    with pytest.raises(UnfitUpload, match="这 3 页压缩到还能看清的程度仍超过 1 MB"):
        page_pictures.compose_pdf(pages)


def test_a_page_that_is_cut_to_a_scrap_is_refused() -> None:
    look = PageLook(content=jpeg(sheet()), crop=(0, 0, 1000, 50))
    with pytest.raises(UnfitUpload, match="第 1 页剪得太小"):
        page_pictures.compose_pdf([look])


def test_a_blank_page_is_noticed_and_a_written_one_is_not() -> None:
    shadow = Image.linear_gradient("L").resize((900, 1200)).point([100 + v // 2 for v in range(256)])
    pages = [jpeg(one) for one in (sheet(), shadow.convert("RGB"), sheet(lines=3))]
    content = page_pictures.compose_pdf([PageLook(content=one) for one in pages])
    assert check_pdf(content).warnings == ("blank:2",)


LAYER = Dictionary(Type=Name.OCG, Name="draft")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (blank_pdf(), ()),
        (blank_pdf((1190, 1683)), ()),
        (blank_pdf((2000, 3000)), ("large:1",)),
        (blank_pdf((100, 1200)), ("thin:1",)),
        (blank_pdf(OCProperties=Dictionary(OCGs=Array([LAYER]), D=Dictionary())), ()),
        (
            blank_pdf(OCProperties=Dictionary(OCGs=Array([LAYER]), D=Dictionary(OFF=Array([LAYER])))),
            ("hidden:0",),
        ),
        (
            blank_pdf(OCProperties=Dictionary(OCGs=Array([LAYER]), D=Dictionary(BaseState=Name.OFF))),
            ("hidden:0",),
        ),
    ],
    ids=("A4", "A2", "poster", "thin", "shown layer", "layer off", "all off"),
)
def test_odd_looks_are_told_and_not_refused(content: bytes, told: tuple[str, ...]) -> None:
    assert check_pdf(content).warnings == (*told, "blank:1")


def test_the_pages_of_a_pdf_become_pictures() -> None:
    content = page_pictures.compose_pdf([PageLook(content=jpeg(sheet()))] * 2)
    every = rendering.draw_pages(content)
    assert [max(opened(one).size) for one in every] == [rendering.READABLE] * 2
