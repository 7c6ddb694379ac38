"""What states say of the places at which they stand: allowed, counted and named as it is drawn there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from domain.diagrams.lint_environment import build_environment
from tests.handlers.diagrams.altering import LIBRARY
from tests.handlers.diagrams.test_deployed_words import lint_altered
from workflows.engine.lint import lint_files
from workflows.engine.source.problems import LintProblem

DIAGRAM = "accreditation/accreditation.bpmn"
STATES = "accreditation/states.json"


def lint_states(name: str, **change: Any) -> list[LintProblem]:
    """The problems of the library's states with one of them changed, deployed alone."""
    content = json.loads((LIBRARY / STATES).read_text("utf-8"))
    content["states"].setdefault(name, {"label": "另一状态"}).update(change)
    return lint_files({STATES: json.dumps(content).encode()}, build_environment())


def warned(problems: list[LintProblem]) -> set[tuple[str | None, str]]:
    return {(one.element, one.rule) for one in problems if one.severity == "warning"}


def test_the_library_is_warned_of_nothing(world: Flask) -> None:
    sources = {path.relative_to(LIBRARY).as_posix(): path for path in LIBRARY.rglob("*") if path.is_file()}
    assert lint_files({name: path.read_bytes() for name, path in sources.items()}, build_environment()) == []


@pytest.mark.parametrize(
    ("old", "told", "said"),
    [
        ("pending_decision", "review", "“审查与决定”（review）没有公开状态"),
        ("not_accepted", "await_reopening", "网报待确认"),
    ],
)
def test_a_place_where_a_case_waits_without_a_state_names_the_one_that_stays(
    world: Flask, old: str, told: str, said: str
) -> None:
    found = lint_altered(DIAGRAM, f'<spiffworkflow:property name="publicState" value="{old}" />', "")
    assert (told, "no-public-state") in warned(found)
    assert any(said in one.message for one in found if one.element == told)


def test_a_diagram_whose_service_is_not_known_may_have_places_without_a_state(world: Flask) -> None:
    found = lint_altered("confirmation/confirmation.bpmn", 'value="correction"', 'value="granted"')
    assert warned(found) == {("arrived_again", "act-not-allowed")}


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("pending_confirmation", {"allows": ["change"]}, "states.pending_confirmation.allows"),
        ("pending_decision", {"allows": []}, "states.pending_decision.allows"),
        ("pending_confirmation", {"countsAs": "granted"}, "states.pending_confirmation.countsAs"),
    ],
)
def test_states_that_do_not_fit_deployed_diagrams_are_told_at_the_state(
    world: Flask, name: str, change: dict[str, Any], told: str
) -> None:
    assert told in {place for place, _ in warned(lint_states(name, **change))}


def test_an_end_that_counts_as_granted_comes_after_the_review(world: Flask) -> None:
    old = '<spiffworkflow:property name="publicState" value="lapsed" />'
    (told,) = lint_altered(DIAGRAM, old, old.replace("lapsed", "granted"))
    assert (told.element, told.rule, told.severity) == ("lapsed", "state-too-soon", "warning")
    assert (told.path[-2:], "review" in told.path) == (("is_accepted", "lapsed"), False)


def test_a_state_in_no_stage_is_told(world: Flask) -> None:
    found = lint_states("with_supervisor", countsAs="confirming", title="主管正在过目", text="请稍等")
    assert warned(found) == {("states.with_supervisor", "state-stage")}
    assert lint_states("pending_confirmation") == []


@pytest.mark.parametrize("broken", [b"<definitions", "流程".encode("gbk"), None])
def test_a_diagram_that_cannot_be_read_is_told_alone(world: Flask, broken: bytes | None) -> None:
    """The one that it would replace names a state which the states of these files have no more."""
    states = json.loads((LIBRARY / STATES).read_text("utf-8"))
    del states["states"]["correction"]
    states["stages"][0]["states"].remove("correction")
    states["states"]["pending_confirmation"]["notice"]["exceptAfter"].remove("correction")
    drawn = ["confirmation/confirmation.bpmn", "online_review/online_review.bpmn"]
    names = ["account_request/states.json", *drawn]
    sources = {name: (LIBRARY / name).read_bytes() for name in names} | {STATES: json.dumps(states).encode()}
    for name in drawn:
        sources[name] = sources[name].replace(b"</bpmn:process>", b"") if broken is None else broken
    found = lint_files(sources, build_environment())
    assert {(one.file, one.rule) for one in found if one.rule == "lost-public-state"} == set()
    assert {one.file for one in found if one.severity == "error"} == set(drawn)


def test_a_lost_state_is_told_at_the_file_that_had_it(world: Flask) -> None:
    states = json.loads((LIBRARY / STATES).read_text("utf-8"))
    del states["states"]["lapsed"]
    states["stages"][0]["ends"].remove("lapsed")
    name = "account_request/states.json"
    sources = {name: (LIBRARY / name).read_bytes(), STATES: json.dumps(states).encode()}
    found = lint_files(sources, build_environment())
    assert {Path(one.file).as_posix() for one in found if one.rule == "lost-public-state"} == {STATES}
