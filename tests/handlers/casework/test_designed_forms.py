"""A form that a designer defined, on the pages of staff and through the API."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask

from models import db
from models.base.database import writing
from models.processes.form_answers import FormAnswer
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.conftest import _environment as environment
from tests.handlers.casework.test_decision import take
from tests.handlers.pagecheck import faults
from tests.workflows.designing import EVERY, build_process, written
from workflows import engine
from workflows.definitions.designed_forms.form_components import RESERVED

pytestmark = [pytest.mark.found("D4"), pytest.mark.corrupts("no_process")]
FILLED = {
    "act": "submit",
    "name": "林",
    "code": "",
    "mail": "",
    "phone": "",
    "sort": "sick",
    "reason": "发热",
    "days": "2.5",
    "people": "2",
    "day": "2026-03-02",
    "hour": "09:30",
    "moment": "2026-03-02T09:30",
    "agreed": "true",
    "papers": ["annual", "sick"],
    "again": "",
    "home_city": "衢州",
    "home_street": "",
}


@pytest.fixture
def leave(app: Flask, world: World) -> int:
    """An instance that waits at the form."""
    token = writing.set(True)
    sources = {"leave.bpmn": build_process("employee"), "leave.form.json": written(EVERY)}
    engine.deploy_files(sources, by=None, environment=environment())
    made = engine.start_instance("designed_leave", business_key="leave:1", variables={}, actor=None).id
    db.session.commit()
    writing.reset(token)
    return made


def test_every_component_is_drawn_filled_in_and_told(leave: int, signed_in: SignedIn) -> None:
    employee = signed_in("employee")
    item_id = take(employee, "fill")
    page = employee.get(f"/work/tasks/{item_id}").text
    assert faults(page) == []
    for part in ("请如实填写。", 'type="datetime-local"', 'type="time"', 'type="date"', "家庭", "<hr>"):
        assert part in page
    conditions = [json.loads(one.replace("&#34;", '"')) for one in re.findall(r'data-hide="([^"]*)"', page)]
    assert ["!=", ["name", "sort"], ["value", "sick"]] in conditions
    assert re.search(r'name="people"[^>]*value="1"', page)
    answer = employee.post(f"/work/tasks/{item_id}", data=FILLED)
    assert answer.status_code == 302, answer.text
    kept = db.session.query(FormAnswer).one().answers
    assert (kept["moment"], kept["papers"], kept["people"]) == ("2026-03-02T09:30", ["annual", "sick"], 2)
    item_id = take(employee, "read")
    page = employee.get(f"/work/tasks/{item_id}").text
    assert faults(page) == []
    assert "填写的内容" in page
    assert "年假、病假" in page
    assert re.search(r'name="name"[^>]*value="林"', page)  # what was answered before stands in the form


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(leave: int, signed_in: SignedIn) -> None:
    employee = signed_in("employee")
    item_id = take(employee, "fill")
    sent = {**FILLED, "name": "", "code": "12", "days": "31", "reason": ""}
    answer = employee.post(f"/work/tasks/{item_id}", data=sent)
    assert answer.status_code == 422
    assert faults(answer.text) == []
    for name in ("name", "code", "days", "reason"):
        assert f'href="#{name}"' in answer.text
    assert re.search(r'name="code"[^>]*value="12"', answer.text)
    assert re.search(r'value="2026-03-02T09:30"', answer.text)
    assert re.search(r'id="papers-2"[^>]*checked', answer.text)
    assert db.session.query(FormAnswer).count() == 0


def test_an_answer_that_is_hidden_is_not_kept(leave: int, signed_in: SignedIn) -> None:
    employee = signed_in("employee")
    item_id = take(employee, "fill")
    sent = {name: value for name, value in FILLED.items() if name != "agreed"} | {"sort": "annual"}
    assert employee.post(f"/work/tasks/{item_id}", data=sent).status_code == 302
    kept = db.session.query(FormAnswer).one().answers
    assert not {"reason", "home_city"} & kept.keys()


def test_a_draft_keeps_what_was_typed(leave: int, signed_in: SignedIn) -> None:
    employee = signed_in("employee")
    item_id = take(employee, "fill")
    sent = {**FILLED, "act": "draft", "people": "", "days": "soon"}
    assert employee.post(f"/work/tasks/{item_id}", data=sent).status_code == 302
    page = employee.get(f"/work/tasks/{item_id}").text
    assert re.search(r'name="days"[^>]*value="soon"', page)
    assert re.search(r'name="people"[^>]*value=""', page)
    assert the_item("fill").state == "claimed"


def test_no_answer_has_an_id_that_the_page_uses(leave: int, signed_in: SignedIn) -> None:
    employee = signed_in("employee")
    item_id = take(employee, "fill")
    page = employee.get(f"/work/tasks/{item_id}").text
    own = {part for one in re.findall(r'name="([^"]*)"', page) for part in (one, one.replace("_", "-"))}
    ids = {one for one in re.findall(r'\bid="([^"]*)"', page) if one.isidentifier()}
    names = {one for one in re.findall(r'name="([^"]*)"', page) if one.isidentifier()}
    asked = {part.get("key") for part in EVERY}
    assert {one for one in (ids | names) - asked if one not in own or one in RESERVED} <= RESERVED
