"""What an applicant does in the browser, step by step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

NEXT = "button.btn--main[name=go][value=next]"
NEXT_PAGE = "button.btn--main[name=do][value^='page:']"
DETAILS = {
    "household_place": "浙江省衢州市柯城区府山街道",
    "birth_place": "浙江省衢州市",
    "mailing_address": "浙江省衢州市柯城区九华北大道78号衢州学院",
    "postcode": "324000",
    "phone": "13805700126",
}
RESUME = (
    ("2016-09", "2019-06", "衢州市实验学校", "学生", "余建华"),
    ("2019-09", "2022-06", "衢州第二中学", "学生", "方志强"),
    ("2023-09", "至今", "衢州学院", "学生", "徐丽萍"),
)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Where somebody applies, and with what."""

    kind: str
    site: str
    putonghua: str  # number of the certificate
    county: str = "330802"


def find_place(page: Page, chosen: Chosen) -> None:
    """From the business platform to step 1: look the place up and begin."""
    page.goto("/apply/")
    page.get_by_role("link", name=re.compile("^报名")).first.click()
    page.select_option("[name=province]", "330000")
    page.select_option("[name=city]", "330800")  # once the script has fetched the cities
    page.select_option("[name=kind]", chosen.kind)
    page.get_by_role("button", name="查询").last.click()
    page.get_by_role("button", name=re.compile(f"认定申请报名.*{chosen.site}")).click()
    expect(page).to_have_url(re.compile("/apply/agreement"))


def agree(page: Page) -> None:
    """Step 1: both boxes."""
    page.check("[name=agree]")
    page.check("[name=consent]")
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/identity"))


def identify(page: Page) -> None:
    """Step 2: the route, the certificate, Putonghua, enrolment."""
    page.check("[name=exam_route][value=national_exam]")
    page.locator("[name=exam_certificate]:enabled").first.check()
    page.locator("[name=putonghua]:enabled").first.check()
    page.check("[name=at_school][value=yes]")
    if page.locator("[name=enrolment]").count() == 0:
        page.get_by_role("button", name="同步学籍").click()
        expect(page.locator("[name=enrolment]").first).to_be_attached()
    page.locator("[name=enrolment]:enabled").first.check()
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/authority"))


def choose(page: Page, chosen: Chosen) -> None:
    """Step 3: what the search has chosen is filled in; the address is not."""
    page.check("[name=basis][value=school]")
    page.select_option("[name=county]", chosen.county)
    page.fill("[name=street]", "九华北大道78号衢州学院8幢412室")
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/details"))


def detail(page: Page, portrait: Path) -> None:
    """Step 4: photograph, signature, particulars, résumé."""
    page.set_input_files("input[type=file][name=photo]", str(portrait))
    page.get_by_role("button", name="上传照片").click()
    expect(page.locator("img[src*='/apply/files/']").first).to_be_visible()
    sign(page)
    page.click(NEXT_PAGE)
    page.select_option("[name=political_status]", "03")
    for name, value in DETAILS.items():
        page.fill(f"[name={name}]", value)
    page.check("[name=major_category][value=normal]")
    page.check("[name=delivery][value=pickup]")
    page.click(NEXT_PAGE)
    page.fill("[name=employer]", "无")
    page.select_option("[name=occupation]", "student")
    page.select_option("[name=professional_title]", "none")
    fill_resume(page)
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/check"))


def sign(page: Page) -> None:
    """Draw the signature with the mouse and keep it."""
    pad = page.locator("canvas").first
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    left, top = box["x"], box["y"]
    for start, end in (((0.2, 0.3), (0.5, 0.7)), ((0.5, 0.3), (0.25, 0.75)), ((0.6, 0.3), (0.8, 0.7))):
        page.mouse.move(left + start[0] * box["width"], top + start[1] * box["height"])
        page.mouse.down()
        page.mouse.move(left + end[0] * box["width"], top + end[1] * box["height"], steps=12)
        page.mouse.up()
    page.get_by_role("button", name="保存签名").click()
    expect(page.locator("img.ink")).to_be_visible()


def fill_resume(page: Page) -> None:
    """Three rows of the résumé."""
    while page.locator("[name$='.organisation']").count() < len(RESUME):
        page.get_by_role("button", name="增加一段").click()
        page.wait_for_load_state()
    for row, values in enumerate(RESUME):
        names = ("from", "until", "organisation", "post", "witness")
        for name, value in zip(names, values, strict=True):
            page.fill(f"[name='resume.{row}.{name}']", value)


def submit(page: Page) -> str:
    """Steps 5 to 8; answers the registration number as the last page shows it."""
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/notes"))
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/undertaking"))
    page.check("[name=answer][value=agree]")
    page.click(NEXT)
    expect(page).to_have_url(re.compile("/apply/reminder"))
    found = re.search(r"\d{4} \d{4} \d{2}", page.inner_text("main"))
    assert found is not None
    page.get_by_role("button", name="已经阅读").click()
    expect(page).to_have_url(re.compile("/apply/applications"))
    return found[0].replace(" ", "")
