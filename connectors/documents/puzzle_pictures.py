"""The pictures of the slider puzzle (拖动滑块补全拼图): drawn by us, the same again for the same seed.

A landscape of hills under a sky, a hole in it and the piece that fills the hole; other shapes are lighter
or a little darker, so that not every shape is the hole. Drawn at twice the size at which it is shown.
"""

from __future__ import annotations

import math
import random
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

SCALE = 2
WIDTH, HEIGHT, PIECE = 320, 180, 52  # as shown, in pixels; the ruler is in the height
RULER = 20
KNOB = 8  # how far the knobs of a piece stand out of its square
MARK = 20  # between two numbers of the ruler
SCENE = (WIDTH * SCALE, (HEIGHT - RULER) * SCALE)
Colour = tuple[int, int, int]
SKIES: tuple[Colour, ...] = ((28, 62, 108), (92, 52, 98), (20, 92, 96), (122, 74, 40), (58, 84, 44))


@lru_cache(maxsize=256)
def draw_puzzle(seed: str, left: int, top: int) -> tuple[bytes, bytes]:
    """The picture with its hole as JPEG, and the piece as WebP; the hole begins at `left` and `top`."""
    chance = random.Random(seed)
    scene = _draw_scene(chance)
    mask, shape = _draw_shape(chance), (left * SCALE, top * SCALE)
    piece = _cut_piece(scene, mask, shape)
    for _ in range(2):
        _shade(scene, _draw_shape(chance), _choose_other_place(chance, left), chance.choice((44, -40)))
    _shade(scene, mask, shape, -86)
    scene.paste((225, 225, 225), shape, _outline(mask))
    picture = _add_ruler(scene)
    return _encode(picture, "JPEG", quality=72), _encode(piece, "WEBP", quality=72)


def _draw_scene(chance: random.Random) -> Image.Image:
    sky, shades = chance.choice(SKIES), Image.linear_gradient("L").resize(SCENE)
    scene = Image.merge("RGB", [_lighten(shades, base) for base in sky])
    draw = ImageDraw.Draw(scene)
    x, y, size = chance.randrange(SCENE[0]), chance.randrange(SCENE[1] // 2), chance.randrange(24, 60)
    draw.ellipse((x, y, x + size, y + size), fill=(250, 232, 190))
    for depth in range(4):
        _draw_hills(draw, chance, sky, depth)
    for _ in range(26):
        place = (
            chance.randrange(SCENE[0]),
            chance.randrange(SCENE[1] // 3, SCENE[1]),
            chance.randrange(8, 26),
        )
        draw.regular_polygon(place, chance.randrange(3, 7), fill=_vary(chance, sky, 10, 90))
    return scene


def _draw_hills(draw: ImageDraw.ImageDraw, chance: random.Random, sky: Colour, depth: int) -> None:
    width, height = SCENE
    waves = [(chance.uniform(0.5, 3), chance.uniform(0, 6), chance.uniform(8, 26)) for _ in range(3)]
    base = height * (0.45 + depth * 0.15)
    line = [
        (x, base + sum(size * math.sin(x / width * speed * 6 + begin) for speed, begin, size in waves))
        for x in range(0, width + 8, 8)
    ]
    bright = 60 - depth * 18
    draw.polygon([*line, (width, height), (0, height)], fill=_vary(chance, sky, bright - 18, bright + 18))


def _vary(chance: random.Random, colour: Colour, least: int, most: int) -> Colour:
    red, green, blue = (max(0, min(255, part + chance.randrange(least, most))) for part in colour)
    return red, green, blue


def _lighten(shades: Image.Image, base: int) -> Image.Image:
    return shades.point([min(255, base + value // 2) for value in range(256)])


def _draw_shape(chance: random.Random) -> Image.Image:
    """A square with a knob or a dent on each side; to the left it is a knob, which begins where it begins."""
    size, knob = PIECE * SCALE, KNOB * SCALE
    mask = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(mask)
    inner = (knob, knob, size - knob, size - knob)
    draw.rectangle(inner, fill=255)
    middle, radius = size // 2, knob
    for x, y in ((middle, knob), (size - knob, middle), (middle, size - knob), (knob, middle)):
        fill = 255 if chance.random() < 0.5 or x == knob else 0
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
    return mask.filter(ImageFilter.GaussianBlur(0.8))


def _cut_piece(scene: Image.Image, mask: Image.Image, place: tuple[int, int]) -> Image.Image:
    size = PIECE * SCALE
    piece = scene.crop((*place, place[0] + size, place[1] + size)).convert("RGBA")
    piece.putalpha(mask)
    piece.paste(Image.new("RGBA", piece.size, (255, 255, 255, 255)), (0, 0), _outline(mask))
    strip = Image.new("RGBA", (size, scene.height), (0, 0, 0, 0))  # so that it also tells how high it belongs
    strip.paste(piece, (0, place[1]))
    return strip


def _outline(mask: Image.Image) -> Image.Image:
    return ImageChops.subtract(mask, mask.filter(ImageFilter.MinFilter(5)))


def _shade(scene: Image.Image, mask: Image.Image, place: tuple[int, int], by: int) -> None:
    box = (*place, place[0] + mask.width, place[1] + mask.height)
    changed = scene.crop(box).point(lambda value: max(0, min(255, value + by)))
    scene.paste(changed, place, mask)


def _choose_other_place(chance: random.Random, left: int) -> tuple[int, int]:
    """Somewhere that does not touch the hole."""
    free = [x for x in range(0, WIDTH - PIECE, 4) if abs(x - left) > PIECE + 4]
    return chance.choice(free) * SCALE, chance.randrange(HEIGHT - RULER - PIECE) * SCALE


def _add_ruler(scene: Image.Image) -> Image.Image:
    """Numbers under the picture, by which a place can be named without dragging anything."""
    picture = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), (255, 255, 255))
    picture.paste(scene, (0, 0))
    draw, base = ImageDraw.Draw(picture), scene.height
    font = ImageFont.load_default(size=11 * SCALE)
    for place in range(0, WIDTH, MARK // 4):
        x, tall = place * SCALE, place % MARK == 0
        draw.line((x, base, x, base + (7 if tall else 4) * SCALE), fill=(60, 60, 60), width=2)
        if place % (2 * MARK) == 0:
            draw.text((x + 4, base + 5 * SCALE), str(place), fill=(20, 20, 20), font=font)
    return picture


def _encode(picture: Image.Image, kind: str, **options: int) -> bytes:
    target = BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()
