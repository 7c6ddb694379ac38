"""The colours of a picture as everything shows them: eight bits, sRGB, on white paper."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageCms


def to_srgb(image: Image.Image) -> Image.Image:
    """The picture in sRGB: its own profile goes with the metadata, and faces would fade without it."""
    return _apply_profile(flatten_on_white(reduce_to_eight_bits(image)))


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
