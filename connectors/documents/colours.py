"""The colours of a picture as everything shows them: eight bits, sRGB, on white paper."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms

USUAL = 2.2  # what everything shows when nothing is said; sRGB is as good as this
ALIKE = 0.05  # of it: nobody sees the difference


def to_srgb(image: Image.Image) -> Image.Image:
    """The picture in sRGB: its own profile goes with the metadata, and faces would fade without it."""
    return _apply_profile(flatten_on_white(_by_gamma(reduce_to_eight_bits(image))))


def reduce_to_eight_bits(image: Image.Image) -> Image.Image:
    """A grey picture of sixteen bits in eight; Pillow by itself would make everything but black white."""
    if not image.mode.startswith("I"):
        return image
    # A table of sixteen bits is the one way in which Pillow scales: each value by its upper half.
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def flatten_on_white(image: Image.Image) -> Image.Image:
    """The picture on white: what is clear holds any colour, and is mostly black."""
    if not image.has_transparency_data:
        return image
    profile = image.info.get("icc_profile")
    drawn = image.convert("RGBA")
    paper = Image.new("RGBA", drawn.size, "white")
    laid = Image.alpha_composite(paper, drawn).convert("RGB")
    if profile:
        laid.info["icc_profile"] = profile
    return laid


def _by_gamma(image: Image.Image) -> Image.Image:
    """A PNG that tells by a power alone how its values stand for light; a better word of its own wins."""
    power = image.info.get("gamma", 0)
    told = "icc_profile" in image.info or "srgb" in image.info
    if told or power <= 0 or abs(power * USUAL - 1) < ALIKE:
        return image
    fitting = image.convert("RGBA" if image.has_transparency_data else "RGB") if image.mode == "P" else image
    table = [_to_srgb_value((value / 255) ** (1 / power)) for value in range(256)]
    kept = list(range(256))  # how clear a place is stays as it is
    tables = [kept if band == "A" else table for band in fitting.getbands()]
    return fitting.point([value for one in tables for value in one])


def _to_srgb_value(light: float) -> int:
    """How sRGB writes an amount of light (IEC 61966-2-1)."""
    written = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * written)


def _apply_profile(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile:
        return image
    fitting = image.convert("RGB") if image.mode == "P" else image
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(fitting, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that does not fit its picture is no profile
    assert converted is not None  # only a change in place answers nothing
    return converted
