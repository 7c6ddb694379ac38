"""Small diagrams, sound and broken: what the walk says of each, and that the engine does what it says."""

from __future__ import annotations

import pytest

from tests.workflows.engine.soundness.following import is_reached
from tests.workflows.engine.soundness.playing import play_at_random, read_specs
from tests.workflows.engine.soundness.sketching import Sketch, draw_file, judge, judge_sketch, sketch, told
from workflows.engine.soundness.judging import Judge
from workflows.engine.soundness.spec_nets import build_nets
from workflows.engine.soundness.walk import Fault

SOUND = {
    "split and join": sketch("s>a1 a1>t1 a1>t2 t1>a2 t2>a2 a2>e"),
    "crossing, not of blocks": sketch("s>a1 a1>t1 a1>t2 t1>a3 t2>a4 a3>t3 a3>a5 a4>a5 t3>a6 a5>a6 a6>e"),
    "inclusive split and join in a loop": sketch("s>x1 x1>o1 o1>t1 o1>t2 t1>o2 t2>o2 o2>x2 x2>x1 x2>e"),
    "loop in one branch": sketch("s>a1 a1>x1 x1>t1 t1>x2 x2>x1 x2>a2 a1>t2 t2>a2 a2>e"),
    "two branches into one end": sketch("s>a1 a1>t1 a1>t2 t1>e t2>e"),
    "reminder beside": sketch("s>t1 t1>e b1>t2 t2>e", "b1~t1"),
    "reminder that meets a reminder": sketch("s>t1 t1>t2 t2>e b1>t3 b2>t3 t3>e2", "b1~t1 b2~t2"),
    "deadline that merges": sketch("s>a1 a1>t1 a1>t2 t1>x1 b1>x1 x1>a2 t2>a2 a2>e", "b1@t1"),
    "terminate beside a branch": sketch("s>a1 a1>t1 a1>t2 t1>e1 t2>e2", throws={"e1": "terminate"}),
}
BROKEN = {
    "choice into a parallel join": (
        sketch("s>x1 x1>t1 x1>t2 t1>a2 t2>a2 a2>e"),
        ("parallel-join-unmatched", "a2", "s x1 t1 a2"),
    ),
    "parallel split into a merge": (
        sketch("s>a1 a1>t1 a1>t2 t1>x2 t2>x2 x2>t3 t3>e"),
        ("runs-twice", "t3", "s a1 t1 x2 t2 x2 t3"),
    ),
    "inclusive split into a parallel join": (
        sketch("s>o1 o1>t1 o1>t2 t1>a2 t2>a2 a2>e"),
        ("parallel-join-unmatched", "a2", "s o1 t1 a2"),
    ),
    "interrupted branch never comes to the join": (
        sketch("s>a1 a1>t1 a1>t2 t1>a2 t2>a2 a2>e b1>e2", "b1@t1"),
        ("parallel-join-unmatched", "a2", "s a1 t1 b1 e2 t2 a2"),
    ),
    "reminder into the main way": (
        sketch("s>t1 t1>x1 b1>x1 x1>t2 t2>e", "b1~t1"),
        ("runs-twice", "t2", "s t1 b1 x1 t1 x1 t2"),
    ),
    "reminder of a reminder into the main way": (
        sketch("s>t1 t1>t2 t2>e b1>t3 t3>e2 b2>t2", "b1~t1 b2~t3"),
        ("runs-twice", "t2", "s t1 b1 t1 t3 b2 t2"),
    ),
    "race into a parallel join": (
        sketch("s>v1 v1>c1m v1>c2 c1m>a2 c2>a2 a2>e"),
        ("parallel-join-unmatched", "a2", "s v1 c1m a2"),
    ),
    "loop without a way out": (
        sketch("s>x1 x1>t1 t1>x2 x2>t2 t2>x1 x2>t3 t3>x1"),
        ("cannot-reach-end", "s", "s"),
    ),
    "branch jumps out of the parallel part": (
        sketch("s>a1 a1>x1 x1>t1 x1>t3 t1>a2 a1>t2 t2>a2 a2>t4 t4>x3 t3>x3 x3>e"),
        ("parallel-join-unmatched", "a2", "s a1 x1 t3 x3 e t2 a2"),
    ),
    "join one token short": (
        sketch("s>a1 a1>t1 a1>x1 x1>t2 x1>e2 t1>a2 t2>a2 a2>e"),
        ("parallel-join-unmatched", "a2", "s a1 x1 e2 t1 a2"),
    ),
    "loop back into the split": (
        sketch("s>x0 x0>a1 a1>t1 a1>t2 t1>x0 t2>x2 x2>e x2>x0"),
        ("runs-twice", "t2", "s x0 a1 t1 x0 a1 t2"),
    ),
    "join that merges a loop-back": (
        sketch("s>a1 a1>t1 a1>t2 t1>a2 t2>a2 a2>x1 x1>a2 x1>e"),
        ("parallel-join-loop", "a2", "s a1 t1 t2 a2"),
    ),
    "choice made parallel, leading back": (
        sketch("s>x0 x0>t1 t1>t2 t2>a1 a1>t3 t3>x1 x1>x0 x1>e a1>x0"),
        ("runs-twice", "t3", "s x0 t1 t2 a1 x0 t1 t2 a1 t3"),
    ),
    "branches merged before an inclusive join that a reminder keeps waiting": (
        sketch("s>a1 a1>t1 a1>t2 t1>x1 t2>x1 x1>o1 b1>o1 o1>t4 t4>e", "b1~t2"),
        ("runs-twice", "o1", "s a1 t1 x1 t2 x1 o1"),
    ),
    "choice passed twice at once": (
        sketch("s>x1 x2>x1 x2>e2 x1>a1 a1>x2 a1>x3 x3>t1 x3>c1 t1>e c1>e"),
        ("runs-twice", "t1", "s x1 a1 x2 x1 a1 x2 e2 x3 x3 t1"),
    ),
    "warning leads back into the task it warns of": (
        sketch("s>x1 x1>t1 t1>e b1>t2 t2>x1", "b1~t1"),
        ("runs-twice", "t1", "s x1 t1 b1 t2 x1 t1"),
    ),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_ones_pass_and_come_to_an_end(name: str) -> None:
    drawn = SOUND[name]
    assert told(draw_file(drawn)) == []
    known = read_specs(drawn)
    outcomes = [play_at_random(drawn, known, seed) for seed in range(8)]
    assert {outcome for outcome, _ in outcomes} <= {"ended", "goes on"}


@pytest.mark.found("E2")
@pytest.mark.parametrize("name", BROKEN)
def test_broken_ones_are_told_once_with_a_path_that_the_engine_goes(name: str) -> None:
    drawn, problem = BROKEN[name]
    assert told(draw_file(drawn)) == [problem]
    (finding,) = judge_sketch(drawn).findings
    if finding.fault != Fault.ENDLESS:
        assert is_reached(drawn, read_specs(drawn), finding)


def _inside(inner: Sketch, outer: str, hung: str) -> Sketch:
    return sketch(outer, hung, inside={"p1": inner})


FAILING = sketch("s2>t1 t1>e2", throws={"e2": "error"})
MAYBE = sketch("s2>t1 t1>x1 x1>e2 x1>e3", throws={"e2": "error"})


def test_a_sub_process_that_only_fails_is_left_by_its_boundary_event() -> None:
    assert told(draw_file(_inside(FAILING, "s>p1 b1>e", "b1@p1:error"))) == []


def test_a_sub_process_that_may_complete_needs_a_way_of_its_own() -> None:
    drawn = _inside(MAYBE, "s>p1 b1>e", "b1@p1:error")
    assert told(draw_file(drawn)) == [("implicit-end", "p1", "s p1")]


@pytest.mark.found("E3")
def test_a_boundary_event_is_not_the_way_out_of_its_task() -> None:
    assert told(draw_file(sketch("s>t1 b1>e", "b1@t1"))) == [("implicit-end", "t1", "s t1")]


def test_errors_of_called_processes_travel_to_the_caller() -> None:
    called = draw_file(FAILING, "q")
    caught = sketch("s>a1 a1>k1 a1>t2 k1>a2 b1>e2 t2>a2 a2>e", "b1@k1:error", calls={"k1": "q"})
    problems = told(draw_file(caught), called)
    assert problems == [("parallel-join-unmatched", "a2", "s a1 k1 b1 e2 t2 a2")]
    harmless = draw_file(sketch("s2>t1 t1>e2"), "q")
    assert told(draw_file(caught), harmless) == []


def test_an_error_that_nobody_catches_ends_the_scope_around() -> None:
    inner = sketch("s1>a1 a1>k1 a1>t2 k1>a2 t2>a2 a2>e1", calls={"k1": "q"})
    outer = draw_file(sketch("s>p1 b1>e", "b1@p1:error", inside={"p1": inner}))
    assert told(outer, draw_file(FAILING, "q")) == []


def test_what_is_broken_within_is_told_there_alone() -> None:
    inner = sketch("s1>x1 x1>t1 x1>t2 t1>a2 t2>a2 a2>e1")
    problems = told(draw_file(_inside(inner, "s>p1 p1>e", "")))
    assert problems == [("parallel-join-unmatched", "a2", "s1 x1 t1 a2")]


# What the normal form makes of a drawing, in its BPMN meaning.


def test_implicit_starts_begin_together() -> None:
    assert told(draw_file(sketch("t1>a1 t2>a1 a1>e"))) == []
    assert told(draw_file(sketch("t1>x1 t2>x1 x1>t3"))) == [("runs-twice", "t3", "t1 x1 t2 x1 t3")]


def test_flows_straight_out_of_a_task_are_a_split() -> None:
    assert told(draw_file(sketch("s>t1 t1>t2 t1>t3 t2>a1 t3>a1 a1>e"))) == []
    assert told(draw_file(sketch("s>t1 t1>t2 t1>t3 t2>e t3>e"))) == []


def test_a_task_that_a_split_of_a_task_runs_twice_is_a_warning() -> None:
    source = draw_file(sketch("s>t1 t1>t2 t1>t3 t2>t4 t3>t4 t4>e"))
    assert told(source) == [("runs-twice", "t4", "s t1 t2 t3 t4")]
    (problem,) = judge(source)
    assert problem.severity == "warning"


def test_a_path_names_a_task_as_often_as_it_is_done() -> None:
    drawn = sketch("s>t1 t1>t2 t1>t3 t1>t4 t3>t2 t2>a1 t4>a1 a1>e")
    assert told(draw_file(drawn)) == [
        ("runs-twice", "t2", "s t1 t3 t2"),
        ("runs-twice", "a1", "s t1 t2 t3 t2 a1"),
    ]
    finding = judge_sketch(drawn).findings[-1]
    assert is_reached(drawn, read_specs(drawn), finding)


@pytest.mark.parametrize(
    "drawn",
    [
        sketch("s>t1 t1>t2 t1>t3 t2>t4 t3>t4 t4>e"),
        sketch("s>t1 t1>e b1>t2 b1>t3 t2>t4 t3>t4 t4>e2", "b1~t1"),
        sketch("s>t1 b1>e", "b1@t1"),
    ],
)
def test_what_is_a_warning_to_the_designer_is_none_against_the_release(drawn: Sketch) -> None:
    (problem,) = judge(draw_file(drawn))
    assert problem.severity == "warning"
    known = read_specs(drawn)
    assert Judge(build_nets({known.spec.name: known.spec})).judge(known.spec.name).is_proved
    assert judge_sketch(drawn).is_proved


def test_conditional_flows_out_of_a_task_are_an_inclusive_split() -> None:
    text = draw_file(sketch("s>t1 t1>t2 t1>t3 t2>a1 t3>a1 a1>e")).decode()
    ways = text.replace('targetRef="t2">', 'targetRef="t2"><conditionExpression>x</conditionExpression>')
    assert told(ways.encode()) == [("parallel-join-unmatched", "a1", "s t1 t3 a1")]
