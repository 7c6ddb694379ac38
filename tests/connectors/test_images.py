"""Photos and signatures are judged by what is in them."""

from __future__ import annotations

import base64
import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from connectors.documents import UnfitUpload, check_photo, check_signature
from connectors.documents.images import check_document_photo


def _encoded(image: Image.Image, form: str, **options: object) -> bytes:
    target = BytesIO()
    image.save(target, form, **options)  # type: ignore[arg-type]
    return target.getvalue()


def _portrait(size: tuple[int, int] = (295, 413), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).ellipse((90, 80, 200, 240), fill=(230, 200, 170))
    return image.convert(mode)


def _noise(size: tuple[int, int]) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(7).randbytes(size[0] * size[1] * 3))


def _strokes(size: tuple[int, int], paper: object, ink: object, mode: str = "RGBA") -> Image.Image:
    image = Image.new(mode, size, paper)  # type: ignore[arg-type]
    width, height = size
    points = [
        (width * 0.2, height * 0.3),
        (width * 0.5, height * 0.35),
        (width * 0.3, height * 0.7),
        (width * 0.7, height * 0.6),
    ]
    ImageDraw.Draw(image).line(points, fill=ink, width=max(4, width // 100))  # type: ignore[arg-type]
    return image


@pytest.mark.parametrize("size", [(291, 409), (295, 413), (299, 417)])
def test_a_fit_photo_is_taken(size):
    fit = check_photo(_encoded(_portrait(size), "JPEG"))
    assert (fit.width, fit.height) == size
    assert Image.open(BytesIO(fit.content)).size == size


@pytest.mark.manual("W4.1")
@pytest.mark.parametrize("size", [(290, 413), (300, 413), (295, 408), (295, 418), (114, 156), (413, 295)])
def test_a_photo_of_another_size_is_refused(size):
    with pytest.raises(UnfitUpload, match="像素"):
        check_photo(_encoded(_portrait(size), "JPEG"))


def test_a_heavy_photo_is_refused():
    with pytest.raises(UnfitUpload, match="190 kB"):
        check_photo(_encoded(_noise((295, 413)), "JPEG", quality=100, subsampling=0) + b"\0" * 100_000)


@pytest.mark.parametrize("form", ["PNG", "BMP", "GIF", "WEBP", "TIFF"])
def test_another_format_is_refused_whatever_its_name(form):
    with pytest.raises(UnfitUpload, match="JPG"):
        check_photo(_encoded(_portrait((100, 100)), form))


@pytest.mark.found("A12")
@pytest.mark.parametrize("judge", [check_photo, check_signature, check_document_photo])
def test_a_heavy_file_of_another_format_is_told_its_format(judge):
    with pytest.raises(UnfitUpload, match="JPG"):
        judge(_encoded(_portrait((100, 100)), "TIFF") + b"\0" * 8 * 1024 * 1024)


@pytest.mark.parametrize("content", [b"not a picture", b"%PDF-1.7\n", b"<svg onload='x'/>", b"\xff\xd8\xff"])
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(UnfitUpload):
        check_photo(content)


def test_nothing_is_refused():
    with pytest.raises(UnfitUpload, match="没有收到"):
        check_photo(b"")


def test_a_broken_photo_is_refused():
    with pytest.raises(UnfitUpload, match="损坏"):
        check_photo(_encoded(_portrait(), "JPEG")[:2000])


def test_a_bomb_is_refused_before_it_is_decoded():
    claimed = bytearray(_encoded(Image.new("RGB", (8, 8)), "JPEG"))
    frame = claimed.index(b"\xff\xc0")
    claimed[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"  # says 65535 × 65535
    with pytest.raises(UnfitUpload):
        check_photo(bytes(claimed))


def test_metadata_and_what_hangs_on_are_gone():
    exif = Image.Exif()
    exif[0x010F] = "secret maker"
    content = _encoded(_portrait(), "JPEG", exif=exif, comment=b"secret comment") + b"<script>secret</script>"
    assert b"secret" not in check_photo(content).content


def test_a_photo_that_lies_on_its_side_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    content = _encoded(_portrait().rotate(90, expand=True), "JPEG", exif=exif)
    assert Image.open(BytesIO(check_photo(content).content)).size == (295, 413)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colours_become_rgb(mode):
    assert Image.open(BytesIO(check_photo(_encoded(_portrait(mode=mode), "JPEG")).content)).mode == "RGB"


@pytest.mark.parametrize(
    "content",
    [
        _encoded(_strokes((600, 300), (0, 0, 0, 0), (20, 30, 60, 255)), "PNG"),
        _encoded(_strokes((600, 300), (0, 0, 0, 0), (240, 240, 240, 255)), "PNG"),  # drawn in dark mode
        _encoded(_strokes((600, 300), "white", "black", "RGB"), "PNG"),
        _encoded(
            _strokes((1600, 1200), (205, 200, 190), (40, 40, 90), "RGB"), "JPEG"
        ),  # a sheet, photographed
        _encoded(_strokes((600, 300), 255, 0, "L"), "PNG"),
    ],
    ids=["canvas", "dark canvas", "white", "photographed", "grey"],
)
@pytest.mark.manual("W4.2")
def test_a_signature_becomes_dark_ink_on_white(content):
    fit = check_signature(content)
    image = Image.open(BytesIO(fit.content))
    assert image.format == "PNG"
    assert image.width <= 600
    assert image.height <= 300
    assert image.getpixel((1, 1)) == 255
    assert image.getextrema()[0] < 60


def test_a_signature_is_cut_to_its_ink():
    fit = check_signature(_encoded(_strokes((600, 300), (0, 0, 0, 0), (0, 0, 0, 255)), "PNG"))
    assert fit.width < 400
    assert fit.height < 200


def test_a_shadow_on_the_sheet_is_no_ink():
    sheet = _strokes((1200, 800), (210, 205, 200), (30, 30, 60), "RGB")
    shade = (
        Image.linear_gradient("L").resize(sheet.size).point([70 + value * 185 // 255 for value in range(256)])
    )
    shadowed = Image.composite(sheet, Image.new("RGB", sheet.size), shade)
    image = Image.open(BytesIO(check_signature(_encoded(shadowed, "JPEG")).content))
    dark = sum(image.histogram()[:128]) / (image.width * image.height)
    assert 0 < dark < 0.2


def test_a_data_url_is_taken():
    png = _encoded(_strokes((600, 300), (0, 0, 0, 0), (0, 0, 0, 255)), "PNG")
    assert check_signature("data:image/png;base64," + base64.b64encode(png).decode()) == check_signature(png)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGBA", (600, 300), (0, 0, 0, 0)),
        Image.new("RGB", (600, 300), "white"),
        Image.new("RGB", (600, 300), "black"),
        Image.new("RGBA", (600, 300), (0, 0, 0, 255)),
    ],
    ids=["clear", "white", "black", "opaque"],
)
def test_a_blank_signature_is_refused(image):
    with pytest.raises(UnfitUpload, match="签名为空白，请重新签名"):
        check_signature(_encoded(image, "PNG"))


def test_a_slip_of_the_pen_is_no_signature():
    image = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((300, 150, 306, 156), fill="black")
    with pytest.raises(UnfitUpload, match="空白"):
        check_signature(_encoded(image, "PNG"))


def test_a_filled_canvas_is_no_signature():
    image = Image.new("RGBA", (600, 300), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((10, 10, 590, 290), fill="black")
    with pytest.raises(UnfitUpload, match="背景"):
        check_signature(_encoded(image, "PNG"))


@pytest.mark.parametrize(
    "content",
    ["", "data:image/png;base64,", "data:image/png;base64,%%%", "data:text/html;base64,PGI+", "javascript:1"],
)
def test_a_bad_data_url_is_refused(content):
    with pytest.raises(UnfitUpload):
        check_signature(content)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_signature_picture_is_refused(content):
    with pytest.raises(UnfitUpload):
        check_signature(content)


def test_an_endless_picture_is_refused():
    image = Image.new("1", (7000, 7000))
    with pytest.raises(UnfitUpload, match="太大"):
        check_signature(_encoded(image, "PNG"))


def test_a_packed_text_chunk_does_not_unfold():
    hidden = PngImagePlugin.PngInfo()
    hidden.add_text("note", "a" * (80 * 1024 * 1024), zip=True)
    drawn = _strokes((600, 300), (0, 0, 0, 0), (0, 0, 0, 255))
    with pytest.raises(UnfitUpload):
        check_signature(_encoded(drawn, "PNG", pnginfo=hidden))


@pytest.mark.found("A12")
def test_a_phone_s_picture_with_a_second_view_is_taken():
    target = BytesIO()
    _portrait().save(target, "MPO", save_all=True, append_images=[_portrait().rotate(2)], quality=90)
    assert Image.open(BytesIO(target.getvalue())).format == "MPO"
    fit = Image.open(BytesIO(check_photo(target.getvalue()).content))
    assert (fit.format, fit.size) == ("JPEG", (295, 413))


def _profile(kind: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes()  # type: ignore[arg-type]


@pytest.mark.found("A12")
def test_the_colours_of_a_photo_are_those_of_its_profile():
    # A Lab profile on an RGB picture does not fit, sRGB changes nothing; a swapped one shows its work.
    plain = Image.open(BytesIO(check_photo(_encoded(_portrait(), "JPEG", quality=95)).content))
    same = _encoded(_portrait(), "JPEG", quality=95, icc_profile=_profile("sRGB"))
    odd = _encoded(_portrait(), "JPEG", quality=95, icc_profile=_profile("LAB"))
    for content in (same, odd):
        fit = Image.open(BytesIO(check_photo(content).content))
        assert "icc_profile" not in fit.info
        assert all(abs(a - b) <= 3 for a, b in zip(_skin(fit), _skin(plain), strict=True))
    wide = _encoded(_portrait(), "JPEG", quality=95, icc_profile=_swapped(_profile("sRGB")))
    red, _, blue = _skin(Image.open(BytesIO(check_photo(wide).content)))
    assert blue > red + 30  # the picture calls its red blue


def _skin(image: Image.Image) -> tuple[int, int, int]:
    return image.convert("RGB").getpixel((145, 160))  # type: ignore[return-value]


def _swapped(profile: bytes) -> bytes:
    """A profile whose red primary is the blue one, and the other way round."""
    return profile.replace(b"rXYZ", b"#XYZ").replace(b"bXYZ", b"rXYZ").replace(b"#XYZ", b"bXYZ")


def _sixteen_bits(size: tuple[int, int], dark: tuple[int, int, int, int]) -> Image.Image:
    """A bright grey sheet of sixteen bits with a dark part, as scanners write them."""
    sheet = Image.new("I;16", size, 50_000)
    sheet.paste(0x2727, dark)
    return sheet


@pytest.mark.found("A11")
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("judge", [check_photo, check_signature, check_document_photo])
def test_a_jpeg_that_lost_a_part_but_has_its_end_is_refused(judge, progressive):
    size = (295, 413) if judge is check_photo else (900, 600)
    whole = _encoded(_noise(size), "JPEG", quality=60, progressive=progressive)
    middle = len(whole) // 2
    for lost in (whole[:middle] + b"\xff\xd9", whole[:middle] + b"\0" * 4000 + whole[middle + 4000 :]):
        with pytest.raises(UnfitUpload, match="损坏"):
            judge(lost)


@pytest.mark.found("A12")
@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "P"), ("PNG", "RGBA")])
def test_the_colours_of_a_document_are_those_of_its_profile(form, mode):
    picture = _portrait((600, 600)).convert(mode)
    wide = _encoded(picture, form, icc_profile=_swapped(_profile("sRGB")))
    red, _, blue = _skin(Image.open(BytesIO(check_document_photo(wide).content)))
    assert blue > red + 30


@pytest.mark.found("A11")
def test_sixteen_bits_of_grey_stay_grey():
    fit = Image.open(
        BytesIO(
            check_document_photo(_encoded(_sixteen_bits((600, 400), (200, 100, 400, 300)), "PNG")).content
        )
    )
    assert fit.convert("L").getpixel((300, 200)) == pytest.approx(39, abs=3)
    assert fit.convert("L").getpixel((20, 20)) == pytest.approx(195, abs=3)
    ink = check_signature(_encoded(_sixteen_bits((600, 300), (100, 140, 500, 160)), "PNG"))
    assert ink.width > 300


@pytest.mark.found("A11")
def test_what_is_clear_in_a_document_is_paper():
    seen = Image.new("RGBA", (600, 400), (0, 0, 0, 0))
    ImageDraw.Draw(seen).text((250, 190), "zige", fill="black")
    fit = Image.open(BytesIO(check_document_photo(_encoded(seen, "PNG")).content))
    assert fit.convert("L").getpixel((20, 20)) > 250


@pytest.mark.found("A12")
def test_a_strip_of_which_nothing_would_be_left_to_read_is_refused():
    strip = BytesIO()
    Image.new("RGB", (300, 20_000), "white").save(strip, "JPEG")
    with pytest.raises(UnfitUpload, match="太窄太长"):
        check_document_photo(strip.getvalue())


def _with_gamma(image: Image.Image, power: float, *, also: bytes = b"", **options: object) -> bytes:
    """A PNG that says by which power its values stand for light."""
    content = _encoded(image, "PNG", **options)
    chunks = [(b"gAMA", struct.pack(">I", round(power * 100_000)))]
    chunks += [(also, b"\0")] if also else []
    written = b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held))
        for name, held in chunks
    )
    return content[:33] + written + content[33:]


