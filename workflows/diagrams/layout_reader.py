"""Reads what a BPMN file draws; bounds that make no sense count as not drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache

from workflows.diagrams.layout import SCOPES, Arrow, Box, Figure, Frame, Layout, Point
from workflows.engine.lint.reading.diagram import list_children, read_properties, read_purpose, text_of
from workflows.engine.lint.reading.report import local_name
from workflows.engine.source import safe_xml
from workflows.engine.source.safe_xml import Element

BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
WIDEST = 100_000.0  # what lies farther out is a mistake of the file, and would make the picture invisible
OTHERS = SCOPES | {"task", "callActivity"}


@lru_cache(maxsize=128)
def read_layout(source: bytes, key: str) -> Layout:
    """The process of this key as the file draws it; raises LintRefused when the file is no BPMN."""
    root = safe_xml.parse_xml(source, name="diagram.bpmn")
    process = next(one for one in list_children(root, "process") if one.get("id") == key)
    places = _Plane(root, key)
    lanes = dict(_read_lane_names(process))
    return Layout(
        key=key,
        name=process.get("name") or key,
        frames=tuple(_read_frames(root, process, places)),
        figures=tuple(_read_figures(process, places, lanes, None)),
        arrows=tuple(_read_arrows(process, places)),
    )


def read_layouts(sources: Mapping[str, bytes]) -> dict[str, Layout]:
    """All processes of some files by their keys."""
    return {
        process.get("id"): read_layout(source, process.get("id"))
        for name, source in sources.items()
        if name.lower().endswith(".bpmn")
        for process in list_children(safe_xml.parse_xml(source, name=name), "process")
    }


class _Plane:
    """Where the plane of a process puts its elements."""

    def __init__(self, root: Element, key: str) -> None:
        self.shapes: dict[str, Element] = {}
        self.edges: dict[str, Element] = {}
        for plane in _find_planes(root, key):
            self.shapes |= {one.get("bpmnElement"): one for one in plane.iter(f"{BPMNDI}BPMNShape")}
            self.edges |= {one.get("bpmnElement"): one for one in plane.iter(f"{BPMNDI}BPMNEdge")}

    def box(self, element: str) -> Box | None:
        """Where an element stands."""
        return _read_box(self.shapes.get(element))

    def label(self, element: str) -> Box | None:
        """Where the name of an element or flow is written."""
        holder = self.shapes.get(element, self.edges.get(element))
        return None if holder is None else _read_box(holder.find(f"{BPMNDI}BPMNLabel"))

    def points(self, flow: str) -> tuple[Point, ...]:
        """The way of a flow; empty when it is not drawn."""
        edge = self.edges.get(flow)
        found = [] if edge is None else [_read_point(one) for one in edge.findall(f"{DI}waypoint")]
        points = tuple(point for point in found if point is not None)
        return points if len(points) == len(found) > 1 else ()

    def upright(self, element: str) -> bool:
        """Whether a pool or lane runs from top to bottom."""
        shape = self.shapes.get(element)
        return shape is not None and shape.get("isHorizontal", "true") == "false"


def _find_planes(root: Element, key: str) -> Iterator[Element]:
    # What a collapsed sub-process hides is drawn on a plane of its own, and would lie across the rest.
    pools = {one.get("id") for one in list_children(root, "collaboration")}
    for plane in root.iter(f"{BPMNDI}BPMNPlane"):
        if plane.get("bpmnElement") in {key, *pools}:
            yield plane


def _read_frames(root: Element, process: Element, places: _Plane) -> Iterator[Frame]:
    pools = [
        one
        for collaboration in list_children(root, "collaboration")
        for one in list_children(collaboration, "participant")
        if one.get("processRef") == process.get("id")
    ]
    for element in (*pools, *(lane for lane in _walk_lanes(process))):
        box = places.box(element.get("id"))
        if box is not None:
            yield Frame(
                id=element.get("id"),
                kind=local_name(element),
                name=element.get("name") or "",
                box=box,
                upright=places.upright(element.get("id")),
            )


def _walk_lanes(holder: Element) -> Iterator[Element]:
    for lanes in list_children(holder, "laneSet", "childLaneSet"):
        for lane in list_children(lanes, "lane"):
            yield lane
            yield from _walk_lanes(lane)


def _read_lane_names(process: Element) -> Iterator[tuple[str, str]]:
    """The lane of each element; inner lanes come last and count."""
    for lane in _walk_lanes(process):
        for reference in list_children(lane, "flowNodeRef"):
            yield text_of(reference), lane.get("name") or ""


def _read_figures(
    scope: Element, places: _Plane, lanes: dict[str, str], within: str | None
) -> Iterator[Figure]:
    for element in list_children(scope):
        kind, identity = local_name(element), element.get("id")
        if identity and (kind.endswith(("Task", "Event", "Gateway")) or kind in OTHERS):
            yield Figure(
                id=identity,
                kind=kind,
                name=(element.get("name") or "").strip(),
                box=places.box(identity),
                label=places.label(identity),
                lane=lanes.get(identity) or lanes.get(within or "", ""),
                within=within,
                host=element.get("attachedToRef"),
                calls=element.get("calledElement"),
                trigger=_read_trigger(element),
                interrupting=element.get("cancelActivity", "true") == "true",
                purpose=read_purpose(element),
                time=_read_time(element),
                repeated=_read_repetition(element),
                role=read_properties(element).get("role", ""),
                only_for=read_properties(element).get("onlyFor"),
            )
            if kind in SCOPES:
                yield from _read_figures(element, places, lanes, identity)


def _read_trigger(element: Element) -> str:
    found = [local_name(one) for one in list_children(element) if local_name(one).endswith("EventDefinition")]
    return "multiple" if len(found) > 1 else "".join(found).removesuffix("EventDefinition")


def _read_time(element: Element) -> str:
    timers = list_children(element, "timerEventDefinition")
    return next((text_of(time) for timer in timers for time in list_children(timer) if text_of(time)), "")


def _read_repetition(element: Element) -> str:
    for one in list_children(element, "multiInstanceLoopCharacteristics"):
        return "sequential" if one.get("isSequential") == "true" else "parallel"
    return "loop" if next(list_children(element, "standardLoopCharacteristics"), None) is not None else ""


def _read_arrows(scope: Element, places: _Plane) -> Iterator[Arrow]:
    for element in list_children(scope):
        if local_name(element) in SCOPES:
            yield from _read_arrows(element, places)
        elif local_name(element) == "sequenceFlow" and element.get("id"):
            yield Arrow(
                id=element.get("id"),
                name=(element.get("name") or "").strip(),
                source=element.get("sourceRef", ""),
                target=element.get("targetRef", ""),
                points=places.points(element.get("id")),
                label=places.label(element.get("id")),
            )


def _read_box(holder: Element | None) -> Box | None:
    bounds = None if holder is None else holder.find(f"{DC}Bounds")
    if bounds is None:
        return None
    x, y, width, height = (_read_number(bounds.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or not width or not height or width < 0 or height < 0:
        return None
    return Box(x=x, y=y, width=width, height=height)


def _read_point(waypoint: Element) -> Point | None:
    x, y = _read_number(waypoint.get("x")), _read_number(waypoint.get("y"))
    return None if x is None or y is None else (x, y)


def _read_number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < WIDEST else None
