"""Where the sign 您在这里 stands: beside its figure, over as little else as possible."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handlers.diagrams import text_layout
from workflows.diagrams.layout import Box, Point

HEIGHT = 24.0
GAP = 9.0  # between the sign and its figure, for the tip
LETTER = 12.0
CLEARANCE = 2.0
STRIDE = 6.0  # along a flow, from one look to the next
FLOW = 60.0  # how much each step over a flow weighs, in units of covered area
OTHER = 2000.0  # how much another figure or name weighs, besides its area
EDGE = 500.0  # how much it weighs to lie on the edge of its own figure, where there is no room beside it
SHARES = (0.5, 0.25, 0.75, 0.1, 0.9)  # where along an edge the tip may stand, the best first


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A sign with its tip, a triangle as a path; empty where the sign lies on its figure."""

    box: Box
    tip: str
    text: str


def place_pin(figure: Box, text: str, boxes: Sequence[Box], flows: Sequence[tuple[Point, ...]]) -> Pin:
    """The sign of a figure, where it covers least of the other boxes and flows."""
    wide = text_layout.text_width(text) * LETTER + 24
    dots = [dot for points in flows for dot in _points_along(points)]
    found = [(_covering_cost(box, boxes, dots), box, tip) for box, tip in _positions_beside(figure, wide)]
    found += [(_covering_cost(box, boxes, dots) + EDGE, box, "") for box in _positions_on_edge(figure, wide)]
    _, box, tip = min(found, key=lambda one: one[0])
    return Pin(box=box, tip=tip, text=text)


def _positions_beside(figure: Box, wide: float) -> Iterator[tuple[Box, str]]:
    above, below = figure.y - GAP - HEIGHT, figure.y + figure.height + GAP
    for share in SHARES:
        x = figure.x + figure.width * share
        yield _pin_box(x - wide / 2, above, wide), f"M{x:g} {figure.y:g}l-7 {-GAP - 1:g}h14z"
    middle = figure.y + figure.height / 2
    left = figure.x - GAP - wide
    yield _pin_box(left, middle - HEIGHT / 2, wide), f"M{figure.x:g} {middle:g}l{-GAP - 1:g} -7v14z"
    right = figure.x + figure.width
    yield _pin_box(right + GAP, middle - HEIGHT / 2, wide), f"M{right:g} {middle:g}l{GAP + 1:g} -7v14z"
    for share in SHARES:
        x = figure.x + figure.width * share
        yield _pin_box(x - wide / 2, below, wide), f"M{x:g} {figure.y + figure.height:g}l-7 {GAP + 1:g}h14z"


def _positions_on_edge(figure: Box, wide: float) -> Iterator[Box]:
    right = figure.x + figure.width + GAP - wide
    yield _pin_box(right, figure.y - HEIGHT / 2, wide)
    yield _pin_box(right, figure.y + figure.height - HEIGHT / 2, wide)


def _pin_box(x: float, y: float, wide: float) -> Box:
    return Box(x=round(x, 1), y=round(y, 1), width=round(wide, 1), height=HEIGHT)


def _covering_cost(box: Box, boxes: Sequence[Box], dots: Sequence[Point]) -> float:
    crossed = sum(1 for x, y in dots if _contains_point(box, x, y))
    covered = [area for other in boxes if (area := _shared_area(box, other))]
    return sum(covered) + OTHER * len(covered) + FLOW * crossed


def _shared_area(one: Box, other: Box) -> float:
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x) + CLEARANCE
    high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y) + CLEARANCE
    return max(0.0, wide) * max(0.0, high)


def _contains_point(box: Box, x: float, y: float) -> bool:
    return (
        box.x - CLEARANCE < x < box.x + box.width + CLEARANCE
        and box.y - CLEARANCE < y < box.y + box.height + CLEARANCE
    )


def _points_along(points: Sequence[Point]) -> Iterator[Point]:
    for (x, y), (to_x, to_y) in pairwise(points):
        count = min(500, max(1, math.ceil(math.hypot(to_x - x, to_y - y) / STRIDE)))
        for place in range(count + 1):
            yield x + (to_x - x) * place / count, y + (to_y - y) * place / count
