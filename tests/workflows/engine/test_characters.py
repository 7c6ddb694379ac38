"""Characters in ids and names that nobody sees: a problem at the element, and no sentence turned by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.workflows.engine.diagrams.drawing import (
    FAILURES,
    KEYED,
    definitions,
    element,
    process,
    straight,
    user,
)
from tests.workflows.engine.test_decisions import column, drawn, row
from workflows.engine.lint import lint_files
from workflows.engine.source.environment import Environment

pytestmark = pytest.mark.found("E9")
KNOWN = Environment(forms=frozenset({"form"}), roles=frozenset({"clerk"}))


def _told(source: bytes) -> set[tuple[str, str | None]]:
    return {
        (one.rule, one.element) for one in lint_files({"p.bpmn": source}, KNOWN) if one.severity == "error"
    }


def _lane(name: str) -> str:
    lane = element("lane", "lane", "<flowNodeRef>x</flowNodeRef>", name=name)
    return element("laneSet", "lanes", lane)


def _sub_process(name: str) -> str:
    inner = straight(user("y"), "y").replace('"s"', '"s2"').replace('"e"', '"e2"')
    return straight(element("subProcess", "x", inner, name=name))


def _named_flow(name: str) -> str:
    return straight(user("x")).replace('id="s_x"', f'id="s_x" name="{name}"')


def _pool(name: str) -> str:
    return element("collaboration", "c", element("participant", "pool", processRef="p", name=name))


def _annotation(text: str) -> str:
    return straight(user("x")) + element("textAnnotation", "note", f"<text>{text}</text>")


TASK = process(straight(user("x")))
# What bears the name → the file, and the element at which a problem is told.
NAMED: dict[str, tuple[Callable[[str], bytes], str]] = {
    "process": (lambda name: definitions(process(straight(user("x")), name=name)), "p"),
    "task": (lambda name: definitions(TASK.replace("办理", name)), "x"),
    "lane": (lambda name: definitions(process(_lane(name) + straight(user("x")))), "lane"),
    "sub-process": (lambda name: definitions(process(_sub_process(name))), "x"),
    "flow": (lambda name: definitions(process(_named_flow(name))), "s_x"),
    "message": (lambda name: definitions(KEYED.replace('"answered"', f'"{name}"'), TASK), "m"),
    "pool": (lambda name: definitions(_pool(name), TASK), "pool"),
    "error code": (lambda name: definitions(FAILURES.replace('de="failed"', f'de="{name}"'), TASK), "failed"),
    "annotation": (lambda name: definitions(process(_annotation(name))), "note"),
}


@pytest.mark.parametrize("kind", NAMED)
@pytest.mark.parametrize("one", ["\u202e", "\u2066", "\u200b", "\ue000", "\u0378", "\x7f"])
def test_a_name_with_what_nobody_sees_is_refused_at_its_element(kind: str, one: str) -> None:
    draw, name = NAMED[kind]
    assert _told(draw(f"办{one}理")) == {("bad-character", name)}


@pytest.mark.parametrize("kind", NAMED)
def test_a_name_of_chinese_and_pictures_passes(kind: str) -> None:
    draw, _ = NAMED[kind]
    assert _told(draw("办理👨\u200d👩\u200d👧🫨❤\ufe0f")) == set()


def test_a_name_in_two_lines_passes() -> None:
    assert _told(definitions(process(straight(user("x").replace("办理", "核对&#10;材料"))))) == set()


@pytest.mark.parametrize("name", ["a\u202eb", "a\u200bb", "\ue000", "a\u200db"])
def test_an_id_with_what_nobody_sees_is_one_problem(name: str) -> None:
    told = _told(definitions(process(straight(user(name), name))))
    assert told == {("bad-character", one) for one in (name, f"s_{name}", f"{name}_e")}
    assert _told(definitions(process(straight(user("x")), name))) == {("bad-character", name)}


def test_sentences_about_the_element_are_not_turned_by_its_name() -> None:
    drawn = definitions(process(straight(element("task", "x", name="甲\u202e乙"))))
    problems = lint_files({"p.bpmn": drawn}, KNOWN)
    assert {problem.rule for problem in problems} >= {"bad-character", "role-missing"}
    assert all("\u202e" not in problem.message for problem in problems)
    assert any("甲[U+202E]乙" in problem.message for problem in problems)


TABLE = drawn(column("input", "in", "x") + column("output", "out", "y") + row("r", ["-"], ["1"])).decode()


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ('name="路线"', 'name="路\u202e线"', "route"),
        ('id="route"', 'id="ro\u200bute"', "ro\u200bute"),
        ('label="in"', 'label="\ue000"', "in"),
        ('name="y"', 'name="y" label="a\u2066"', "out"),
    ],
)
def test_tables_and_columns_are_refused_at_their_element(before: str, after: str, name: str) -> None:
    assert before in TABLE
    problems = lint_files({"t.dmn": TABLE.replace(before, after).encode()}, KNOWN)
    assert [(problem.rule, problem.element) for problem in problems] == [("bad-character", name)]
    assert all("\u202e" not in problem.message for problem in problems)


def test_a_table_with_a_picture_in_its_name_passes() -> None:
    assert lint_files({"t.dmn": TABLE.replace("路线", "路线👨\u200d👩\u200d👧").encode()}, KNOWN) == []
