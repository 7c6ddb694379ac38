"""Every word of every table of the library is altered in turn, as in diagrams; what only explains is free."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from domain.diagrams import folders
from domain.diagrams.lint_environment import build_registered_environment
from tests.handlers.diagrams.altering import (
    ALTERED,
    BPMN,
    LIBRARY,
    lint_alone,
    list_table_alterations,
    name_place,
)
from workflows.engine.lint import lint_files

TABLES = sorted(path.relative_to(LIBRARY).as_posix() for path in LIBRARY.glob("*/*.dmn"))
DIAGRAMS = sorted(path.relative_to(LIBRARY).as_posix() for path in LIBRARY.glob("*/*.bpmn"))
EXPLAINING = (
    "reason",
    "article",
    "evidence",
    "condition",
    "name",
    "hint",
)  # outputs that people read, or nobody
OPEN_FACTS = ("province", "subject", "status")  # what registers and places call it: any word may come
FREE = {
    "review_route_rule_1: outputEntry standard": "the way by default: whatever is no 'experts' goes there",
}
ASKS = "review.bpmn#choose_checks", "review.bpmn#choose_route"
QUERY = frozenset({"background_check.bpmn#query_register"})
# Where an error is told that reads what was altered.
READ = {
    # What no page asks is asked by diagrams, with the facts of the case and its variables.
    "required_checks_kind: inputExpression kind": frozenset(ASKS[:1]),
    "required_checks_document_kind: inputExpression document_kind": frozenset(ASKS[:1]),
    "review_route_kind: inputExpression kind": frozenset(ASKS[1:]),
    "review_route_exam_route: inputExpression exam_route": frozenset(ASKS[1:]),
    # Outputs and results are read by diagrams: lists are gone through, words compared or given on.
    "required_checks_checks_output: output name checks": frozenset({"review.bpmn#background_checks"}),
    "required_checks_rule_1: outputEntry offence": QUERY,
    "required_checks_rule_2: outputEntry restriction": QUERY,
    "required_checks_rule_3: outputEntry criminal_record": QUERY,
    "required_checks_rule_4: outputEntry certificate_history": QUERY,
    "review_route_route_output: output name route": frozenset(
        {"review.bpmn#experts_needed_to_expert_review"}
    ),
    "review_route_rule_2: outputEntry experts": frozenset({"review.bpmn#experts_needed_to_expert_review"}),
    # An output that pages need is missing from the table as a whole.
    "authority_level_level_output: output name level": frozenset({"authority_level"}),
    "education_minimum_output: output name minimum": frozenset({"education"}),
    "enrolment_allowed_output: output name allowed": frozenset({"enrolment"}),
    "exam_routes_allowed_output: output name allowed": frozenset({"exam_routes"}),
    "exemptions_exempt_output: output name exempt": frozenset({"exemptions"}),
    "materials_asked_output: output name asked": frozenset({"materials"}),
    "putonghua_minimum_output: output name minimum": frozenset({"putonghua"}),
    "putonghua_level_level_output: output name level": frozenset({"putonghua_level"}),
    # One of two rules can then no longer apply, whatever the province is.
    "authority_level_rule_2: inputEntry 130000": frozenset({"authority_level_rule_2"}),
    "authority_level_rule_1: inputEntry 130000": frozenset({"authority_level_rule_2"}),
}


@pytest.mark.found("D2")
@pytest.mark.parametrize("path", TABLES)
def test_every_altered_word_of_a_table_is_told(world: Flask, path: str) -> None:
    root = etree.fromstring((LIBRARY / path).read_bytes())
    free = list_free(root)
    assert lint_alone(path, root) == set()
    wrong, seen = [], 0
    for one in list_table_alterations(root):
        one.apply()
        told = {name_place(found, path) for found in lint_alone(path, root) if found.severity == "error"}
        one.undo()
        seen += one.key not in free
        if one.key in READ:
            as_expected = told == READ[one.key]
        elif one.key in free or one.key in FREE or one.what == "decision id":
            as_expected = not told  # the deployed table under the former id stays
        else:
            as_expected = one.host in told
        if not as_expected:
            wrong.append((one.key, sorted(told)))
    assert seen > 10
    assert wrong == []


def list_free(root: etree._Element) -> set[str]:
    """What explains to people, and words for facts that may be any."""
    names = [one.get("name") for one in root.iter("{*}output")]
    asked = ["".join(one.itertext()).strip() for one in root.iter("{*}input")]
    outputs = [place for place, name in enumerate(names) if name in EXPLAINING]
    inputs = [place for place, name in enumerate(asked) if name in OPEN_FACTS]
    free = {f"{one.get('id')}: output name {one.get('name')}" for one in root.iter("{*}output")}
    free = {key for key in free if key.endswith(EXPLAINING)}
    for rule in root.iter("{*}rule"):
        for kind, places in (("inputEntry", inputs), ("outputEntry", outputs)):
            cells = rule.findall(f"{{*}}{kind}")
            words = [word for place in places for word in "".join(cells[place].itertext()).split('"')[1::2]]
            free |= {f"{rule.get('id')}: {kind} {word}" for word in words}
    return free - READ.keys()


@pytest.mark.found("D2")
@pytest.mark.parametrize("path", [*DIAGRAMS, "rules/required_checks.dmn", "rules/review_route.dmn"])
def test_what_names_a_process_or_table_is_told_where_nothing_stands_around(world: Flask, path: str) -> None:
    """Beside what is deployed another id is another process; without, whatever calls it finds nothing."""
    files = folders.read_folder(LIBRARY)
    root = etree.fromstring(files[path])
    kind = "process" if path.endswith(".bpmn") else "decision"
    drawn = next(root.iter(f"{{*}}{kind}"))
    key = drawn.get("id")
    drawn.set("id", ALTERED)
    for pool in root.iter(f"{BPMN}participant"):
        pool.set("processRef", ALTERED)
    problems = lint_files({**files, path: etree.tostring(root)}, build_registered_environment())
    told = {one.element for one in problems if one.rule == f"unknown-{kind}"}
    assert told == set(list_users(files, str(key)))
    assert told


def list_users(files: dict[str, bytes], key: str) -> list[str]:
    """The elements that name a process or table, and `entry` for a service."""
    found = [
        host.get("id", "")
        for path, content in files.items()
        if path.endswith(".bpmn")
        for host in etree.fromstring(content).iter(f"{BPMN}callActivity", f"{BPMN}businessRuleTask")
        if key in (host.get("calledElement"), read_decision(host))
    ]
    services = [content for path, content in files.items() if Path(path).name.endswith("service.json")]
    return found + ["entry" for content in services if f'"entry": "{key}"'.encode() in content]


def read_decision(task: etree._Element) -> str:
    return next((one.text or "" for one in task.iter("{*}calledDecisionId")), "")
