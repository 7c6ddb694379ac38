"""What a file draws: the whole library, and files that draw little or nonsense."""

from __future__ import annotations

import re

import pytest

from tests.workflows.engine import library
from tests.workflows.engine.diagrams.drawing import END, START, definitions, element, flows, process, user
from workflows.diagrams import layout_reader
from workflows.diagrams.layout import Box, Layout

KEYS = sorted(name.removesuffix(".bpmn") for name in library.SOURCES if name.endswith(".bpmn"))


def of_library(key: str) -> Layout:
    """A process of the library."""
    return layout_reader.read_layout(library.SOURCES[f"{key}.bpmn"], key)


@pytest.mark.parametrize("key", KEYS)
def test_everything_in_the_library_is_drawn(key: str) -> None:
    layout = of_library(key)
    assert [figure.id for figure in layout.figures if figure.box is None] == []
    assert [arrow.id for arrow in layout.arrows if not arrow.points] == []
    assert [figure.id for figure in layout.figures if not figure.lane] == []
    assert {arrow.source for arrow in layout.arrows} <= layout.by_id.keys()
    assert {arrow.target for arrow in layout.arrows} <= layout.by_id.keys()


def test_figures_say_what_they_are() -> None:
    figures = of_library("review").by_id
    checks, warned = figures["background_checks"], figures["checks_due_soon"]
    assert (checks.kind, checks.calls, checks.repeated) == ("callActivity", "background_check", "parallel")
    assert (warned.trigger, warned.host, warned.interrupting) == ("timer", "background_checks", False)
    assert checks.box == Box(x=740, y=180, width=100, height=80)
    assert of_library("decision").by_id["second_review"].role == "authority.second"


def test_frames_are_pool_and_lanes() -> None:
    frames = of_library("accreditation").frames
    assert [frame.name for frame in frames] == ["教师资格认定", "申请人", "确认点", "认定机构"]
    assert {frame.kind for frame in frames} == {"participant", "lane"}


def test_a_file_without_a_drawing_has_its_elements_and_no_places() -> None:
    source = definitions(process(START + user("a") + END + flows("s a", "a e")))
    layout = layout_reader.read_layout(source, "p")
    assert not layout.drawn
    assert [figure.id for figure in layout.figures] == ["s", "a", "e"]
    assert len(layout.arrows) == 2


@pytest.mark.parametrize("nonsense", ["", "NaN", "inf", "-1e9", "abc"])
def test_a_place_that_makes_no_sense_is_no_place(nonsense: str) -> None:
    source = re.sub(rb'x="740" y="180"', f'x="{nonsense}" y="180"'.encode(), library.SOURCES["review.bpmn"])
    layout = layout_reader.read_layout(source, "review")
    assert layout.by_id["background_checks"].box is None
    assert layout.drawn


def test_a_sub_process_is_around_what_it_holds() -> None:
    inner = element("startEvent", "s2") + user("u") + element("endEvent", "e2") + flows("s2 u", "u e2")
    source = definitions(process(START + element("subProcess", "sub", inner) + END + flows("s sub", "sub e")))
    layout = layout_reader.read_layout(source, "p")
    assert layout.around("u") == ["sub"]
    assert layout.around("sub") == []
    assert {arrow.target for arrow in layout.arrows} == {"sub", "e", "u", "e2"}
