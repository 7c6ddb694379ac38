"""Events, activities, gateways and lanes as they are drawn, each with the state of the case in it."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.diagrams import arrows, bpmn_markers, text_layout
from handlers.diagrams.text_layout import TextLine
from translations import gettext, lazy_gettext
from workflows.diagrams.layout import SCOPES, Box, Figure, Frame, Layout
from workflows.diagrams.token_progress import ProcessProgress

LETTER, LEADING = 13.0, 17.0
PADDING = 6.0
SQUARE = 16.0  # of a glyph
STRIP = 24.0  # of the title of a pool or lane
LOW = 66.0  # the height of an activity in which even one line touches the marker
DODGE = 4.0
PURPOSES = {"deadline": lazy_gettext("期限"), "reminder": lazy_gettext("提醒")}


@dataclass(frozen=True, kw_only=True)
class Glyph:
    """A small drawing and where it stands."""

    path: str
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class DrawnFrame:
    """A pool or lane; the strip holds its title."""

    box: Box
    strip: Box | None
    name: str
    upright: bool  # the strip lies above, its title runs across


@dataclass(frozen=True, kw_only=True)
class DrawnFigure:
    """One event, activity or gateway."""

    sort: str  # circle | box | diamond | scope: a sub-process around others
    state: str  # done | here | ahead
    box: Box
    middle: tuple[float, float]
    thick: bool = False
    double: bool = False
    dashed: bool = False
    glyphs: tuple[Glyph, ...] = ()
    lines: tuple[TextLine, ...] = ()  # inside, or beside as notes
    label: Box | None = None  # what the notes cover
    tip: str = ""  # what a timer is to the activity it stands at


def draw_frames(layout: Layout) -> tuple[DrawnFrame, ...]:
    """The lanes; a pool only where it has none, as its name is that of the diagram."""
    lanes = [frame for frame in layout.frames if frame.kind == "lane"]
    return tuple(_draw_frame(frame) for frame in lanes or layout.frames)


def draw_figures(layout: Layout, place: ProcessProgress) -> tuple[DrawnFigure, ...]:
    """The figures that the file draws; sub-processes lie below, boundary events on top."""
    order = {"boundaryEvent": 2, **dict.fromkeys(SCOPES, 0)}
    found = sorted(
        (figure for figure in layout.figures if figure.box), key=lambda one: order.get(one.kind, 1)
    )
    return tuple(_draw_figure(figure, _figure_state(figure.id, place), layout) for figure in found)


def _figure_state(element: str, place: ProcessProgress) -> str:
    if element in place.here or element == place.end:
        return "here"
    return "done" if element in place.done else "ahead"


def _draw_frame(frame: Frame) -> DrawnFrame:
    box = frame.box
    wide, high = (box.width, STRIP) if frame.upright else (STRIP, box.height)
    strip = Box(x=box.x, y=box.y, width=wide, height=high) if frame.name else None
    return DrawnFrame(box=box, strip=strip, name=frame.name, upright=frame.upright)


def _draw_figure(figure: Figure, state: str, layout: Layout) -> DrawnFigure:
    if figure.kind.endswith("Event"):
        return _draw_event(figure, state)
    if figure.kind.endswith("Gateway"):
        return _draw_gateway(figure, state)
    if any(one.within == figure.id and one.box for one in layout.figures):
        return _draw_scope(figure, state)
    return _draw_activity(
        figure, state, [one.box for one in layout.figures if one.host == figure.id and one.box]
    )


def _draw_event(figure: Figure, state: str) -> DrawnFigure:
    box = _drawn_box(figure)
    lines = _write_notes(figure)
    return DrawnFigure(
        sort="circle",
        state=state,
        box=box,
        middle=_box_middle(box),
        thick=figure.kind == "endEvent",
        double=figure.kind in {"boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"},
        dashed=not figure.interrupting,
        glyphs=_centre_glyph(box, bpmn_markers.EVENTS.get(figure.trigger)),
        lines=lines,
        label=arrows.covered_box(lines),
        tip=describe_purpose(figure),
    )


def describe_purpose(figure: Figure) -> str:
    """What a timer beside an activity is to it, with its name; nothing for other figures."""
    word = PURPOSES.get(figure.purpose)
    return gettext("%(purpose)s：%(timer)s", purpose=word, timer=figure.name or figure.id) if word else ""


def _draw_gateway(figure: Figure, state: str) -> DrawnFigure:
    box = _drawn_box(figure)
    lines = _write_notes(figure)
    return DrawnFigure(
        sort="diamond",
        state=state,
        box=box,
        middle=_box_middle(box),
        glyphs=_centre_glyph(box, bpmn_markers.GATEWAYS.get(figure.kind)),
        lines=lines,
        label=arrows.covered_box(lines),
    )


def _draw_scope(figure: Figure, state: str) -> DrawnFigure:
    """A sub-process that shows what is in it: below that, its name above it, and no place of its own."""
    box = _drawn_box(figure)
    name = text_layout.wrap_text(figure.name, (box.width - 2 * PADDING) / LETTER, 1)
    lines = text_layout.centre_lines(name, _box_middle(box)[0], box.y + PADDING + LEADING / 2, LEADING)
    return DrawnFigure(
        sort="scope",
        state="done" if state == "here" else state,
        box=box,
        middle=_box_middle(box),
        lines=lines,
        label=arrows.covered_box(lines),
    )


def _draw_activity(figure: Figure, state: str, above: list[Box]) -> DrawnFigure:
    box, marker = _drawn_box(figure), bpmn_markers.ACTIVITIES.get(figure.kind)
    found = [Glyph(path=marker, x=_marker_left(box, above), y=box.y + 5)] if marker else []
    if figure.repeated:
        x, y = box.x + (box.width - SQUARE) / 2, box.y + box.height - SQUARE - 2
        found.append(Glyph(path=bpmn_markers.REPEATS[figure.repeated], x=x, y=y))
    return DrawnFigure(
        sort="box",
        state=state,
        box=box,
        middle=_box_middle(box),
        thick=figure.kind == "callActivity",
        glyphs=tuple(found),
        lines=_write_inside(figure),
    )


def _marker_left(box: Box, above: list[Box]) -> float:
    """Where the marker of an activity begins: at the left, unless a boundary event lies over it."""
    reach = box.x + 5 + SQUARE
    over = any(one.x < reach and one.y < box.y + 5 + SQUARE < one.y + 2 * one.height for one in above)
    return box.x + box.width - 5 - SQUARE if over else box.x + 5


def _write_inside(figure: Figure) -> tuple[TextLine, ...]:
    box = _drawn_box(figure)
    room = (box.width - 2 * PADDING) / LETTER
    most = max(1, int((box.height - 2 * PADDING - SQUARE / 2) // LEADING))
    lines = text_layout.wrap_text(figure.name, room, most)
    x, y = _box_middle(box)
    full = len(lines) == most > 1 or box.height < LOW  # then it makes room for the markers above and below
    down = DODGE * (full and figure.kind in bpmn_markers.ACTIVITIES) - DODGE * (
        full and bool(figure.repeated)
    )
    return text_layout.centre_lines(lines, x, y + down, LEADING)


def _write_notes(figure: Figure) -> tuple[TextLine, ...]:
    return arrows.write_note(figure.name, figure.label or _box_below(figure)) if figure.name else ()


def _box_below(figure: Figure) -> Box:
    box, wide = _drawn_box(figure), min(text_layout.text_width(figure.name), 8) * arrows.LETTER
    count = max(1, -(-text_layout.text_width(figure.name) // 8))
    x, y = box.x + (box.width - wide) / 2, box.y + box.height + 4
    return Box(x=x, y=y, width=wide, height=count * arrows.LEADING)


def _centre_glyph(box: Box, path: str | None) -> tuple[Glyph, ...]:
    x, y = _box_middle(box)
    return (Glyph(path=path, x=x - SQUARE / 2, y=y - SQUARE / 2),) if path else ()


def _box_middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _drawn_box(figure: Figure) -> Box:
    assert figure.box is not None  # what is not drawn was left out before
    return figure.box
