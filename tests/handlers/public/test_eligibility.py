"""我能不能报: the decision tables, rule by rule; and what the records of a person still lack."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from urllib.parse import urlencode

import pytest

from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.codes import EXAM_ROUTES, KINDS
from models.cases.credentials import ExamCertificate, PutonghuaCertificate
from models.persons.people import Person
from tests.handlers.conftest import RULES, Browser, work, writes
from workflows import engine

SignIn = Callable[[str], Browser]
PAGE = "/eligibility"
TEACHER = {
    "kind": "junior",
    "subject": "语文",
    "exam_route": "national_exam",
    "province": "330000",
    "city": "330800",
    "county": "330802",
    "at_school": "no",
    "level": "21",
    "graduation": "2020",
    "putonghua": "2A",
}


def answer(visitor: Browser, **said: str) -> str:
    return visitor.open(f"{PAGE}?{urlencode(said)}")


def findings(page: str) -> dict[str, tuple[str, str]]:
    """Of each rule what it says, and how it stands."""
    rows = re.findall(r"<li><span><b>(.*?)</b><br>(.*?)</span><span>(.*?)</span></li>", page, re.DOTALL)
    return {rule: (re.sub("<[^>]+>", "", text), re.sub("<[^>]+>|\\s", "", tag)) for rule, text, tag in rows}


@pytest.mark.manual("P1")
def test_home_and_services_lead_to_it(visitor: Browser) -> None:
    for address in ("/", "/services"):
        assert f'href="{PAGE}"' in visitor.open(address)


def test_who_meets_every_rule_may_apply_and_learns_where_and_with_what(visitor: Browser) -> None:
    page = answer(visitor, **TEACHER)
    told = findings(page)
    assert {state for _, state in told.values()} == {"符合"}
    assert "报名当天有效的中小学教师资格考试合格证明" in told["考试形式"][0]
    assert "《中小学教师资格考试暂行办法》" in told["考试形式"][0]
    assert "大学本科毕业及以上学历" in told["学历"][0], "as Zhejiang asks it"
    assert "普通话二级甲等及以上" in told["普通话"][0]
    assert "《〈教师资格条例〉实施办法》第八条第二项" in told["普通话"][0]
    assert "可以报名" in page
    assert "浙江省衢州市柯城区由谁认定，带什么" in page
    assert "柯城区教育局" in page
    assert "体检合格证明" in page
    assert 'href="tel:05703020567"' in page


@pytest.mark.parametrize(
    ("changed", "rule", "reason"),
    [
        ({"putonghua": "2B"}, "普通话", "要求普通话二级甲等及以上"),
        ({"putonghua": "none"}, "普通话", "要求普通话二级甲等及以上"),
        ({"level": "31"}, "学历", "要求大学本科毕业及以上学历，所选的是大学专科"),
        ({"kind": "higher", "subject": "文学"}, "考试形式", "国家统一的教师资格考试不含高等学校"),
        ({"subject": "幼儿园"}, "任教学科", "没有“幼儿园”这个任教学科"),
        (
            {"at_school": "yes", "study_form": "adult", "status": "注册学籍", "graduation": "2027-06"},
            "学籍",
            "在校生申请仅限普通全日制",
        ),
        (
            {"at_school": "yes", "study_form": "full_time", "status": "休学", "graduation": "2027-06"},
            "学籍",
            "只有学籍状态为“注册学籍”",
        ),
    ],
)
def test_who_fails_a_rule_is_told_which_and_why(
    visitor: Browser, changed: dict[str, str], rule: str, reason: str
) -> None:
    page = answer(visitor, **{**TEACHER, **changed})
    text, state = findings(page)[rule]
    assert (state, reason in text) == ("不符合", True), text
    assert "还不能报名" in page


def test_what_was_not_said_is_asked_and_is_no_fault(visitor: Browser) -> None:
    page = answer(visitor, kind="kindergarten")
    told = findings(page)
    assert {told[rule][1] for rule in ("考试形式", "学历", "普通话")} == {"待确认"}
    assert "二级乙等" in told["普通话"][0]
    assert "还有待确认的" in page
    assert "选好所在地" in page
    assert findings(visitor.open(PAGE)) == {}


@pytest.mark.parametrize(("kind", "route"), list(product(KINDS, ["", *EXAM_ROUTES])))
def test_every_kind_and_route_has_an_answer(visitor: Browser, kind: str, route: str) -> None:
    assert len(findings(answer(visitor, kind=kind, exam_route=route))) >= 4


@pytest.mark.parametrize(
    "graduation", ["", "abc", "0000", "9999-99", "２０２６", "2026-", "-06", "99999999", "2026-６"]
)
def test_a_graduation_that_is_none_is_not_said(visitor: Browser, graduation: str) -> None:
    told = findings(answer(visitor, **{**TEACHER, "graduation": graduation, "at_school": "yes"}))
    assert told["学籍"][1] == "待确认"


def test_a_deployed_table_is_the_one_that_is_asked(visitor: Browser) -> None:
    assert findings(answer(visitor, **TEACHER))["普通话"][1] == "符合"
    stricter = (RULES / "putonghua.dmn").read_bytes().replace(b'"2A"', b'"1B"')
    with writes():
        engine.deploy_files({"putonghua.dmn": stricter}, by=None, environment=build_environment())
    text, state = findings(answer(visitor, **TEACHER))["普通话"]
    assert (state, "一级乙等" in text) == ("不符合", True)


def test_a_doctor_needs_no_putonghua_for_higher_education(visitor: Browser) -> None:
    said = {"kind": "higher", "subject": "文学", "exam_route": "other", "level": "11", "doctor": "yes"}
    told = findings(answer(visitor, **said))
    assert told["普通话"][1] == told["免试"][1] == "符合"
    assert "免测普通话" in told["普通话"][0]


def test_own_records_are_judged_for_whoever_is_signed_in(sign_in: SignIn) -> None:
    zheng = sign_in("郑雨桐")
    page = zheng.open(PAGE)
    told = findings(page)
    assert "我还差什么" in page
    assert told["个人身份信息"][1] == "符合"
    assert told["考试合格证明"][1] == "还缺"
    assert 'href="/profile/exams"' in page


def test_what_is_missing_goes_once_it_is_there(sign_in: SignIn) -> None:
    zheng = sign_in("郑雨桐")
    with writes():
        zheng_row = db.session.get_one(Person, zheng.person_id)
        zheng_row.ethnicity = None
    told = findings(zheng.open(PAGE))
    assert told["个人身份信息"] == ("个人身份信息还缺民族去办理：个人身份信息", "还缺")
    assert zheng.send("/profile/particulars", ethnicity="01").status_code == 303
    assert zheng.send("/profile/exams/sync").status_code == 303
    work(zheng.client.application)
    page = zheng.open(PAGE)
    told = findings(page)
    assert told["个人身份信息"][1] == told["考试合格证明"][1] == "符合"
    exam = zheng.own(ExamCertificate)
    assert exam is not None
    assert zheng.own(PutonghuaCertificate) is None
    assert told["普通话"][1] == "待确认"
    assert 'href="/profile/putonghua"' in page


def test_a_signed_in_person_may_still_try_other_cases(sign_in: SignIn) -> None:
    zheng = sign_in("郑雨桐")
    page = answer(zheng, **TEACHER, whose="other")
    assert "我能不能报" in page
    assert "可以报名" in page
    assert "我能不能报" in sign_in("王敏").open(PAGE)
