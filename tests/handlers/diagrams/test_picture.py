"""Diagrams made ready to be drawn: all in view, nothing written over an edge, signs where nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.diagrams import figures, picture, text_layout
from handlers.diagrams.picture import DiagramPicture
from handlers.diagrams.timeline_events import DiagramWords
from tests.workflows.engine.diagrams.drawing import END, START, definitions, element, flows, process, user
from workflows.diagrams import layout_reader
from workflows.diagrams.layout import Box, Layout
from workflows.diagrams.token_progress import ProcessProgress

LIBRARY = {
    file.stem: file.read_bytes()
    for file in sorted((Path(__file__).parents[3] / "workflows" / "library").glob("*/*.bpmn"))
}
WORDS = DiagramWords(here="您在这里", end="办理结束", states={})
RESTING = {"userTask", "callActivity", "receiveTask"}


def layout_of(key: str) -> Layout:
    """A process of the library."""
    return layout_reader.read_layout(LIBRARY[key], key)


def drawn(key: str, *here: str) -> DiagramPicture:
    """A process of the library with tokens in it."""
    found = picture.draw_diagram(layout_of(key), ProcessProgress(key=key, here=frozenset(here)), WORDS)
    assert found is not None
    return found


def within(inner: Box, outer: Box) -> bool:
    """Whether a box lies in another."""
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.x + inner.width <= outer.x + outer.width
        and inner.y + inner.height <= outer.y + outer.height
    )


def apart(one: Box, other: Box) -> bool:
    """Whether two boxes share nothing."""
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height <= other.y or other.y + other.height <= one.y


@pytest.mark.parametrize("key", LIBRARY)
def test_everything_lies_in_view(key: str) -> None:
    found = drawn(key)
    boxes = [one.box for one in (*found.frames, *found.figures)]
    boxes += [one.label for one in (*found.figures, *found.arrows) if one.label]
    assert [box for box in boxes if not within(box, found.view)] == []


@pytest.mark.parametrize("key", LIBRARY)
def test_names_stay_within_their_activities(key: str) -> None:
    for one in drawn(key).figures:
        widest = max((text_layout.text_width(line.text) for line in one.lines), default=0) * figures.LETTER
        if one.sort == "box":
            assert widest <= one.box.width
            assert all(one.box.y < line.y < one.box.y + one.box.height for line in one.lines)
            assert not any(line.text.endswith("…") for line in one.lines)


@pytest.mark.parametrize("key", LIBRARY)
def test_names_beside_figures_do_not_lie_over_one_another(key: str) -> None:
    found = drawn(key)
    labels = [one.label for one in (*found.figures, *found.arrows) if one.label]
    over = [
        (one, other) for place, one in enumerate(labels) for other in labels[:place] if not apart(one, other)
    ]
    assert over == []


@pytest.mark.parametrize("key", LIBRARY)
def test_a_sign_covers_no_other_figure_and_no_name(key: str) -> None:
    for figure in layout_of(key).figures:
        if figure.kind in RESTING:
            found = drawn(key, figure.id)
            (pin,) = found.pins
            others = [one.box for one in found.figures if one.state != "here"]
            others += [one.label for one in (*found.figures, *found.arrows) if one.label]
            assert all(apart(pin.box, other) for other in others), figure.id
            assert within(pin.box, found.view)
            (own,) = (one for one in found.figures if one.state == "here")
            on_it = [line for line in own.lines if pin.box.y < line.y < pin.box.y + pin.box.height + 10]
            assert pin.tip or not on_it


def test_states_and_signs() -> None:
    place = ProcessProgress(
        key="decision",
        here=frozenset({"second_review"}),
        done=("decision_opened", "first_review"),
        flows=frozenset({"decision_opened_to_first_review"}),
    )
    found = picture.draw_diagram(layout_of("decision"), place, WORDS)
    assert found is not None
    assert {one.state for one in found.figures} == {"done", "here", "ahead"}
    assert [pin.text for pin in found.pins] == ["您在这里"]
    assert sum(arrow.passed for arrow in found.arrows) == 1
    assert found.title == "流程图：三级审查与决定。您在这里：“复审”。文字版在下方。"
    assert 0 < found.start < 100


def test_an_ended_process_has_its_sign_at_the_end() -> None:
    place = ProcessProgress(key="accreditation", done=("withdrawn",), end="withdrawn")
    found = picture.draw_diagram(layout_of("accreditation"), place, WORDS)
    assert found is not None
    assert [pin.text for pin in found.pins] == ["办理结束"]


def test_two_signs_do_not_lie_over_each_other() -> None:
    first, second = drawn("background_check", "query_register", "check_by_hand").pins
    assert apart(first.box, second.box)


def test_a_file_that_draws_nothing_has_no_picture() -> None:
    layout = layout_reader.read_layout(
        definitions(process(START + user("a") + END + flows("s a", "a e"))), "p"
    )
    assert picture.draw_diagram(layout, ProcessProgress(key="p", here=frozenset({"a"})), WORDS) is None


def test_an_element_without_a_place_is_left_out() -> None:
    source = LIBRARY["decision"].replace(b'bpmnElement="second_review"', b'bpmnElement="elsewhere"')
    place = ProcessProgress(key="decision", here=frozenset({"second_review"}))
    found = picture.draw_diagram(layout_reader.read_layout(source, "decision"), place, WORDS)
    assert found is not None
    assert found.pins == ()
    assert len(found.figures) == len(layout_of("decision").figures) - 1


def test_markup_in_names_is_no_markup() -> None:
    shape = element(
        "bpmndi:BPMNShape", "a_di", '<dc:Bounds x="1" y="1" width="100" height="80"/>', bpmnElement="a"
    )
    plane = element("bpmndi:BPMNDiagram", "d1", element("bpmndi:BPMNPlane", "d2", shape, bpmnElement="p"))
    source = definitions(process(element("userTask", "a", name="<b>核对</b>")), plane)
    found = picture.draw_diagram(layout_reader.read_layout(source, "p"), ProcessProgress(key="p"), WORDS)
    assert found is not None
    assert "".join(line.text for line in found.figures[0].lines).startswith("<b>")


def test_a_sub_process_lies_below_what_it_holds() -> None:
    inner = element("startEvent", "s2") + user("u") + flows("s2 u")
    shapes = "".join(
        element("bpmndi:BPMNShape", f"{name}_di", f'<dc:Bounds x="{x}" y="{y}" {size}/>', bpmnElement=name)
        for name, x, y, size in (
            ("sub", 0, 0, 'width="300" height="160"'),
            ("s2", 20, 60, 'width="36" height="36"'),
            ("u", 120, 40, 'width="100" height="80"'),
        )
    )
    plane = element("bpmndi:BPMNDiagram", "d1", element("bpmndi:BPMNPlane", "d2", shapes, bpmnElement="p"))
    layout = layout_reader.read_layout(definitions(process(element("subProcess", "sub", inner)), plane), "p")
    found = picture.draw_diagram(layout, ProcessProgress(key="p", here=frozenset({"sub", "u"})), WORDS)
    assert found is not None
    assert [(one.sort, one.state) for one in found.figures] == [
        ("scope", "done"),
        ("circle", "ahead"),
        ("box", "here"),
    ]
    assert len(found.pins) == 1
    assert found.side is None  # there are no lanes
