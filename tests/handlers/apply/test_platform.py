"""业务平台 and the search before the first step."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from models import db
from models.authorities.plans import Plan
from models.cases.applications import Application
from models.cases.credentials import PutonghuaCertificate
from models.persons.people import Person
from tests import reads
from tests.handlers.apply.conftest import Applicant, change, open_elements, the_application
from workflows.clock import now


@pytest.mark.manual("W0")
def test_platform_lists_the_two_services(applicant: Applicant) -> None:
    page = applicant.open("")
    assert "教师资格认定" in page
    assert "中小学教师定期注册" in page
    assert "不从这里进入" in page


@pytest.mark.manual("W0")
def test_guide_can_be_read_and_returned_from(applicant: Applicant) -> None:
    page = applicant.open("guide")
    assert "申请人必读" in page
    assert "返回业务平台" in page


@pytest.mark.manual("W0")
def test_search_lists_authorities_with_sites_and_scope(applicant: Applicant) -> None:
    page = applicant.open("search?province=330000&city=330800&kind=junior")
    assert "柯城区教育局" in page
    assert "衢州学院行政楼108" in page
    assert "确认范围：衢州学院在校学生" in page
    assert "金华市教育局" not in page
    assert "衢州市教育局" not in page


@pytest.mark.manual("W0")
def test_search_says_why_nobody_can_apply(applicant: Applicant) -> None:
    page = applicant.open("search?province=330000&city=330800&kind=junior")
    assert "该机构目前未开展认定工作，请与该机构联系。" in page  # 江山市
    assert "当前时间不在该机构的网报时间段内" in page  # 龙游县
    assert "该机构未设置确认点，请联系所选的教育局。" in page  # 衢江区
    assert "0570-4033 128" in page


@pytest.mark.manual("W0")
def test_search_without_result_says_whom_to_ask(applicant: Applicant) -> None:
    page = applicant.open("search?province=330000&city=330800&kind=higher")
    assert "没有查询到认定机构" in page
    assert "请联系当地教育行政部门" in page


@pytest.mark.manual("W0")
def test_search_names_what_is_missing(applicant: Applicant) -> None:
    page = applicant.open("search?province=330000&city=&kind=")
    assert "请选择市" in page
    assert "请选择资格种类" in page
    assert "请选择资格种类" not in applicant.open("search?province=330000&city=&kind=&refresh=regions")


@pytest.mark.manual("W0")
def test_starting_prefills_the_third_step(applicant: Applicant) -> None:
    assert applicant.start().headers["Location"] == "/apply/agreement"
    draft = the_application(1)
    assert (draft.plan_id, draft.authority_id, draft.site_id, draft.region_code) == (1, 1, 1, "330802")
    assert open_elements(1) == ["read_agreement"]


@pytest.mark.manual("W0")
def test_one_draft_at_a_time(applicant: Applicant) -> None:
    page = applicant.open("search?province=330000&city=330800&kind=junior")
    assert 'name="place"' in page
    applicant.start()
    applicant.client.post("/apply/start", data={"place": 2, "kind": "junior"})
    assert "您有一份未完成的填报" in applicant.open("")
    assert db.session.query(Application).count() == 1


@pytest.mark.manual("W0")
def test_starting_outside_the_window_is_refused(applicant: Applicant) -> None:
    with change():
        db.session.get_one(Plan, 1).apply_until = now() - timedelta(minutes=1)
    applicant.client.post("/apply/start", data={"place": 1, "kind": "junior"})
    assert "当前时间不在该机构的网报时间段内" in applicant.open("")
    assert db.session.query(Application).count() == 0


def test_an_unknown_site_is_not_found(applicant: Applicant) -> None:
    assert applicant.client.post("/apply/start", data={"place": 999, "kind": "junior"}).status_code == 404


@pytest.mark.manual("W0")
def test_after_abandoning_one_can_start_again(applicant: Applicant) -> None:
    applicant.start()
    applicant.client.post("/apply/abandon")
    assert applicant.start().headers["Location"] == "/apply/agreement"


def test_nobody_enters_without_signing_in(applicant: Applicant) -> None:
    applicant.client.delete_cookie("zige_sign_in")
    assert applicant.client.get("/apply/").status_code == 302


def leading(page: str) -> str:
    """What stands in the section of the one thing to do now."""
    found = re.search(r'<section class="now".*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def done_tasks(page: str) -> list[str]:
    """The titles of the list that are marked as done."""
    return re.findall(r"<b>([^<]+)</b><span class=\"sr\">（已完成）", page)


@pytest.mark.manual("W0")
def test_beginning_leads_where_nothing_is_open(applicant: Applicant) -> None:
    page = applicant.open("")
    assert "/apply/search" in leading(page)
    assert done_tasks(page) == ["个人信息", "证书和学历"]


@pytest.mark.manual("C0")
def test_particulars_that_are_missing_lead(applicant: Applicant) -> None:
    with change():
        db.session.get_one(Person, 1).ethnicity = None
    page = applicant.open("")
    assert "民族" in leading(page)
    assert "/profile/particulars?next=/apply/" in leading(page)
    assert "个人信息" not in done_tasks(page)


def test_an_identity_that_is_not_proved_leads(applicant: Applicant) -> None:
    with change():
        db.session.get_one(Person, 1).verification = "none"
    assert "/profile/identity" in leading(applicant.open(""))


def test_records_that_are_missing_are_named(applicant: Applicant) -> None:
    with change():
        db.session.query(PutonghuaCertificate).filter_by(person_id=1).delete()
    page = applicant.open("")
    assert "还没有：普通话证书" in page
    assert "证书和学历" not in done_tasks(page)


@pytest.mark.manual("W9")
def test_a_draft_leads_to_its_open_step(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    page = applicant.open("")
    assert "/apply/details" in leading(page)
    assert "正在填写第 4 步" in page
    assert done_tasks(page) == ["个人信息", "证书和学历", "证件照", "承诺书签名"]


@pytest.mark.manual("W0")
def test_an_application_that_runs_comes_before_applying_again(applicant: Applicant) -> None:
    applicant.until("reminder")
    assert "/apply/reminder" in leading(applicant.open(""))
    applicant.send("reminder")
    page = applicant.open("")
    number = the_application(1).id
    assert f"/apply/applications/{number}" in leading(page)
    assert "/apply/search" not in leading(page)
    assert "请按时确认" in leading(page)
    assert done_tasks(page)[-1] == "认定申请"


@pytest.mark.parametrize("step", [None, "details", "reminder"])
def test_the_platform_asks_for_nothing_twice(applicant: Applicant, step: str | None) -> None:
    if step:
        applicant.until(step)
    with reads.counted() as found:
        applicant.open("")
    assert reads.repeated(found) == []
