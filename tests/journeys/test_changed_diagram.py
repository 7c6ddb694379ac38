"""Changing a diagram changes behaviour, without Python: the second review is taken out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from handlers.services.vocabulary import environment
from models import db
from models.database import writing
from models.process import ProcessInstance, Release, WorkItem
from workflows import engine

LIBRARY = Path(__file__).resolve().parents[2] / "workflows" / "library"
SOURCE = "decision/decision.bpmn"


def without_second_review() -> bytes:
    """The decision with the flow going from the first review's question straight to the conclusion."""
    text = (LIBRARY / SOURCE).read_text(encoding="utf-8")
    for element in ("userTask", "exclusiveGateway"):
        for name in ("second_review", "second_agrees"):
            text = re.sub(rf'<bpmn:{element} id="{name}".*?</bpmn:{element}>', "", text, flags=re.DOTALL)
    for flow in (
        "second_review_to_second_agrees",
        "second_agrees_to_decide",
        "second_agrees_to_first_review",
    ):
        text = re.sub(
            rf'<bpmn:sequenceFlow id="{flow}".*?(?:/>|</bpmn:sequenceFlow>)', "", text, flags=re.DOTALL
        )
        text = re.sub(rf"<bpmn:(incoming|outgoing)>{flow}</bpmn:\1>", "", text)
        text = re.sub(rf'<bpmndi:BPMNEdge id="{flow}_di".*?</bpmndi:BPMNEdge>', "", text, flags=re.DOTALL)
    for name in ("second_review", "second_agrees"):
        text = text.replace(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>", "")
        text = re.sub(rf'<bpmndi:BPMNShape id="{name}_di".*?</bpmndi:BPMNShape>', "", text, flags=re.DOTALL)
    text = text.replace('targetRef="second_review"', 'targetRef="decide"')
    return text.replace('value="first_review,second_review"', 'value="first_review"').encode()


@pytest.mark.manual("D1")
def test_the_next_case_skips_it_and_a_running_case_keeps_its_release(world: Flask) -> None:
    writing.set(True)
    running = _start()
    before = db.session.get_one(ProcessInstance, running).release_id
    deployment = engine.deploy({SOURCE: without_second_review()}, by=None, environment=environment())
    db.session.commit()
    assert {key for key, _ in deployment.releases} == {"accreditation", "review", "decision"}

    later = _start()
    assert _complete(later, "first_review", first="grant") == ("decide",)
    assert _complete(running, "first_review", first="grant") == ("second_review",)
    assert db.session.get_one(ProcessInstance, running).release_id == before
    assert db.session.get_one(ProcessInstance, later).release_id != before
    newest = db.session.scalars(select(Release).where(Release.process_key == "decision")).all()
    assert [release.number for release in newest] == [1, 2]


def _start() -> int:
    """A decision by itself: the same diagram that the case calls."""
    result = engine.start("decision", business_key=None, variables={"application": 0}, actor=None)
    db.session.commit()
    return result.id


def _complete(instance: int, element: str, **variables: str) -> tuple[str, ...]:
    own = select(WorkItem).where(WorkItem.instance_id == instance, WorkItem.state == "open")
    item = db.session.scalars(own).one()
    assert item.element == element
    result = engine.complete(item, variables=variables, actor=None)
    db.session.commit()
    return result.elements
