"""A text that is too long comes back whole, with how long it may be; nothing calls it a file."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from handlers.entry import size_limits
from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.processes.instances import Event
from models.processes.item_drafts import ItemDraft
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_decision import send, take
from tests.handlers.pagecheck import faults

LONG = "学" * 200_000
FOUND = pytest.mark.found("X11")


def _place_of(page: str, name: str) -> str:
    """What stands around the input of a name: its label, its message and its value."""
    found = re.search(rf'<div class="field field--error"><label for="{name}">.*?</div>', page, re.DOTALL)
    assert found, page[:2000]
    return found[0]


@FOUND
def test_an_opinion_that_is_too_long_comes_back_to_its_writer(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first = signed_in("first")
    item_id = take(first, "first_review")
    answer = first.post(f"/work/tasks/{item_id}", data={"act": "submit", "first": "refuse", "text": LONG})
    assert (answer.status_code, faults(answer.text)) == (422, [])
    place = _place_of(answer.text, "text")
    assert "不超过 1000 个字" in place
    assert LONG in place
    assert the_item("first_review").state == "claimed"
    assert db.session.query(ItemDraft).one().typed["text"] == LONG


@FOUND
def test_a_form_of_too_much_text_is_told_that_it_is_text(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first = signed_in("first")
    item_id = take(first, "first_review")
    sent = {"act": "submit", "first": "refuse", "text": LONG * 2}
    answer = first.post(f"/work/tasks/{item_id}", data=sent, headers={"Referer": f"/work/tasks/{item_id}"})
    assert (answer.status_code, faults(answer.text)) == (413, [])
    assert "提交的文字太长" in answer.text
    assert f"大约 {size_limits.MOST_CHARACTERS} 万个汉字" in answer.text
    assert "“后退”" in answer.text
    assert "文件" not in answer.text
    assert f'href="/work/tasks/{item_id}" data-back' in answer.text
    # What the browser keeps of the page before must not be asked for anew.
    assert "no-store" not in first.get(f"/work/tasks/{item_id}").headers["Cache-Control"]


@FOUND
def test_the_reason_of_a_hand_over_has_a_length(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    second = signed_in("second")
    item_id = take(second, "first_review")
    page = second.get(f"/work/tasks/{item_id}/hand-over").text
    assert 'maxlength="400"' in page
    long = {"to": world.people["first"], "reason": "换" * 401}
    answer = second.post(f"/work/tasks/{item_id}/hand-over", data=long)
    assert (answer.status_code, faults(answer.text)) == (422, [])
    assert "转交原因不超过 400 个字" in _place_of(answer.text, "reason")
    assert "换" * 401 in answer.text
    fit = long | {"reason": f"  {'换' * 400}\n"}
    assert second.post(f"/work/tasks/{item_id}/hand-over", data=fit).status_code == 302
    event = db.session.query(Event).filter_by(kind="released").one()
    assert event.detail["reason"] == "换" * 400


@FOUND
@pytest.mark.corrupts  # the certificate alone, without the case around it
def test_how_a_certificate_was_received_has_a_length(world: World, signed_in: SignedIn) -> None:
    clerk = _posted(world, signed_in)
    address = f"/work/cases/{world.application}/received"
    for text, told in (("签" * 201, "不超过 200 个字"), (" ", "请填写邮件号码或签收情况")):
        answer = clerk.post(address, data={"reason": text})
        assert (answer.status_code, faults(answer.text)) == (422, [])
        assert told in _place_of(answer.text, "reason")
        assert text in answer.text
        assert re.search(r'<details class="ask" data-dialog id="received" open>', answer.text)
    assert clerk.post(address, data={"reason": "签" * 200}).status_code == 302


def _posted(world: World, signed_in: SignedIn) -> FlaskClient:
    writing.set(True)
    db.session.get_one(Application, world.application).delivery = "post"
    db.session.commit()
    writing.set(None)
    world.start("certificate")
    clerk = signed_in("certificates")
    send(clerk, take(clerk, "print_certificate"), printed="good")
    send(clerk, take(clerk, "post_certificate"), tracking_number="EM123456789CN")
    return clerk
