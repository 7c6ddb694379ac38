"""The main job: an application goes from the home page to the certificate, by five people, in browsers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from models import db
from models.cases.applications import Application, Certificate
from models.processes.instances import ProcessInstance
from simulator.running import RunningSimulator
from tests.journeys import staff, story
from tests.journeys.conftest import BOTH_LIBRARIES, SignIn


@BOTH_LIBRARIES
@pytest.mark.manual(
    "P1", "W0", "W1", "W2.1", "W2.2", "W2.3", "W2.4", "W3", "W4.0", "W4.1", "W4.2", "W4.3", "W4.4", "W5", "W6"
)
@pytest.mark.both_databases
@pytest.mark.manual("W7", "W8", "Q1", "R2", "R3", "R6", "R7")
def test_from_the_home_page_to_the_certificate(
    product: Flask,
    registers: RunningSimulator,
    open_page: Callable[[], Page],
    sign_in: SignIn,
    portrait: Path,
) -> None:
    home = open_page()
    home.goto("/")
    expect(home.get_by_role("link", name="网上办事").first).to_be_visible()

    case = story.begin(product, sign_in, portrait)
    number, zheng = case.number, case.page
    staff.confirm(sign_in("wangmin"), number)
    case.decide("granted")
    clerk = sign_in("xulan")
    staff.take(clerk, number)
    staff.finish(clerk, {"printed": "good"})
    staff.take(clerk, number)
    staff.finish(clerk, {"received_by": "郑雨桐", "document": "居民身份证"})
    staff.take(clerk, number)
    staff.finish(clerk, {"archive_number": "2026-001"})

    zheng.goto("/apply/applications")
    expect(zheng.locator("main")).to_contain_text("认定通过")
    with product.app_context():
        case = db.session.query(Application).filter_by(registration_number=number).one()
        certificate = db.session.query(Certificate).filter_by(application_id=case.id).one()
        instance = db.session.get_one(ProcessInstance, case.instance_id)
        assert re.fullmatch(r"20\d\d3390132000001", certificate.number)
        assert (instance.state, instance.end_element) == (
            "completed",
            product.extensions["names"].element("archived"),
        )
        assert certificate.handed_over_at is not None
        certificate_id = certificate.id
    paper = clerk.request.get(f"/work/certificates/{certificate_id}.pdf")
    assert paper.status == 200
    assert paper.body().startswith(b"%PDF")
    texts = [message["text"] for message in registers.messages(channel="sms", to="13805700126")]
    assert [
        word for word in ("已提交", "已受理", "认定通过", "已制好") if not any(word in one for one in texts)
    ] == []
