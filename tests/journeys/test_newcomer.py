"""A newcomer registers in the browser, completes the personal centre and submits an application."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from simulator.newcomers import build_newcomer
from simulator.running import RunningSimulator
from tests.journeys import applicant
from tests.journeys.conftest import drag_piece

NUMBER, NAME, MOBILE = "330802199901010016", "林小雨", "13900001234"
PATIENCE = 30  # seconds
SITES = {"junior": "衢州学院行政楼108", "senior": "衢州学院行政楼108"}


@pytest.mark.manual("A1", "C0", "W8")
def test_a_newcomer_applies(
    open_page: Callable[[], Page], registers: RunningSimulator, product: Flask, portrait: Path
) -> None:
    known = build_newcomer(NUMBER, NAME)
    page = open_page()
    page.goto("/")
    page.get_by_role("link", name="注册账号").first.click()
    register(page, registers, product)
    page.select_option("[name=ethnicity]", "01")
    page.get_by_role("button", name=re.compile("保存")).first.click()
    expect(page).to_have_url(re.compile("/apply/$"))
    page.goto("/profile/exams")
    expect(page.locator("main")).to_contain_text(known.exam_certificates[0].number)
    page.goto("/profile/putonghua")
    page.fill("[name=number]", known.putonghua[0].number)
    page.get_by_role("button", name="核验").first.click()
    expect(page.locator("main")).to_contain_text("二级甲等")

    kind = known.exam_certificates[0].kind
    chosen = applicant.Chosen(kind=kind, site=SITES[kind], putonghua=known.putonghua[0].number)
    applicant.find_place(page, chosen)
    applicant.agree(page)
    applicant.identify(page)
    applicant.choose(page, chosen)
    applicant.detail(page, portrait)
    assert re.fullmatch(r"\d{10}", applicant.submit(page))


def register(page: Page, registers: RunningSimulator, product: Flask) -> None:
    """Both pages of registering, with the code that the SMS brought."""
    page.select_option("[name=document_kind]", "resident_id")
    page.fill("[name=document_number]", NUMBER)
    page.fill("[name=name]", NAME)
    page.get_by_role("button", name="下一步").click()
    page.fill("[name=mobile]", MOBILE)
    drag_piece(page, product)
    page.get_by_role("button", name="获取短信验证码").click()
    expect(page.locator("[name=code]")).to_be_visible()
    page.fill("[name=code]", sent_code(registers))
    page.fill("[name=email]", "linxiaoyu@mail.example")
    page.fill("[name=password]", "Kejin-2026")
    page.fill("[name=password_again]", "Kejin-2026")
    page.check("[name=agree]")
    page.get_by_role("button", name="完成注册").click()
    expect(page).to_have_url(re.compile("/profile/particulars"))


def sent_code(registers: RunningSimulator) -> str:
    """The code of the SMS, which a worker sends within seconds."""
    until = time.monotonic() + PATIENCE
    while not (sent := registers.messages(channel="sms", to=MOBILE)) and time.monotonic() < until:
        time.sleep(0.1)
    code = re.search(r"\d{6}", sent[0]["text"])
    assert code is not None
    return code[0]
