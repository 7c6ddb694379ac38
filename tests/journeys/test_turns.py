"""The turns that a case may take, each told as a story in browsers, with worker and registers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from pikepdf import Pdf
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from models import db
from models.authorities.plans import Plan, PlanMaterial
from models.base.database import writing
from models.cases.applications import Application
from simulator.running import RunningSimulator
from tests.journeys import staff, story
from tests.journeys.conftest import BOTH_LIBRARIES, SignIn
from tests.journeys.story import Story
from workflows.background.jobs import MOST_ATTEMPTS

pytestmark = BOTH_LIBRARIES

WITHOUT_DIPLOMA = {2: ("missing", "未携带学历证书原件。")}


@pytest.fixture
def case(product: Flask, sign_in: SignIn, portrait: Path) -> Story:
    """郑雨桐 has a number."""
    return story.begin(product, sign_in, portrait)


def application(case: Story) -> Application:
    """The application."""
    return case.application()


@pytest.mark.manual("R3", "Q8")
def test_returned_once_then_accepted(case: Story) -> None:
    clerk = case.sign_in("wangmin")
    staff.receive(clerk, case.number)
    staff.judge(clerk, WITHOUT_DIPLOMA)
    staff.conclude(clerk, "incomplete", "请携带学历证书原件。")
    told = case.status()
    for words in ("需补正", "未携带学历证书原件。", "补正材料告知书"):
        assert words in told, words
    case.page.get_by_role("link", name="补正").first.click()
    case.page.locator("form .btn--main").click()
    staff.confirm(case.sign_in("wangmin"), case.number)
    assert "待认定审批" in case.status()
    case.comes_to("first_review")


@pytest.mark.manual("Q8")
def test_refused_at_confirmation(case: Story) -> None:
    clerk = case.sign_in("wangmin")
    staff.receive(clerk, case.number)
    staff.judge(clerk, {2: ("not_conform", "学历层次不符合规定。")})
    staff.conclude(clerk, "ineligible", "学历层次不符合《教师法》规定的条件。")
    told = case.status()
    for words in ("确认未通过", "学历层次不符合《教师法》规定的条件。", "行政复议", "不予受理决定书"):
        assert words in told, words
    with case.product.app_context():
        assert application(case).live_exam_certificate_id is None


def test_refused_at_the_decision(case: Story) -> None:
    staff.confirm(case.sign_in("wangmin"), case.number)
    case.decide("refused", text="学历证书经查注册未通过。")
    case.ends_at("refused")
    told = case.status()
    for words in ("认定未通过", "学历证书经查注册未通过。", "行政诉讼", "不予认定决定书"):
        assert words in told, words


@pytest.mark.manual("R8")
def test_set_back_and_corrected(case: Story) -> None:
    staff.confirm(case.sign_in("wangmin"), case.number)
    case.comes_to("first_review")
    reviewer = case.sign_in("zhoumin")
    with case.product.app_context():
        number = application(case).id
    reviewer.goto(f"/work/cases/{number}/set-back")
    reviewer.fill("[name=reason]", "通讯地址有误，请更正。")
    reviewer.get_by_role("button", name="调整状态").click()
    told = case.status()
    assert "通讯地址有误，请更正。" in told
    assert "网报待确认" in told
    staff.confirm(case.sign_in("wangmin"), case.number)
    case.decide("granted")
    assert "认定通过" in case.status()


def test_withdrawn(case: Story) -> None:
    with case.product.app_context():
        number = application(case).id
    case.page.goto(f"/apply/applications/{number}/withdraw")
    case.page.fill("[name=reason]", "已在外地就业")
    case.page.get_by_role("button", name="撤回申请").click()
    expect(case.page.locator("main")).to_contain_text("已撤回")
    case.ends_at("withdrawn")
    with case.product.app_context():
        found = application(case)
        assert (found.live_person_id, found.live_exam_certificate_id) == (None, None)
    assert case.open_items() == []


def test_lapses_because_the_applicant_did_not_come(case: Story) -> None:
    with case.product.app_context():
        until = application(case).plan.confirm_until
    case.until(until)
    case.passes(seconds=1)
    case.ends_at("lapsed")
    assert "逾期作废" in case.status()
    with case.product.app_context():
        assert application(case).live_exam_certificate_id is None


def test_does_not_lapse_because_the_authority_is_late(case: Story) -> None:
    clerk = case.sign_in("wangmin")
    staff.receive(clerk, case.number)
    with case.product.app_context():
        until = application(case).plan.confirm_until
    case.until(until)
    case.passes(days=3)
    assert "网报待确认" in case.status()
    assert case.open_items() == [case.name_of("check_materials")]
    clerk = case.sign_in("wangmin")
    staff.receive(clerk, case.number)
    staff.judge(clerk, {})
    staff.conclude(clerk, "conform")
    assert "待认定审批" in case.status()


def test_a_check_that_is_unavailable_for_hours(case: Story, registers: RunningSimulator) -> None:
    registers.behave("offence", "down")
    staff.confirm(case.sign_in("wangmin"), case.number)
    for _ in range(MOST_ATTEMPTS):
        case.passes(hours=1)
        case.worker_rests()
    case.comes_to("check_by_hand")
    assert "first_review" not in case.open_items()
    officer = case.sign_in("chenjing")
    staff.take(officer, case.number)
    staff.finish(officer, {"finding": "clear", "document": "浙查〔2026〕15号"})
    case.decide("granted")
    assert "认定通过" in case.status()


@pytest.fixture
def online(product: Flask) -> None:
    """The authority of 柯城区 handles everything online, with the list that 婺城区 has."""
    with product.app_context():
        writing.set(True)
        plans = {one.authority.name: one for one in db.session.query(Plan)}
        here, there = plans["柯城区教育局"], plans["婺城区教育局"]
        here.mode = "online"
        db.session.query(PlanMaterial).filter_by(plan_id=here.id).delete()
        db.session.query(PlanMaterial).filter_by(plan_id=there.id).update({"plan_id": here.id})
        db.session.commit()
        writing.set(None)


def paper(folder: Path, name: str) -> Path:
    """A PDF of one page that is like no other."""
    file = folder / f"{name}.pdf"
    with Pdf.new() as document:
        document.add_blank_page()
        document.docinfo["/Title"] = name
        document.save(file)
    return file


def photo(folder: Path, name: str) -> Path:
    """A photograph of something written."""
    file = folder / f"{name}.jpg"
    sheet = Image.new("RGB", (900, 1200), "white")
    ImageDraw.Draw(sheet).multiline_text((80, 80), "\n".join([name] * 12), fill="black", font_size=60)
    sheet.save(file)
    return file


def upload(page: Page, folder: Path, mark: str) -> list[str]:
    """Fill every slot that is open; their keys."""
    keys = [
        slot.get_attribute("id") or ""
        for slot in page.locator("section[id^=slot-]").all()
        if slot.locator("input[type=file]").count()
    ]
    for key in keys:
        with page.expect_navigation():  # the script sends what is chosen, and shows the page again
            page.locator(f"#{key} input[type=file]").set_input_files(paper(folder, f"{key}-{mark}"))
        expect(page.locator(f"#{key}")).to_contain_text("版")
    return keys


@pytest.mark.both_databases
@pytest.mark.manual("Q6", "Q8", "R4")
def test_full_online_with_two_returned_materials(online: None, case: Story, tmp_path: Path) -> None:
    with case.product.app_context():
        address = f"/apply/applications/{application(case).id}/materials"
    case.page.goto(address)
    given = upload(case.page, tmp_path, "first")
    # Photographs that were not handed in keep the form: they would be lost.
    slot = case.page.locator(f"#{given[0]}")
    with case.page.expect_navigation():
        slot.locator("input[type=file]").set_input_files([photo(tmp_path, "front"), photo(tmp_path, "back")])
    expect(slot).to_contain_text("合成一份 PDF，2 页")
    case.page.get_by_role("button", name="提交材料").click()
    expect(case.page.locator("main")).to_contain_text("的照片还没有交")
    slot.get_by_role("button", name="第 1 页往后移").click()
    slot.get_by_role("link", name=re.compile("^裁剪")).first.click()
    frame = case.page.locator(".cut__grip").last
    frame.scroll_into_view_if_needed()
    grip = frame.bounding_box()
    assert grip is not None
    case.page.mouse.move(grip["x"] + 18, grip["y"] + 18)
    case.page.mouse.down()
    case.page.mouse.move(grip["x"] - 82, grip["y"] - 82, steps=4)
    case.page.mouse.up()
    assert int(case.page.input_value("[name=right]")) < 100
    case.page.get_by_role("button", name="裁好了").click()
    slot.get_by_role("button", name="交这一项").last.click()
    expect(case.page.locator(f"#{given[0]}")).to_contain_text("第 2 版")
    case.page.get_by_role("button", name="提交材料").click()
    clerk = case.sign_in("wangmin")
    staff.take(clerk, case.number)
    wrong = {0: ("not_conform", "扫描不清晰。"), 1: ("not_conform", "缺少背面。")}
    staff.judge(clerk, wrong)
    staff.conclude(clerk, "incomplete", "请替换两项材料。")
    assert "扫描不清晰。" in case.status()
    case.page.goto(address)
    again = upload(case.page, tmp_path, "second")
    assert (len(again), set(again) <= set(given)) == (2, True)
    case.page.get_by_role("button", name="重新提交").click()
    clerk = case.sign_in("wangmin")
    staff.take(clerk, case.number)
    staff.judge(clerk, {})
    staff.conclude(clerk, "conform")
    case.decide("granted")
    assert "认定通过" in case.status()
