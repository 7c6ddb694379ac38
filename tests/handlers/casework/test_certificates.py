"""Printing, handing over, posting and filing certificates; the register; the documents."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
from flask import current_app
from sqlalchemy import event

from handlers.apply.summary import progress
from models import db
from models.base.database import writing
from models.cases.applications import Application, Certificate
from tests.handlers.casework.conftest import NUMBER, SignedIn, World, the_item
from tests.handlers.casework.test_decision import send, take
from tests.standings import STANDINGS, standing_in

# The process of certificates alone: its case was never granted.
pytestmark = pytest.mark.corrupts


def the_certificate() -> Certificate:
    """The one certificate, read anew."""
    db.session.rollback()
    return db.session.query(Certificate).one()


def told_to_the_applicant(world: World) -> tuple[str, list[str]]:
    """What comes next, without the number of the certificate, and what became of it, the newest first."""
    number = the_certificate().number
    application = db.session.get_one(Application, world.application)
    application.state, application.standing = standing_in("granted").values()
    with current_app.test_request_context():
        status = progress.describe_progress(application)
    db.session.rollback()
    assert number in status["what_next"]
    steps = [one["title"] for one in status["timeline"] if "证书" in one["title"]]
    return status["what_next"].partition("（")[0], steps


@pytest.mark.manual("R7")
def test_from_printing_to_the_archive(world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    clerk = signed_in("certificates")
    send(clerk, take(clerk, "print_certificate"), printed="spoiled")
    assert the_certificate().spoiled == 1
    send(clerk, take(clerk, "print_certificate"), printed="good")
    item_id = take(clerk, "hand_over")
    refused = clerk.post(f"/work/tasks/{item_id}", data={"act": "submit", "received_by": "郑雨桐"})
    assert refused.status_code == 422
    assert "请填写核对的证件。" in refused.text
    send(clerk, item_id, received_by="郑雨桐", document="居民身份证")
    assert the_certificate().handed_over_to == "郑雨桐（居民身份证）"
    send(clerk, take(clerk, "archive_case"), archive_number="2026-0001")
    assert the_certificate().archive_number == "2026-0001"


@pytest.mark.manual("Q2")
def test_the_applicant_reads_how_far_the_certificate_is(world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    clerk = signed_in("certificates")
    assert told_to_the_applicant(world) == ("证书制好后按您选择的方式领取", [])
    send(clerk, take(clerk, "print_certificate"), printed="good")
    assert told_to_the_applicant(world) == ("证书已经制好，请按您选择的方式领取", ["证书制好"])
    send(clerk, take(clerk, "hand_over"), received_by="郑雨桐", document="居民身份证")
    assert told_to_the_applicant(world) == ("证书已由您领取，可在证书查询里查到", ["领取证书", "证书制好"])


@pytest.mark.found("P6")
@pytest.mark.parametrize(("state", "read"), [("granted", 1), ("pending_decision", 0), ("refused", 0)])
def test_the_certificate_is_read_once_and_only_where_there_is_one(
    world: World, signed_in: SignedIn, state: str, read: int
) -> None:
    world.start("certificate")
    clerk = signed_in("certificates")
    send(clerk, take(clerk, "print_certificate"), printed="good")
    db.session.rollback()
    application = db.session.get_one(Application, world.application)
    application.standing = STANDINGS[state]
    db.session.flush()
    asked: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", keep)
    try:
        with current_app.test_request_context():
            told = progress.describe_progress(application)
    finally:
        event.remove(db.engine, "before_cursor_execute", keep)
        db.session.rollback()
    assert sum("FROM certificate" in one for one in asked) == read
    assert ("证书制好" in [one["title"] for one in told["timeline"]]) == bool(read)


@pytest.mark.manual("R7")
def test_posting_and_receipt(world: World, signed_in: SignedIn) -> None:
    writing.set(True)
    db.session.get_one(Application, world.application).delivery = "post"
    db.session.commit()
    writing.set(None)
    world.start("certificate")
    clerk = signed_in("certificates")
    send(clerk, take(clerk, "print_certificate"), printed="good")
    send(clerk, take(clerk, "post_certificate"), tracking_number="EM123456789CN")
    assert the_certificate().tracking_number == "EM123456789CN"
    assert "登记签收" in clerk.get(f"/work/cases/{world.application}").text
    empty = clerk.post(f"/work/cases/{world.application}/received")
    assert empty.status_code == 422
    answer = clerk.post(
        f"/work/cases/{world.application}/received", data={"reason": "EM123456789CN 本人签收"}
    )
    assert answer.status_code == 302, answer.text
    assert the_item("archive_case").state == "open"
    late = clerk.post(f"/work/cases/{world.application}/received")
    assert (late.status_code, 'href="#reason"' in late.text) == (409, False)
    assert "状态可能已经变化" in late.text


@pytest.mark.manual("R7")
def test_the_register_shows_ones_own_authority(world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    number = the_certificate().number
    page = signed_in("certificates").get("/work/certificates").text
    assert number in page
    assert "郑雨桐" in page
    assert NUMBER not in page
    assert number not in signed_in("other_certificates").get("/work/certificates").text
    assert signed_in("first").get("/work/certificates").status_code == 403


def test_documents_are_pdf_and_only_for_their_place(world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    certificate_id = the_certificate().id
    addresses = (
        f"/work/certificates/{certificate_id}.pdf",
        f"/work/cases/{world.application}/application-form.pdf",
    )
    for address in addresses:
        answer = signed_in("certificates").get(address)
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")
        assert signed_in("other_certificates").get(address).status_code == 404
    assert signed_in("first").get(addresses[0]).status_code == 404


def name_the_applicant(world: World, name: str) -> None:
    """Another name for the person of the case."""
    db.session.rollback()
    writing.set(True)
    db.session.get_one(Application, world.application).person.name = name
    db.session.commit()
    writing.set(None)


@pytest.mark.found("A9")
def test_what_cannot_be_printed_is_told_before_printing(world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    name_the_applicant(world, "郑\U00031000")
    clerk = signed_in("certificates")
    pages = (f"/work/tasks/{take(clerk, 'print_certificate')}", f"/work/cases/{world.application}")
    for page in (clerk.get(address).text for address in pages):
        assert "有字打印不出来" in page
        assert "<li>姓名：“\U00031000”（U+31000）</li>" in page
    refused = clerk.get(f"/work/certificates/{the_certificate().id}.pdf")
    assert refused.status_code == 409
    assert "证书没有生成：字库中没有“\U00031000”（U+31000）" in refused.text
    assert clerk.get(f"/work/cases/{world.application}/application-form.pdf").data.startswith(b"%PDF")
    send(clerk, the_item("print_certificate").id, printed="spoiled")


@pytest.mark.found("A9")
def test_a_rare_name_is_printed_and_nothing_is_said(world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    name_the_applicant(world, "张𠮷𩸽𪚥")
    clerk = signed_in("certificates")
    assert "打印不出来" not in clerk.get(f"/work/tasks/{take(clerk, 'print_certificate')}").text
    printed = clerk.get(f"/work/certificates/{the_certificate().id}.pdf")
    with pypdfium2.PdfDocument(printed.data) as pdf:
        assert "张𠮷𩸽𪚥" in "".join(page.get_textpage().get_text_range() for page in pdf)


@pytest.mark.found("A9")
@pytest.mark.parametrize(("process", "login", "element"), [("decision", "first", "first_review")])
def test_reviewers_see_it_too(
    world: World, signed_in: SignedIn, process: str, login: str, element: str
) -> None:
    world.start(process)
    name_the_applicant(world, "郑\ue123")
    client = signed_in(login)
    item_id = take(client, element)
    assert "姓名：“\ue123”（U+E123）" in client.get(f"/work/tasks/{item_id}").text
    answer = client.post(
        f"/work/tasks/{item_id}", data={"act": "submit", "first": "grant", "text": "同\ue123"}
    )
    assert answer.status_code == 422
    assert "请换成标准字" in answer.text