@pytest.mark.found("A12")
@pytest.mark.parametrize(
    "picture",
    [
        *[Image.new("L", (400, 400), 128).convert(mode) for mode in ("L", "RGB", "LA", "RGBA")],
        Image.new("L", (400, 400), 128).quantize(4),
        Image.new("I;16", (400, 400), 0x8080),
    ],
    ids=lambda picture: picture.mode,
)
def test_a_document_is_as_bright_as_its_picture_says(picture):
    # Half of the light is written as 128 by the power 1, and as 188 by sRGB (IEC 61966-2-1).
    fit = Image.open(BytesIO(check_document_photo(_with_gamma(picture, 1.0)).content))
    assert fit.convert("L").getpixel((200, 200)) == pytest.approx(188, abs=2)


@pytest.mark.found("A12")
@pytest.mark.parametrize(
    ("power", "options"),
    [
        (0.45455, {}),
        (0.0, {}),
        (1.0, {"also": b"sRGB"}),
        (1.0, {"icc_profile": _profile("sRGB")}),
    ],
)
def test_a_picture_that_says_nothing_else_stays_as_bright_as_it_is(power, options):
    # Dark on purpose: there sRGB differs most from the power that it is taken for.
    content = _with_gamma(Image.new("RGB", (400, 400), (20, 20, 20)), power, **options)
    assert _skin(Image.open(BytesIO(check_document_photo(content).content)))[1] == pytest.approx(20, abs=2)


@pytest.mark.found("A12")
def test_what_is_clear_stays_clear_whatever_the_brightness_of_the_rest():
    half = Image.new("RGBA", (400, 400), (0, 0, 0, 128))
    for content in (_with_gamma(half, 1.0), _with_gamma(half.quantize(4), 1.0)):
        fit = Image.open(BytesIO(check_document_photo(content).content))
        assert fit.convert("L").getpixel((200, 200)) == pytest.approx(127, abs=2)
