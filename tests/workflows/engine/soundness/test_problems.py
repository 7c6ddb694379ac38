"""How what the walk finds is told: with its path, once for each cause, and honestly where it did not look."""

from __future__ import annotations

import pytest

from handlers.commands.processes import _print_problems
from tests.workflows.engine.diagrams.library import around, library
from tests.workflows.engine.soundness.sketching import Sketch, draw_file, sketch
from workflows.engine.lint import lint_files
from workflows.engine.lint.reading.diagram import Diagram
from workflows.engine.soundness.telling import SoundnessCheck
from workflows.engine.source import safe_xml
from workflows.engine.source.environment import Environment
from workflows.problems import LONGEST_PATH, LintProblem, limit_problems

KNOWN = Environment(forms=frozenset({"form"}), roles=frozenset({"clerk"}))
SHORT = sketch("s>a1 a1>t1 a1>t2 t1>a2 t2>a2 a2>e b1>e2", "b1@t1")


def _lint(drawn: Sketch) -> list[LintProblem]:
    return lint_files({"p.bpmn": draw_file(drawn)}, KNOWN)


@pytest.mark.found("E2")
def test_a_problem_has_the_path_that_leads_to_it() -> None:
    (problem,) = _lint(SHORT)
    assert (problem.rule, problem.element) == ("parallel-join-unmatched", "a2")
    assert problem.path == ("s", "a1", "t1", "b1", "e2", "t2", "a2")
    assert problem.severity == "error"


@pytest.mark.found("E3")
def test_a_task_that_only_a_boundary_event_leads_out_of_is_told() -> None:
    (problem,) = _lint(sketch("s>t1 b1>e", "b1@t1"))
    assert (problem.rule, problem.element, problem.path) == ("implicit-end", "t1", ("s", "t1"))
    assert problem.severity == "warning"
    assert "完成以后这条路就结束了" in problem.message


def test_the_command_shows_the_path(capsys: pytest.CaptureFixture[str]) -> None:
    _print_problems(_lint(SHORT))
    assert "路径：s → a1 → t1 → b1 → e2 → t2 → a2" in capsys.readouterr().out


def test_a_long_path_keeps_its_end() -> None:
    names = tuple(f"t{number}" for number in range(3 * LONGEST_PATH))
    problem = LintProblem(file="f", element="x", rule="r", message="m", path=names)
    assert limit_problems([problem])[0].path == names[-LONGEST_PATH:]


def _wide(count: int) -> Sketch:
    ways = [way for number in range(count) for way in (f"a1>t{number}", f"t{number}>a2")]
    return sketch(" ".join(["s>a1", *ways, "a2>e"]))


def test_too_many_states_are_a_warning_that_says_so() -> None:
    assert _lint(_wide(8)) == []
    (problem,) = _lint(_wide(13))
    assert (problem.rule, problem.element, problem.severity) == ("not-proved", "p", "warning")
    assert "没有全部检查" in problem.message


def test_where_not_all_was_looked_at_joins_are_still_checked() -> None:
    drawn = _wide(13)
    drawn.flows += [("t0", "x1"), ("x1", "a3"), ("x1", "t99"), ("t99", "a3"), ("a3", "a2")]
    drawn.flows.remove(("t0", "a2"))
    problems = {(problem.rule, problem.element) for problem in _lint(drawn)}
    assert problems == {("not-proved", "p"), ("parallel-join-unmatched", "a3")}


def test_activities_in_a_row_do_not_multiply_the_states() -> None:
    rows = [f"a1>t{row}0 t{row}0>t{row}1 t{row}1>t{row}2 t{row}2>t{row}3 t{row}3>a2" for row in range(6)]
    assert _lint(sketch(" ".join(["s>a1", *rows, "a2>e"]))) == []


def test_the_library_is_sound() -> None:
    sources = library()
    assert [one for one in lint_files(sources, around(sources)) if one.path] == []
    diagrams = [
        Diagram(file, safe_xml.parse_xml(source, name=file))
        for file, source in sources.items()
        if file.endswith(".bpmn")
    ]
    check = SoundnessCheck(diagrams)
    verdicts = {key: check.judge.judge(key) for key in check.nets}
    assert all(verdict.is_proved for verdict in verdicts.values())
    assert all(verdict.outcomes.completes for verdict in verdicts.values())
    assert sum(verdict.states for verdict in verdicts.values()) < 1_000
