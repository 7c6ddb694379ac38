"""What the linter knows of what is registered and deployed: a wrong word is told at its element."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from domain.diagrams.lint_environment import build_environment
from tests.workflows.designing import EVERY, build_process, written
from workflows import engine
from workflows.engine.lint import lint_files
from workflows.engine.source.problems import LintProblem

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"


def lint_altered(path: str, old: str = "", new: str = "", count: int = 1) -> list[LintProblem]:
    """The problems of one file of the library with a text altered in it."""
    text = (LIBRARY / path).read_text()
    assert old in text
    return lint_files({Path(path).name: text.replace(old, new, count).encode()}, build_environment())


def rules_at(problems: list[LintProblem]) -> set[tuple[str | None, str]]:
    return {(one.element, one.rule) for one in problems if one.severity == "error"}


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            "confirmation/confirmation.bpmn",
            '"correction"\'',
            '"corection"\'',
            ("notify_return", "unknown-letter"),
        ),
        (
            "confirmation/confirmation.bpmn",
            '"correction"\'',
            '"certificate"\'',
            ("notify_return", "sheet-issued"),
        ),
        ("confirmation/confirmation.bpmn", '"correction"\'', "7'", ("notify_return", "parameter-value")),
        (
            "confirmation/confirmation.bpmn",
            '"acceptance"\'',
            '"acceptence"\'',
            ("urge_check", "parameter-value"),
        ),
        (
            "background_check/background_check.bpmn",
            'value="register"',
            "value='\"offense\"'",
            ("query_register", "parameter-value"),
        ),
        ("messaging/messaging.bpmn", '"closed"\'', '"shut"\'', ("record_closed", "parameter-value")),
    ],
)
def test_a_constant_is_loaded_as_the_operation_will(
    world: Flask, path: str, old: str, new: str, expected: tuple[str, str]
) -> None:
    assert rules_at(lint_altered(path, old, new)) == {expected}


@pytest.mark.found("D2")
def test_a_wrong_word_is_told_with_the_one_that_was_meant(world: Flask) -> None:
    found = lint_altered("confirmation/confirmation.bpmn", '"acceptance"\'', '"acceptence"\'')
    assert [one.message for one in found if "acceptence" in one.message and "“acceptance”" in one.message]


@pytest.mark.found("D2")
def test_a_notice_that_nobody_defined_is_unknown(world: Flask) -> None:
    old = '<spiffworkflow:serviceTaskOperator id="letters.issue">'
    text = (LIBRARY / "review/review.bpmn").read_text()
    text = text.replace(old, old.replace("letters.issue", "notices.send"))
    text = text.replace(
        'id="letter" type="str" value=\'"refused"\'', 'id="template" type="str" value=\'"x"\''
    )
    found = lint_files({"review.bpmn": text.encode()}, build_environment())
    assert {rule for _, rule in rules_at(found)} == {"unknown-notice"}


@pytest.mark.found("D3")
@pytest.mark.parametrize(
    "path", sorted(one.relative_to(LIBRARY).as_posix() for one in LIBRARY.glob("*/*.bpmn"))
)
def test_each_diagram_passes_alone_beside_what_is_deployed(world: Flask, path: str) -> None:
    assert rules_at(lint_altered(path)) == set()


@pytest.mark.found("D3")
def test_a_duty_is_known_from_another_deployed_diagram(world: Flask) -> None:
    path = "decision/decision.bpmn"
    assert (
        rules_at(lint_altered(path, 'name="notBy" value="first_review"', 'name="notBy" value="materials"'))
        == set()
    )
    wrong = lint_altered(path, 'name="notBy" value="first_review"', 'name="notBy" value="material"')
    assert rules_at(wrong) == {("second_review", "unknown-duty")}


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        ("confirmation/confirmation.bpmn", ">returned<", ">retruned<", "returned_before_to_approve_return"),
        ("confirmation/confirmation.bpmn", ">correct_until<", ">correct_untill<", "correction_missed"),
        ("confirmation/confirmation.bpmn", 'plan["until"]', 'paln["until"]', "arrival_missed"),
        ("accreditation/accreditation.bpmn", ">draft_limit<", ">draft_limits<", "draft_expired"),
    ],
)
def test_a_variable_that_nothing_writes_is_told_where_it_is_read(
    world: Flask, path: str, old: str, new: str, expected: str
) -> None:
    assert rules_at(lint_altered(path, old, new)) == {(expected, "unwritten-variable")}


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            "confirmation/confirmation.bpmn",
            'materials == "conform"',
            'materials == "conforms"',
            "materials_conform_to_accept_application",
        ),
        (
            "accreditation/accreditation.bpmn",
            'plan["mode"] == "on_site"',
            'plan["mode"] == "onsite"',
            "which_way_to_confirmation",
        ),
        (
            "accreditation/accreditation.bpmn",
            'plan["mode"] == "on_site"',
            'plan["mod"] == "on_site"',
            "which_way_to_confirmation",
        ),
        (
            "accreditation/accreditation.bpmn",
            ">registered<",
            '>registered == "yes"<',
            "is_registered_to_read_plan",
        ),
    ],
)
def test_a_word_that_a_variable_can_never_be_is_told(
    world: Flask, path: str, old: str, new: str, expected: str
) -> None:
    assert rules_at(lint_altered(path, old, new)) == {(expected, "never-equal")}


@pytest.mark.found("D2")
def test_a_deployed_caller_that_would_break_is_told(world: Flask) -> None:
    """The caller reads what the altered process would no longer write: it is named with its own file."""
    text = (LIBRARY / "review" / "review.bpmn").read_text()
    altered = text.replace('calledElement="decision"', 'calledElement="expert_review"')
    assert altered != text
    found = lint_files({"review.bpmn": altered.encode()}, build_environment())
    assert ("accreditation.bpmn", "is_granted_to_certificate") in {
        (one.file, one.element) for one in found if one.rule == "unwritten-variable"
    }


def test_an_output_that_is_gone_is_told_at_its_table_too(world: Flask) -> None:
    found = lint_altered("rules/review_route.dmn", 'name="route"', 'name="rout"')
    (told,) = (one for one in found if one.rule == "lost-output")
    assert (told.element, told.severity) == ("review_route", "warning")
    assert "有输出 route，这里没有" in told.message
    assert "是不是“rout”？" in told.message
    assert "unwritten-variable" in {one.rule for one in found}


def test_a_form_that_takes_anothers_place_is_told_what_it_has_no_more(world: Flask) -> None:
    before = {"designed_leave.bpmn": build_process("site.clerk"), "designed.form.json": written(EVERY)}
    engine.deploy_files(before, by=None, environment=build_environment())
    renamed = [{**one, "key": "sorts"} for one in EVERY if one.get("key") == "sort"]
    found = lint_files({"other.form.json": written(renamed)}, build_environment())
    assert [(one.element, one.severity) for one in found if one.rule == "lost-output"] == [("id", "warning")]


@pytest.mark.found("D2")
def test_an_error_that_nothing_throws_is_told_at_the_event_that_waits_for_it(world: Flask) -> None:
    found = lint_altered(
        "background_check/background_check.bpmn", 'errorCode="unavailable"', 'errorCode="gone"'
    )
    assert rules_at(found) == {("register_unavailable", "never-thrown")}


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (  # behind a boundary event there is no result of its host
            "background_check/background_check.bpmn",
            "review/check_by_hand",
            "decision/first_review",
            "is_clear_to_found_clear",
        ),
        (  # what a repetition calls has variables of its own in each round
            "review/review.bpmn",
            'route == "experts"',
            'finding == "clear"',
            "experts_needed_to_expert_review",
        ),
    ],
)
def test_what_is_not_written_on_every_way_is_told_where_it_is_read(
    world: Flask, path: str, old: str, new: str, expected: str
) -> None:
    assert (expected, "unsure-variable") in rules_at(lint_altered(path, old, new))


@pytest.mark.found("D2")
def test_an_operation_is_not_given_a_word_that_it_refuses(world: Flask) -> None:
    """The way that leads back to the first review is the one by default: its word would be recorded."""
    old = '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">decision != "return"'
    wrong = lint_altered(
        "decision/decision.bpmn", old, old.replace('decision != "return"', "decision != None")
    )
    assert ("record_decision", "parameter-value") in rules_at(wrong)
