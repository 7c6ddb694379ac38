"""The diagram on a phone: it begins where the application is, and the page stays as wide as its window."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from domain.cases import registration
from domain.cases.revisions import WITHDRAW
from models import db
from models.authorities.places import Authority, Site
from models.authorities.plans import Plan
from models.base.database import writing
from models.cases.applications import Application
from models.persons.people import Person
from models.processes.instances import WorkItem
from tests.journeys.conftest import SignIn
from tests.standings import standing_in
from workflows import engine
from workflows.clock import now

WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Where the words of a link stand, in pixels from the top of the page.
LINE = """(one) => {
  const range = document.createRange();
  range.selectNodeContents(one.firstChild);
  return range.getBoundingClientRect().bottom + scrollY;
}"""
IN_SIGHT = """(frame) => {
  const box = frame.getBoundingClientRect(), sign = frame.querySelector(".bp-sign").getBoundingClientRect();
  return box.left <= sign.left && sign.right <= box.right;
}"""


@pytest.fixture
def number(product: Flask) -> int:
    """The application of somebody who waits to be confirmed at a site."""
    with product.app_context():
        writing.set(True)
        application = _application()
        case = engine.start_instance(
            "accreditation",
            business_key=f"application:{application.id}",
            variables={"application": application.id, "draft_limit": "PT2H"},
            actor=application.person_id,
        )
        application.instance_id = case.id
        db.session.flush()
        for _ in range(8):
            item = db.session.query(WorkItem).filter_by(instance_id=case.id, state="open").one()
            engine.complete_task(
                item, variables={"go": "next", "step": item.element}, actor=application.person_id
            )
            db.session.expire_all()
        db.session.commit()
        writing.set(None)
        return application.id


def _application() -> Application:
    authority = db.session.query(Authority).filter_by(name="柯城区教育局").one()
    made = Application(
        person_id=db.session.query(Person.id).filter_by(name="郑雨桐").scalar(),
        plan_id=db.session.query(Plan.id).filter_by(authority_id=authority.id).limit(1).scalar(),
        authority_id=authority.id,
        site_id=db.session.query(Site.id).filter_by(name="衢州学院行政楼108").scalar(),
        **standing_in("pending_confirmation"),
        revision=1,
        registration_number=registration.next_registration_number(now()),
        registered_at=now() - timedelta(days=1),
        created_at=now() - timedelta(days=1),
        exam_route="national_exam",
        kind="junior",
        subject="数学",
        delivery="pickup",
        particulars={"name": "郑雨桐"},
    )
    made.live_person_id = made.person_id
    db.session.add(made)
    db.session.flush()
    return made


def _open(page: Page, number: int, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/apply/applications/{number}")
    page.get_by_text("流程图：看看申请走到了哪里").click()


def _withdraw(product: Flask, number: int) -> None:
    with product.app_context():
        writing.set(True)
        payload = {"application": number, "reason": "不报了"}
        own = db.session.get_one(Application, number)
        engine.perform_act(own.instance_id, WITHDRAW, payload, actor=own.person_id)
        db.session.commit()
        writing.set(None)


def test_that_of_an_ended_case_is_read_from_its_beginning(
    product: Flask, sign_in: SignIn, number: int
) -> None:
    _withdraw(product, number)
    page = sign_in("330802200403120023")
    _open(page, number, 360)
    frame = page.get_by_role("region", name="流程图：申请的全过程，可左右滚动")
    expect(frame).to_be_visible()
    assert frame.evaluate("(frame) => [frame.scrollLeft, frame.scrollTop]") == [0, 0]
    assert not frame.evaluate(IN_SIGHT)
    expect(frame.get_by_text("开始报名", exact=True)).to_be_in_viewport()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_menu_of_further_acts_stands_in_line_with_the_others(
    sign_in: SignIn, number: int, width: int
) -> None:
    page = sign_in("330802200403120023")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/apply/applications")
    cell = page.locator("td.act")
    link, more = cell.get_by_role("link", name="修改"), cell.locator("summary")
    assert link.evaluate(LINE) == pytest.approx(more.evaluate(LINE), abs=1)
    more.click()
    assert link.evaluate(LINE) == pytest.approx(more.evaluate(LINE), abs=1)
    expect(cell.get_by_role("link", name="撤回申请")).to_be_in_viewport()
    assert not page.evaluate(WIDER)
    if width == 360:
        left = "(one) => one.getBoundingClientRect().left"
        edges = {
            one.evaluate(left)
            for one in (link.locator("..").locator("a").first, page.locator("th[scope=row] a"))
        }
        assert len(edges) == 1, "on a card everything begins at the left"


@pytest.mark.parametrize("width", [360, 1280])
def test_it_begins_where_the_application_is(sign_in: SignIn, number: int, width: int) -> None:
    page = sign_in("330802200403120023")
    _open(page, number, width)
    frame = page.get_by_role("region", name="流程图：申请的全过程，可左右滚动")
    expect(frame).to_be_visible()
    assert frame.evaluate(IN_SIGHT)
    assert not page.evaluate(WIDER)
    assert frame.evaluate("(frame) => frame.scrollWidth > frame.clientWidth")
    smallest = "(frame) => Math.min(...[...frame.querySelectorAll('text')].map((t) => t.getBBox().height))"
    assert frame.evaluate(smallest) >= 12
    frame.focus()
    before = frame.evaluate("(frame) => frame.scrollLeft")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([frame, before]) => frame.scrollLeft > before", arg=[frame.element_handle(), before]
    )
