"""Sequence flows as they are drawn: a line, its head, and what stands beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from handlers.diagrams import text_layout
from handlers.diagrams.text_layout import TextLine
from workflows.diagrams.layout import Arrow, Box, Layout, Point

LENGTH, HALF = 9.0, 4.6  # of a head
LETTER, LEADING = 12.0, 15.0
BESIDE = 8.0  # from a line to what is written beside it, when the file gives no place


@dataclass(frozen=True, kw_only=True)
class DrawnArrow:
    """One flow."""

    line: str
    head: str
    passed: bool
    lines: tuple[TextLine, ...] = ()
    label: Box | None = None


def draw_arrows(layout: Layout, passed: frozenset[str]) -> tuple[DrawnArrow, ...]:
    """The flows that the file draws, those on the way last so that they lie on top."""
    found = [_draw_arrow(arrow, arrow.id in passed) for arrow in layout.arrows if arrow.points]
    return tuple(sorted(found, key=lambda one: one.passed))


def _draw_arrow(arrow: Arrow, passed: bool) -> DrawnArrow:
    box = (arrow.label or _box_beside(arrow)) if arrow.name else None
    lines = write_note(arrow.name, box) if box else ()
    return DrawnArrow(
        line="M" + "L".join(f"{x:g} {y:g}" for x, y in arrow.points),
        head=_arrow_head(arrow.points),
        passed=passed,
        lines=lines,
        label=covered_box(lines),
    )


def write_note(text: str, box: Box) -> tuple[TextLine, ...]:
    """A note in the middle of its place, in as many lines as the place is high."""
    count = max(1, round(box.height / LEADING))
    room = max(box.width / LETTER + 1, text_layout.text_width(text) / count)
    lines = text_layout.wrap_text(text, room)
    return text_layout.centre_lines(lines, box.x + box.width / 2, box.y + box.height / 2, LEADING)


def covered_box(lines: tuple[TextLine, ...]) -> Box | None:
    """What a note covers."""
    if not lines:
        return None
    wide = max(text_layout.text_width(line.text) for line in lines) * LETTER
    return Box(
        x=lines[0].x - wide / 2,
        y=lines[0].y - LETTER,
        width=wide,
        height=len(lines) * LEADING,
    )


def _box_beside(arrow: Arrow) -> Box:
    wide = text_layout.text_width(arrow.name) * LETTER
    (x, y), (to_x, to_y) = arrow.points[:2]
    if abs(to_x - x) >= abs(to_y - y):
        left = x + BESIDE if to_x > x else x - BESIDE - wide
        return Box(x=left, y=y - BESIDE - LEADING, width=wide, height=LEADING)
    return Box(x=x + BESIDE, y=y + (BESIDE if to_y > y else -BESIDE - LEADING), width=wide, height=LEADING)


def _arrow_head(points: tuple[Point, ...]) -> str:
    end = points[-1]
    before = next((point for point in reversed(points) if point != end), None)
    if before is None:
        return ""
    angle = math.atan2(end[1] - before[1], end[0] - before[0])
    back_x, back_y = end[0] - LENGTH * math.cos(angle), end[1] - LENGTH * math.sin(angle)
    side_x, side_y = HALF * math.sin(angle), -HALF * math.cos(angle)
    corners = [end, (back_x + side_x, back_y + side_y), (back_x - side_x, back_y - side_y)]
    return "M" + "L".join(f"{round(x, 1):g} {round(y, 1):g}" for x, y in corners) + "z"
