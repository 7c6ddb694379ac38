"""One vocabulary: all that a diagram may name, with labels in both languages and where it is used."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from domain.diagrams.lint_environment import build_environment
from domain.diagrams.vocabulary import build_vocabulary
from tests.workflows.designing import EVERY, written
from workflows import engine, forms, operations


def words(sort: str) -> dict[str, dict[str, object]]:
    return {one["name"]: one for one in build_vocabulary()[sort]}


def test_every_operation_says_what_it_takes_answers_and_throws(world: Flask) -> None:
    found = words("operations")
    assert found.keys() == operations.registered_operations().keys()
    assert all(one["label"]["zh"] and one["label"]["en"] for one in found.values())  # type: ignore[index]
    accept = found["applications.accept"]
    assert [one["value"] for one in accept["result"]["values"]] == ["accepted"]  # type: ignore[index]
    assert accept["usedBy"] == ["confirmation#accept_application", "online_review#accept_application"]
    query = found["registers.query"]
    chosen = query["parameters"]["properties"]["register"]["oneOf"]  # type: ignore[index]
    assert {one["const"] for one in chosen} >= {"offence", "criminal_record"}
    assert query["errors"] == ["unavailable"]
    assert found["threads.ask"]["errors"] == ["case_over"]
    assert found["letters.issue"]["names"] == {"letter": "letter"}


def test_every_registered_form_says_what_it_decides(world: Flask) -> None:
    assert [key for key, form in forms.registered_forms().items() if form.decides is None] == []
    decided = words("forms")["decision/decide"]["decides"]
    assert [one["value"] for one in decided["decision"]] == ["granted", "refused", "return"]  # type: ignore[index]


@pytest.mark.parametrize(
    ("sort", "name", "place"),
    [
        ("roles", "authority.first", "decision#first_review"),
        ("messages", "arrived", "confirmation#await_arrival"),
        ("public_states", "correction", "confirmation#correct_materials"),
        ("duties", "materials", "confirmation#approve_return"),
        ("letters", "correction", "confirmation#notify_return"),
        ("decisions", "review_route", "review#choose_route"),
        ("registers", "offence", "decision:required_checks"),
    ],
)
def test_a_word_tells_where_it_is_used(world: Flask, sort: str, name: str, place: str) -> None:
    assert place in words(sort)[name]["usedBy"]  # type: ignore[operator]


def test_duties_and_choices_are_called_by_their_words(world: Flask) -> None:
    duties = words("duties")
    assert duties["materials"]["label"] == {"zh": "核对材料、审核材料", "en": None}
    assert [one["name"] for one in duties.values() if one["label"]["zh"] == one["name"]] == []  # type: ignore[index]
    (chosen,) = (
        [one["title"] for one in properties["deadline"]["oneOf"]]
        for properties in [words("operations")["deadlines.escalate"]["parameters"]["properties"]]  # type: ignore[index]
    )
    assert chosen == [
        "法定办理期限，告知作结论的人员",
        "核对材料的时限，告知确认点",
        "批准再次退回的时限，告知确认点主管",
    ]


def test_a_designed_form_tells_the_words_of_its_choices_and_what_else_it_asks(world: Flask) -> None:
    raw = written(EVERY)
    engine.deploy_files({"designed.form.json": raw}, by=None, environment=build_environment())
    found = words("forms")["designed"]
    assert found["decides"]["sort"] == [  # type: ignore[index]
        {"value": "annual", "label": {"zh": "年假", "en": None}},
        {"value": "sick", "label": {"zh": "病假", "en": "Sick leave"}},
    ]
    assert found["decides"]["days"] is None  # type: ignore[index]
    assert found["decides"]["agreed"][0] == {"value": True, "label": {"zh": "是", "en": None}}  # type: ignore[index]
    assert found["sorts"] == {  # type: ignore[comparison-overlap]
        "sort": "radio",
        "days": "number",
        "agreed": "checkbox",
        "papers": "checklist",
    }


def test_the_command_prints_a_sort_and_knows_which_there_are(world: Flask) -> None:
    runner = world.test_cli_runner()
    printed = runner.invoke(args=["vocabulary", "--sort", "registers", "--json"])
    assert {one["name"] for one in json.loads(printed.output)["registers"]} >= {"offence"}
    assert "operations\tapplications.accept\t" in runner.invoke(args=["vocabulary"]).output
    assert runner.invoke(args=["vocabulary", "--sort", "nonsense"]).exit_code == 2


@pytest.mark.parametrize(
    "sort", ["forms", "roles", "registers", "decisions", "operations", "notices", "messages"]
)
def test_what_python_and_the_library_name_has_labels_in_both_languages(world: Flask, sort: str) -> None:
    found = build_vocabulary()[sort]
    assert found
    assert [one["name"] for one in found if not (one["label"]["zh"] and one["label"]["en"])] == []


def test_roles_say_what_they_see_and_messages_what_they_bring(world: Flask) -> None:
    found = build_vocabulary()
    assert [one["name"] for one in found["roles"] if not one["description"]] == []
    assert [one["name"] for one in found["messages"] if not one["payload"]] == []


@pytest.mark.parametrize(
    ("sort", "name", "by"),
    [
        ("notices", "withdrawn", "states:accreditation"),
        ("notices", "window_moved", "service:accreditation"),
        ("notices", "correction", "letter:correction"),
        ("letters", "certificate", "service:accreditation"),
    ],
)
def test_definitions_that_name_each_other_are_places_too(world: Flask, sort: str, name: str, by: str) -> None:
    (found,) = (one for one in build_vocabulary()[sort] if one["name"] == name)
    assert by in found["usedBy"]
