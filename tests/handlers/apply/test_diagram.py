"""The diagram on the status page: where the application is, and nothing that goes on inside a stage."""

from __future__ import annotations

import re

import pytest

from models.base import codes
from tests.handlers import pagecheck
from tests.handlers.apply.conftest import Applicant, change, the_application
from workflows import engine


@pytest.fixture
def registered(applicant: Applicant) -> Applicant:
    """Somebody who waits to be confirmed."""
    applicant.until("reminder")
    applicant.client.post("/apply/reminder")
    return applicant


def deliver(message: str, **more: str) -> None:
    """Send the process of the application a message."""
    with change():
        number = the_application(1).id
        engine.deliver_message(message, str(number), {"application": number, **more}, actor=None)


def section(page: str) -> str:
    """The folded part with the diagram."""
    found = re.search(r'<details class="panel more">.*?</details>', page, re.DOTALL)
    assert found is not None
    return found[0]


def outline(page: str) -> list[str]:
    """The stages of the outline as text."""
    listed = re.search(r'<ol class="timeline outline">(.*?)</ol>', section(page), re.DOTALL)
    assert listed is not None
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<li.*?</li>", listed[1], re.DOTALL)]


@pytest.mark.manual("Q1")
def test_the_status_page_draws_where_the_application_is(registered: Applicant) -> None:
    page = registered.open("applications/1")
    assert pagecheck.faults(page) == []
    part = section(page)
    assert "流程图：看看申请走到了哪里" in part
    assert part.count("您在这里</text>") == 1
    assert "您在这里：“现场确认”" in part  # the title of the picture
    told = outline(page)
    assert [line[:4] for line in told] == ["网上报名", "现场确认", "审查与决", "制证与发"]
    assert "您在这里" in told[1]
    assert "截止" in told[1]
    assert "尚未开始" in told[2]
    assert part.count('aria-current="step"') == 1


def test_the_region_can_be_scrolled_with_the_keyboard(registered: Applicant) -> None:
    found = pagecheck.read(section(registered.open("applications/1"))).elements
    region = next(one for one in found if one.attributes.get("role") == "region")
    assert (region.tag, region.attributes["tabindex"]) == ("div", "0")
    assert "可左右滚动" in region.attributes["aria-label"]
    picture = next(one for one in found if one.attributes.get("role") == "img")
    title = next(one for one in found if one.tag == "title")
    assert picture.attributes["aria-labelledby"] == title.attributes["id"]


def test_the_inside_of_a_stage_is_not_told(registered: Applicant) -> None:
    deliver("arrived")
    part = section(registered.open("applications/1"))
    for word in (*codes.REGISTERS.values(), "背景核查", "核查人员", "不利结果", "核对材料", "初审"):
        assert word not in part


def test_a_withdrawn_application_ends_where_it_was_withdrawn(registered: Applicant) -> None:
    deliver("withdrawn", reason="不办了")
    page = registered.open("applications/1")
    assert pagecheck.faults(page) == []
    told = outline(page)
    assert "已撤回（办理结束）" in told[-1]
    assert not [line for line in told if "尚未开始" in line]
    assert "您在这里" not in section(page)


@pytest.mark.corrupts("no_process")
def test_an_application_without_a_process_has_no_diagram(registered: Applicant) -> None:
    with change():
        the_application(1).instance_id = None
    assert "流程图" not in registered.open("applications/1")
