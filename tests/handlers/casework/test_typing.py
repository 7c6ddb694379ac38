"""What a person types into a task is never lost, and never shown to anybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from domain.cases.revisions import WITHDRAW
from models import db
from models.base.database import writing
from models.cases.applications import Application, Opinion
from models.processes.item_drafts import ItemDraft
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_check import ALL, arrive, judged, waiting
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import registered
from tests.handlers.pagecheck import faults
from workflows import engine
from workflows.clock import advance_clock

__all__ = ["registered", "waiting"]
TEXT = "学历证书编号与学信网记录不一致"
TYPED = {"first": "refuse", "text": TEXT}
OWN = pytest.mark.found("S4")
LOST = pytest.mark.found("S5")
ALONE = pytest.mark.corrupts  # the decision alone, without the case around it


@pytest.fixture
def decision(world: World) -> World:
    """A case that waits for its first review."""
    world.start("decision")
    return world


def keep(client: FlaskClient, item_id: int, **typed: str) -> int:
    """What the script sends while somebody types."""
    return client.post(f"/work/tasks/{item_id}", data=typed | {"do": "keep"}).status_code


def drafts() -> list[tuple[int, str]]:
    """Whose drafts there are, and their text."""
    db.session.rollback()
    return [(row.person_id, row.typed.get("text", "")) for row in db.session.query(ItemDraft)]


def expire() -> None:
    """Let a claim run out."""
    writing.set(True)
    advance_clock(timedelta(hours=9))
    db.session.commit()
    writing.set(None)


@OWN
def test_what_is_typed_is_there_again(decision: World, signed_in: SignedIn) -> None:
    first = signed_in("first")
    item_id = take(first, "first_review")
    assert "已恢复" not in first.get(f"/work/tasks/{item_id}").text
    assert keep(first, item_id, **TYPED) == 204
    page = first.get(f"/work/tasks/{item_id}").text
    assert "已恢复" in page
    assert TEXT in page
    assert faults(page) == []
    assert TEXT not in signed_in("second").get(f"/work/tasks/{item_id}").text
    first.post(f"/work/tasks/{item_id}", data={"act": "clear"})
    assert drafts() == []
    assert TEXT not in first.get(f"/work/tasks/{item_id}").text


@ALONE
@OWN
def test_a_draft_ends_with_the_sending(decision: World, signed_in: SignedIn) -> None:
    first = signed_in("first")
    item_id = take(first, "first_review")
    keep(first, item_id, **TYPED)
    send(first, item_id, **TYPED)
    assert drafts() == []
    assert keep(first, item_id, **TYPED) == 409  # on its way while the form was sent
    assert drafts() == []


@OWN
def test_release_asks_and_keeps_what_was_typed(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    typed = judged("conform", "not_conform") | {"findings.1.reason": "缺少盖章的说明"}
    asked = clerk.post(f"/work/tasks/{item_id}/release", data=typed)
    assert "您在这件任务里填写了内容，确定释放吗？" in asked.text
    assert faults(asked.text) == []
    assert (the_item("check_materials").state, "缺少盖章的说明" in asked.text) == ("claimed", True)
    assert clerk.post(f"/work/tasks/{item_id}/release", data={"confirmed": "yes"}).status_code == 302
    assert the_item("check_materials").state == "open"
    colleague = signed_in("clerk2")
    colleague.post(f"/work/tasks/{item_id}/claim")
    assert "缺少盖章的说明" not in colleague.get(f"/work/tasks/{item_id}").text
    colleague.post(f"/work/tasks/{item_id}/release")
    assert the_item("check_materials").state == "open"
    assert clerk.post(f"/work/tasks/{item_id}/claim").status_code == 302
    assert len(drafts()) == 1
    assert "缺少盖章的说明" in clerk.get(f"/work/tasks/{item_id}").text


@OWN
def test_release_asks_nothing_when_nothing_was_typed(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    untouched = judged(*ALL) | {f"findings.{place}.verdict": "" for place in range(3)}
    assert keep(clerk, item_id, **untouched) == 204  # typed, and taken out again
    assert "已恢复" not in clerk.get(f"/work/tasks/{item_id}").text
    assert clerk.post(f"/work/tasks/{item_id}/release", data=untouched).status_code == 302
    assert the_item("check_materials").state == "open"


@LOST
def test_a_task_that_a_colleague_took_keeps_my_text(waiting: World, signed_in: SignedIn) -> None:
    clerk, colleague = signed_in("clerk"), signed_in("clerk2")
    item_id = arrive(clerk, waiting)
    expire()
    assert colleague.post(f"/work/tasks/{item_id}/claim").status_code == 302
    sent = judged("conform", "not_conform", "missing", materials="correct", opinion=TEXT)
    answer = clerk.post(f"/work/tasks/{item_id}", data=sent)
    assert answer.status_code == 409
    assert "这件任务已由员工clerk2领取。" in answer.text
    assert TEXT in answer.text
    assert faults(answer.text) == []
    assert TEXT in clerk.get(f"/work/tasks/{item_id}").text
    assert TEXT not in colleague.get(f"/work/tasks/{item_id}").text
    assert [row[0] for row in drafts()] == [waiting.people["clerk"]]


@LOST
def test_saving_in_the_background_says_who_has_the_task(waiting: World, signed_in: SignedIn) -> None:
    clerk, colleague = signed_in("clerk"), signed_in("clerk2")
    item_id = arrive(clerk, waiting)
    expire()
    colleague.post(f"/work/tasks/{item_id}/claim")
    answer = clerk.post(f"/work/tasks/{item_id}", data=judged("conform", opinion=TEXT) | {"do": "keep"})
    assert answer.status_code == 409
    assert "这件任务已由员工clerk2领取。您填写的内容已经暂存" in answer.text
    assert TEXT in clerk.get(f"/work/tasks/{item_id}").text


@ALONE
@LOST
def test_an_expired_claim_that_nobody_took_is_sent(decision: World, signed_in: SignedIn) -> None:
    first = signed_in("first")
    item_id = take(first, "first_review")
    expire()
    send(first, item_id, **TYPED)
    assert db.session.query(Opinion).one().text == TEXT


@ALONE
@LOST
def test_a_task_that_a_colleague_did_keeps_my_text(decision: World, signed_in: SignedIn) -> None:
    first, colleague = signed_in("first"), signed_in("second")
    item_id = take(first, "first_review")
    expire()
    colleague.post(f"/work/tasks/{item_id}/claim")
    send(colleague, item_id, first="grant")
    answer = first.post(f"/work/tasks/{item_id}", data={"act": "submit", **TYPED})
    assert answer.status_code == 409
    assert "这件任务已由员工second办结" in answer.text
    assert TEXT in answer.text
    assert TEXT in first.get(f"/work/tasks/{item_id}").text
    assert TEXT not in colleague.get(f"/work/tasks/{item_id}").text


@LOST
def test_a_task_that_was_handed_over_keeps_my_text(decision: World, signed_in: SignedIn) -> None:
    first = signed_in("first")
    item_id = take(first, "first_review")
    given = {"to": str(decision.people["second"]), "reason": "请假"}
    assert first.post(f"/work/tasks/{item_id}/hand-over", data=given).status_code == 302
    answer = first.post(f"/work/tasks/{item_id}", data={"act": "submit", **TYPED})
    assert (answer.status_code, TEXT in answer.text) == (409, True)
    assert "这件任务已由员工second领取。" in answer.text
    kept = answer.text[answer.text.index("您填写的内容") :]
    assert "拟不予认定" in kept  # in words, not as the form sends it
    assert ">refuse<" not in kept
    assert TEXT not in signed_in("second").get(f"/work/tasks/{item_id}").text


@LOST
def test_a_task_that_the_process_withdrew_keeps_my_text(registered: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, registered)
    writing.set(True)
    own = db.session.get_one(Application, registered.application)
    withdraw = {"application": own.id, "reason": "不办了"}
    engine.perform_act(own.instance_id, WITHDRAW, withdraw, actor=own.person_id)
    db.session.commit()
    writing.set(None)
    answer = clerk.post(f"/work/tasks/{item_id}", data=judged("conform", opinion=TEXT))
    assert (answer.status_code, TEXT in answer.text) == (409, True)
    assert "这件任务已由流程撤销" in answer.text
    assert TEXT in clerk.get(f"/work/tasks/{item_id}").text


@OWN
def test_a_verdict_stays_with_its_material(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    typed = {"findings.0.key": "medical", "findings.0.verdict": "missing", "findings.0.reason": "没有体检"}
    assert keep(clerk, item_id, **typed, **{"findings.1.key": "gone", "findings.1.reason": "旧材料"}) == 204
    page = clerk.get(f"/work/tasks/{item_id}").text
    place = page.index('value="medical"')
    assert "没有体检" in page[place:]
    assert "没有体检" not in page[:place]
    assert "旧材料" not in page
