"""A task of an applicant with a form that a designer defined."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.processes.form_answers import FormAnswer
from tests.handlers.casework.conftest import SignedIn, World, office, signed_in, the_item, world
from tests.handlers.casework.conftest import _environment as environment
from tests.handlers.pagecheck import faults
from tests.workflows.designing import EVERY, build_process, written
from workflows import engine

__all__ = ["office", "signed_in", "world"]
pytestmark = [pytest.mark.found("D4"), pytest.mark.corrupts]


def test_an_applicant_fills_in_every_component(app: Flask, world: World, signed_in: SignedIn) -> None:
    token = writing.set(True)
    diagram = build_process("applicant", assignTo="who")
    sources = {"leave.bpmn": diagram, "leave.form.json": written(EVERY)}
    engine.deploy_files(sources, by=None, environment=environment())
    world.people["applicant"] = db.session.get_one(Application, world.application).person_id
    db.session.commit()
    writing.reset(token)
    world.start("designed_leave", who=world.people["applicant"])
    browser = signed_in("applicant")
    rules = {rule.endpoint: rule.rule for rule in app.url_map.iter_rules()}
    address = rules["apply.task"].replace("<int:item_id>", str(the_item("fill").id))
    page = browser.get(address).text
    assert faults(page) == []
    assert 'type="datetime-local"' in page
    wrong = browser.post(
        address, data={"name": "林", "sort": "sick", "people": "x", "tags": ["sick", "annual"]}
    )
    assert wrong.status_code == 422
    for name in ("reason", "people"):
        assert f'href="#{name}"' in wrong.text
    assert re.search(r'id="tags-2"[^>]*checked', wrong.text)
    sent = {"name": "林", "sort": "annual", "people": "3", "tags": ["sick", "annual"], "agreed": "true"}
    assert browser.post(address, data=sent).status_code == 303
    assert db.session.query(FormAnswer).one().answers == {
        "name": "林",
        "sort": "annual",
        "people": 3,
        "agreed": True,
        "tags": ["sick", "annual"],
    }
