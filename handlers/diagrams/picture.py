"""A diagram ready to be drawn: every line, arrow and marker with its place; templates only write it down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.diagrams import arrows, figures, pins
from handlers.diagrams.arrows import DrawnArrow
from handlers.diagrams.figures import DrawnFigure, DrawnFrame
from handlers.diagrams.pins import Pin
from handlers.diagrams.timeline_events import DiagramWords
from translations import gettext, join_words
from workflows.diagrams.layout import Box, Figure, Layout
from workflows.diagrams.token_progress import ProcessProgress

MARGIN = 14.0
WIDEST_SIDE = 120.0  # more names of lanes than that would take a phone's whole width


@dataclass(frozen=True, kw_only=True)
class DiagramPicture:
    """One diagram with the place of a case in it."""

    key: str
    name: str
    title: str  # what it shows, in a sentence
    view: Box
    frames: tuple[DrawnFrame, ...]
    arrows: tuple[DrawnArrow, ...]
    figures: tuple[DrawnFigure, ...]
    pins: tuple[Pin, ...]
    start: float  # how far across the first place is, in hundredths

    @property
    def side(self) -> Box | None:
        """The names of the lanes at the left, which stay in sight while the rest is scrolled."""
        strips = [one.strip for one in self.frames if one.strip and not one.upright]
        wide = max((one.x + one.width for one in strips), default=self.view.x) - self.view.x
        if not 0 < wide <= WIDEST_SIDE:
            return None
        return Box(x=self.view.x, y=self.view.y, width=wide, height=self.view.height)


def draw_diagram(layout: Layout, place: ProcessProgress, words: DiagramWords) -> DiagramPicture | None:
    """The picture of a process with a sign at each place; nothing when its file draws nothing."""
    if not layout.drawn:
        return None
    frames = figures.draw_frames(layout)
    shown = figures.draw_figures(layout, place)
    flows = arrows.draw_arrows(layout, place.flows)
    covered = [
        *_figure_boxes(layout),
        *_label_boxes(shown, flows),
        *(one.strip for one in frames if one.strip),
    ]
    marked = _marked_figures(layout, place)
    signs = _place_signs(marked, layout, covered, _sign_texts(marked, place, words))
    view = _box_around(
        [*(one.box for one in frames), *covered, *_arrow_corners(layout), *(one.box for one in signs)]
    )
    return DiagramPicture(
        key=layout.key,
        name=layout.name,
        title=_diagram_title(layout, marked, words.end if place.end else words.here),
        view=view,
        frames=frames,
        arrows=flows,
        figures=shown,
        pins=tuple(signs),
        # What has ended is read from its beginning: nobody waits at its end.
        start=0.0 if place.end else _scroll_start(marked, view),
    )


def _marked_figures(layout: Layout, place: ProcessProgress) -> list[Figure]:
    around = {scope for one in place.here for scope in layout.around(one)}
    wanted = (place.here - around) or ({place.end} if place.end else set())
    found = [figure for figure in layout.figures if figure.id in wanted and figure.box]
    return sorted(found, key=lambda figure: (figure.box.x, figure.box.y) if figure.box else (0.0, 0.0))


def _sign_texts(marked: list[Figure], place: ProcessProgress, words: DiagramWords) -> dict[str, str]:
    return {one.id: words.end if one.id == place.end else words.here for one in marked}


def _place_signs(
    marked: list[Figure], layout: Layout, covered: list[Box], texts: dict[str, str]
) -> list[Pin]:
    """A sign for each figure; none over another."""
    flows = [arrow.points for arrow in layout.arrows]
    found: list[Pin] = []
    for figure in marked:
        assert figure.box is not None  # only what is drawn is marked
        others = [box for box in covered if box != figure.box] + [one.box for one in found]
        found.append(pins.place_pin(figure.box, texts[figure.id], others, flows))
    return found


def _arrow_corners(layout: Layout) -> Iterator[Box]:
    for arrow in layout.arrows:
        for x, y in arrow.points:
            yield Box(x=x, y=y, width=0, height=0)


def _figure_boxes(layout: Layout) -> Iterator[Box]:
    scopes = {figure.within for figure in layout.figures}
    for figure in layout.figures:
        if figure.box is not None and figure.id not in scopes:
            yield figure.box


def _label_boxes(shown: tuple[DrawnFigure, ...], flows: tuple[DrawnArrow, ...]) -> Iterator[Box]:
    labels = (*(one.label for one in shown), *(one.label for one in flows))
    yield from (label for label in labels if label is not None)


def _box_around(boxes: list[Box]) -> Box:
    left, top = min(box.x for box in boxes) - MARGIN, min(box.y for box in boxes) - MARGIN
    right = max(box.x + box.width for box in boxes) + MARGIN
    bottom = max(box.y + box.height for box in boxes) + MARGIN
    return Box(x=round(left, 1), y=round(top, 1), width=round(right - left, 1), height=round(bottom - top, 1))


def _diagram_title(layout: Layout, marked: list[Figure], sign: str) -> str:
    if not marked:
        return gettext("流程图：%(name)s。文字版在下方。", name=layout.name)
    names = join_words(gettext("“%(name)s”", name=figure.name or figure.id) for figure in marked)
    return gettext(
        "流程图：%(name)s。%(sign)s：%(elements)s。文字版在下方。",
        name=layout.name,
        sign=sign,
        elements=names,
    )


def _scroll_start(marked: list[Figure], view: Box) -> float:
    first = marked[0].box if marked else None
    return round((first.x + first.width / 2 - view.x) / view.width * 100, 1) if first else 0.0
