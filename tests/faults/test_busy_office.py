"""A database that is locked, full or gone at the acts of staff: a page to send again from, and one result."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from models import db
from models.cases.applications import Application, Certificate, CertificateCounter, Opinion
from models.processes.instances import Event
from tests.faults import breaking
from tests.faults.breaking import Trouble, fields, troubles
from tests.handlers.casework.conftest import SignedIn, World, office, signed_in, the_item, world
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered
from tests.handlers.pagecheck import faults

__all__ = ["office", "registered", "signed_in", "world"]
REASON = "申请人学历、普通话水平和教育教学能力均符合条件，材料齐全。" * 25  # more than half a page
TROUBLES = troubles("opinion", growing=True)
every_trouble = pytest.mark.parametrize("trouble", TROUBLES, ids=[one.name for one in TROUBLES])


@pytest.fixture
def deciding(registered: World, signed_in: SignedIn) -> FlaskClient:
    """The decider with the claimed task, before a page of reasons."""
    clerk = signed_in("clerk")
    sent = judged(*ALL, materials="conform")
    assert clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=sent).status_code == 302
    answer_registers()
    for step, who, kept in (
        ("first_review", "first", {"first": "grant", "text": REASON}),
        ("second_review", "second", {"second": "agree", "text": REASON}),
    ):
        send(signed_in(who), take(signed_in(who), step), **kept)
    take(signed_in("decider"), "decide")
    return signed_in("decider")


def kept(page: str) -> dict[str, str]:
    """What the page of a passing fault would send again."""
    assert faults(page) == []
    assert "已填的内容还在，可以直接再次提交" in page
    return fields(page)


@every_trouble
def test_a_decision_is_kept_and_sent_again(
    registered: World, deciding: FlaskClient, trouble: Trouble
) -> None:
    item_id = the_item("decide").id
    typed = {"act": "submit", "decision": "granted", "text": REASON, "transaction_id": "decide-once"}
    db.session.rollback()
    with trouble.begin():
        answer = deciding.post(f"/work/tasks/{item_id}", data=typed)
        assert answer.status_code == 503, answer.text
        again = kept(answer.text)
    assert {name: again[name] for name in typed} == typed
    assert _state(registered) == ("pending_decision", [], [])
    for _ in range(2):
        assert deciding.post(f"/work/tasks/{item_id}", data=again).status_code == 302
    assert _state(registered) == ("granted", [1], [1])
    assert db.session.query(Opinion).filter_by(stage="decision").count() == 1
    assert db.session.query(Event).filter_by(kind="completed", element="decide").count() == 1


def _state(world: World) -> tuple[str, list[int], list[int]]:
    db.session.rollback()
    given = [one.serial for one in db.session.query(Certificate)]
    last = [one.last for one in db.session.query(CertificateCounter)]
    return db.session.get_one(Application, world.application).state, given, last


def test_claiming_a_locked_task_says_so(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    reviewer, item_id = signed_in("first"), the_item("first_review").id
    db.session.rollback()
    with breaking.locked("process_instance", "work_item"):
        answer = reviewer.post(f"/work/tasks/{item_id}/claim")
        assert answer.status_code == 503
        assert faults(answer.text) == []
    assert the_item("first_review").state == "open"
    assert reviewer.post(f"/work/tasks/{item_id}/claim").status_code == 302
    assert the_item("first_review").assignee_id == world.people["first"]
