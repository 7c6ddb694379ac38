"""Changing a diagram changes behaviour, without Python: the second review is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from models import db
from models.processes.instances import WorkItem
from tests.handlers.casework.conftest import LIBRARY, SignedIn, World
from tests.handlers.casework.test_decision import send, take
from tests.workflows.engine.shortening import without_second_review

SOURCE = LIBRARY / "decision" / "decision.bpmn"


@pytest.mark.manual("D1")
def test_the_next_case_skips_it_and_a_running_case_keeps_its_release(
    app: Flask, world: World, signed_in: SignedIn, tmp_path: Path
) -> None:
    first = signed_in("first")
    running = world.start("decision")
    send(first, take(first, "first_review"), first="grant")
    changed = tmp_path / SOURCE.name
    changed.write_bytes(without_second_review(SOURCE.read_bytes()))
    told = app.test_cli_runner().invoke(args=["deploy", str(tmp_path)])
    assert told.exit_code == 0, told.output

    later = world.start("decision")
    send(first, take(first, "first_review"), first="grant")
    assert _open(later) == ["decide"]
    assert _open(running) == ["second_review"]

    second, decider = signed_in("second"), signed_in("decider")
    send(decider, take(decider, "decide"), decision="granted")
    send(second, take(second, "second_review"), second="agree")
    assert _open(later) == []
    assert _open(running) == ["decide"]


def _open(instance: int) -> list[str]:
    db.session.rollback()
    return [
        item.element
        for item in db.session.query(WorkItem)
        .filter_by(instance_id=instance, state="open")
        .order_by(WorkItem.id)
    ]
