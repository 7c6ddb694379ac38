"""The rules on the pages: what is refused says why and by which article, where the person is looking."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from werkzeug.test import TestResponse

from domain.cases import process_hooks
from domain.diagrams.lint_environment import build_environment
from domain.rules import authority_levels, policy, requirements
from models import db
from models.authorities.places import Authority, AuthorityKind
from models.authorities.plans import Plan, PlanMaterial
from models.base import business_keys
from models.cases.applications import Certificate
from models.cases.credentials import Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from tests.handlers.apply.conftest import LIBRARY, Applicant, change, errors, of, the_application
from tests.handlers.apply.test_changing import identity, put
from workflows import engine
from workflows.clock import LOCAL, now
from workflows.operations import OperationCall

ARTICLE_11 = "《教师法》第十一条"
ARTICLE_8 = "《〈教师资格条例〉实施办法》第八条第二项"
ARTICLE_9 = "《〈教师资格条例〉实施办法》第九条"


def deploy(key: str, before: str, after: str) -> None:
    """A designer changes a word in a decision table."""
    source = (LIBRARY / "rules" / f"{key}.dmn").read_text(encoding="utf-8")
    assert before in source
    with change():
        engine.deploy_files(
            {f"{key}.dmn": source.replace(before, after).encode()}, by=None, environment=build_environment()
        )


def at(answer: TestResponse, field: str) -> str:
    """What is said at a field."""
    assert answer.status_code == 422
    found = re.search(rf'id="{field}-error">(.*?)</p>', answer.get_data(as_text=True), re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def card(page: str, name: str, value: object) -> str:
    """A radio card as text, with whether it can be chosen."""
    found = re.search(rf'<input [^>]*name="{name}" value="{value}".*?</label>', page, re.DOTALL)
    assert found, (name, value)
    state = "off：" if " disabled" in found[0].partition(">")[0] else "on："
    return state + re.sub(r"<[^>]+>", " ", found[0])


def without(route: str = "other") -> None:
    """The plan does not take an exam route."""
    with change():
        plan = db.session.get_one(Plan, 1)
        plan.exam_routes = [one for one in plan.exam_routes if one != route]


def give(level: str, **values: object) -> int:
    """A diploma of the first person."""
    known = {"source": "manual", "number": f"D20220620{level}", "school": "衢州学院", "major": "学前教育"}
    with change():
        row = Diploma(
            person_id=1,
            level=level,
            created_at=now(),
            **{**known, "study_form": "full_time", "graduated_on": date(2022, 6, 20), **values},
        )
        db.session.add(row)
        db.session.flush()
        return row.id


@pytest.mark.manual("W2.4")
def test_a_diploma_below_the_minimum_is_refused_at_the_field(applicant: Applicant) -> None:
    applicant.until("identity")
    low = give("31")
    said = at(applicant.identify(at_school="no", diploma=low), "diploma")
    assert "初级中学教师资格要求大学本科毕业及以上学历，所选的是大学专科" in said
    assert ARTICLE_11 in said
    kindergarten = of(ExamCertificate, 1, kind="kindergarten")
    answer = applicant.identify(at_school="no", diploma=low, exam_certificate=kindergarten)
    assert answer.status_code == 303


@pytest.mark.manual("W2.4")
def test_what_is_enough_for_nothing_cannot_be_chosen(applicant: Applicant) -> None:
    applicant.until("identity")
    low, enough = give("31"), of(Diploma, 1, level="21")
    assert card(applicant.open("identity"), "diploma", low).startswith("on：")
    without()
    with change():
        db.session.query(ExamCertificate).filter_by(person_id=1, kind="kindergarten").delete()
    page = applicant.open("identity")
    assert "要求大学本科毕业及以上学历" in card(page, "diploma", low)
    assert card(page, "diploma", low).startswith("off：")
    assert card(page, "diploma", enough).startswith("on：")


@pytest.mark.manual("W2.3")
def test_a_putonghua_level_that_no_kind_accepts_cannot_be_chosen(applicant: Applicant) -> None:
    applicant.until("identity")
    page = applicant.open("identity")
    low = card(page, "putonghua", of(PutonghuaCertificate, 1, level="3A"))
    assert low.startswith("off：")
    assert f"要求普通话二级乙等及以上（{ARTICLE_8}）" in low
    assert card(page, "putonghua", of(PutonghuaCertificate, 1, level="2B")).startswith("on：")


@pytest.mark.manual("W2.4")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("status", "休学", "只有学籍状态为“注册学籍”的申请人才符合认定要求"),
        ("study_form", "self_taught", "在校生申请仅限普通全日制"),
        ("expected_graduation", date.max, "您的预计毕业时间在一年以后"),
        ("level", "31", "初级中学教师资格要求大学本科毕业及以上学历"),
    ],
)
def test_who_is_at_school_applies_in_the_last_year(
    applicant: Applicant, field: str, value: object, sentence: str
) -> None:
    applicant.until("identity")
    own = of(Enrolment, 1, status="注册学籍")
    with change():
        setattr(db.session.get_one(Enrolment, own), field, value)
    without()
    said = at(applicant.identify(enrolment=own), "enrolment")
    assert sentence in said
    assert said.endswith("）")
    if field != "level":  # a kindergarten would take it
        assert sentence in card(applicant.open("identity"), "enrolment", own)


@pytest.mark.manual("W2.2")
def test_a_route_that_cannot_lead_to_the_kind_is_refused_with_its_source(applicant: Applicant) -> None:
    applicant.until("identity")
    own = of(ExamCertificate, 1, subject="数学")
    with change():
        db.session.get_one(ExamCertificate, own).kind = "higher"
    page = applicant.open("identity")
    assert card(page, "exam_certificate", own).startswith("off：")
    said = at(applicant.identify(exam_certificate=own), "exam-certificate")
    assert "国家统一的教师资格考试不含高等学校" in said
    assert "《中小学教师资格考试暂行办法》" in said


@pytest.mark.manual("W2.2")
def test_expired_and_used_certificates_name_their_source(applicant: Applicant) -> None:
    applicant.until("identity")
    page = applicant.open("identity")
    for subject, reason in (("语文", "报名当天已过有效期"), ("英语", "已用于其他认定申请")):
        number = of(ExamCertificate, 1, kind="primary", subject=subject)
        shown = card(page, "exam_certificate", number)
        assert shown.startswith("off：")
        assert f"{reason}，不能选择（《中小学教师资格考试暂行办法》）" in shown


def _hold(kind: str, subject: str) -> None:
    with change():
        number = f"2020{len(subject):013}"
        row = Certificate(
            application_id=the_application(1).id,
            person_id=1,
            authority_id=1,
            number=number,
            year=2020,
            serial=1,
            kind=kind,
            subject=subject,
            issued_at=now() - timedelta(days=900),
        )
        db.session.add(row)


@pytest.mark.corrupts
@pytest.mark.manual("W10")
def test_what_is_held_cannot_be_chosen(applicant: Applicant) -> None:
    applicant.until("identity")
    _hold("junior", "数学")
    own = of(ExamCertificate, 1, subject="数学")
    shown = card(applicant.open("identity"), "exam_certificate", own)
    assert shown.startswith("off：")
    assert "不能重复申请（教师资格认定网上申报规则）" in shown
    assert "不能重复申请" in at(applicant.identify(), "exam-certificate")


@pytest.mark.manual("W3")
def test_kinds_without_an_exam_say_why_they_cannot_be_chosen(applicant: Applicant) -> None:
    applicant.until("identity")
    low = give("31")
    chosen = of(PutonghuaCertificate, 1, level="2B")
    answer = applicant.identify(exam_route="other", at_school="no", diploma=low, putonghua=chosen)
    assert answer.status_code == 303
    page = applicant.open("authority")
    assert card(page, "kind", "kindergarten").startswith("on：")
    shown = card(page, "kind", "senior")
    assert shown.startswith("off：")
    assert f"高级中学教师资格要求大学本科毕业及以上学历，所选的是大学专科（{ARTICLE_11}第四项）" in shown
    said = at(applicant.choose(kind="junior", subject="数学"), "kind")
    assert ARTICLE_11 in said


@pytest.mark.corrupts
@pytest.mark.manual("W2.3")
def test_subjects_say_why_they_cannot_be_chosen(applicant: Applicant) -> None:
    applicant.until("identity")
    chosen = of(PutonghuaCertificate, 1, level="2B")
    assert applicant.identify(exam_route="other", putonghua=chosen).status_code == 303
    _hold("junior", "英语")
    applicant.send("authority", do="refresh", kind="junior")
    page = applicant.open("authority")
    assert '<option value="语文" disabled>语文（普通话要求二级甲等）</option>' in page
    assert '<option value="英语" disabled>英语（已经取得）</option>' in page
    assert '<option value="数学">数学</option>' in page
    said = at(applicant.choose(kind="junior", subject="语文"), "subject")
    assert f"要求普通话二级甲等及以上（{ARTICLE_8}" in said
    assert "不能重复申请" in at(applicant.choose(kind="junior", subject="英语"), "subject")


@pytest.mark.manual("W2.2")
def test_another_route_forgets_the_subject_of_the_certificate(applicant: Applicant) -> None:
    applicant.until("details")
    assert applicant.send("details", go="identity").status_code == 303
    assert applicant.identify(exam_route="other", go="check").headers["Location"] == "/apply/authority"
    assert the_application(1).subject is None
    assert "authority" not in the_application(1).steps


@pytest.mark.manual("W2.3")
def test_exemption_without_title_or_degree_is_refused_with_its_article(applicant: Applicant) -> None:
    with change():  # as if the county were entrusted with higher education
        db.session.add(AuthorityKind(authority_id=1, kind="higher"))
        plan = db.session.get_one(Plan, 1)
        plan.kinds = [*plan.kinds, "higher"]
        exempt = PutonghuaCertificate(person_id=1, source="exempt", number="免测", level="", created_at=now())
        db.session.add(exempt)
        db.session.flush()
        number = exempt.id
    assert applicant.start(kind="higher").status_code == 302
    applicant.agree()
    assert card(applicant.open("identity"), "putonghua", number).startswith("on：")
    answer = applicant.identify(exam_route="other", putonghua=number)
    assert answer.status_code == 303, errors(answer)
    said = at(applicant.choose(kind="primary", subject="数学"), "kind")
    assert ARTICLE_9 in said
    assert applicant.choose(kind="higher", subject="理学").status_code == 303
    applicant.draw()
    said = at(applicant.detail(professional_title="intermediate"), "professional-title")
    assert "免测仅适用于具有副高级以上职务或者博士学位" in said
    assert ARTICLE_9 in said
    assert applicant.detail(professional_title="associate_professor").status_code == 303


@pytest.mark.manual("W2.4")
def test_a_secondary_school_not_for_teachers_is_refused_at_its_field(applicant: Applicant) -> None:
    deploy("education", '"330000"', '"990000"')  # 浙江 asks no more than the law
    applicant.until("identity")
    kindergarten, low = of(ExamCertificate, 1, kind="kindergarten"), give("41")
    answer = applicant.identify(at_school="no", diploma=low, exam_certificate=kindergarten)
    assert answer.status_code == 303, errors(answer)
    assert applicant.choose().status_code == 303
    applicant.draw()
    said = at(applicant.detail(major_category="other"), "major-category")
    assert f"幼儿师范学校、中等师范学校毕业及以上学历，所选的是中等专科（{ARTICLE_11}第一项）" in said
    assert applicant.detail(major_category="normal").status_code == 303


@pytest.mark.manual("W2.4")
def test_a_minimum_raised_while_filling_in_counts_when_the_number_is_asked(applicant: Applicant) -> None:
    applicant.until("undertaking")
    deploy("education", '"bachelor"', '"master"')
    answer = applicant.send("undertaking", answer="agree")
    assert answer.status_code == 409
    assert "要求硕士研究生毕业及以上学历，所选的是大学本科" in errors(answer)
    assert the_application(1).registration_number is None
    deploy("education", '"bachelor"', '"bachelor" ')
    assert applicant.send("undertaking", answer="agree").headers["Location"] == "/apply/reminder"


@pytest.mark.manual("Q4")
def test_a_minimum_raised_later_counts_when_something_is_changed(applicant: Applicant) -> None:
    applicant.until("reminder")
    deploy("education", '"bachelor"', '"master"')
    said = at(put(applicant, "identity", **identity()), "enrolment")
    assert "要求硕士研究生毕业及以上学历" in said
    assert the_application(1).registration_number


@pytest.mark.manual("W3")
def test_an_authority_that_lost_the_kind_is_refused_with_the_article(applicant: Applicant) -> None:
    applicant.until("undertaking")
    with change():
        db.session.query(AuthorityKind).filter_by(authority_id=1, kind="junior").delete()
    answer = applicant.send("undertaking", answer="agree")
    assert answer.status_code == 409
    assert "由县级教育行政部门认定（《教师资格条例》第十三条），不由柯城区教育局认定" in errors(answer)


@pytest.mark.manual("W3")
def test_a_window_that_is_shut_names_the_article(applicant: Applicant) -> None:
    applicant.until("authority")
    page = applicant.send("authority", do="refresh", province="330000", city="330800", county="330825")
    assert page.status_code == 303
    shown = card(applicant.open("authority"), "authority", 3)
    assert shown.startswith("off：")
    assert "申请应当在公布的受理期限内提出（《教师资格条例》第十四条）" in shown


@pytest.mark.corrupts
@pytest.mark.manual("W10")
def test_refusals_of_a_second_application_name_their_rule(applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.client.post("/apply/start", data={"place": 1, "kind": "junior"})
    assert "不能再次报名（教师资格认定网上申报规则）" in applicant.open("")
    with change():
        application = the_application(1)
        application.live_person_id, application.standing = None, "granted"
        application.decided_at = now()
    applicant.client.post("/apply/start", data={"place": 1, "kind": "junior"})
    assert "请明年再申请（各地教师资格认定公告的统一规定）" in applicant.open("")


@pytest.mark.manual("W2.4")
def test_a_diploma_in_use_cannot_be_made_worse(applicant: Applicant) -> None:
    applicant.until("identity")
    own = give("21")
    assert applicant.identify(at_school="no", diploma=own).status_code == 303
    for act in (applicant.choose, applicant.draw, applicant.detail):
        act()
    for step in ("check", "notes"):
        applicant.send(step)
    applicant.send("undertaking", answer="agree")
    typed = {
        "number": "D2022062021",
        "school": "衢州学院",
        "major": "学前教育",
        "level": "31",
        "study_form": "full_time",
        "graduated_on-year": "2022",
        "graduated_on-month": "6",
        "graduated_on-day": "20",
    }
    answer = applicant.client.post(f"/profile/schooling/diploma/{own}", data=typed)
    assert "选用了这条记录：初级中学教师资格要求大学本科" in at(answer, "level")
    deploy("education", '"bachelor"', '"master"')  # what is refused by a newer rule may still be corrected
    answer = applicant.client.post(
        f"/profile/schooling/diploma/{own}", data={**typed, "level": "21", "major": "数学"}
    )
    assert answer.status_code == 303


@pytest.mark.found("T2")
@pytest.mark.parametrize(
    ("found", "fitting"),
    [
        ("county city province", "county city"),  # a county that was entrusted, and the city itself
        ("city province", "city"),
        ("province", "province"),  # nobody else decides here
        ("county province", "county"),
    ],
)
def test_the_level_that_decides_is_the_tables(applicant: Applicant, found: str, fitting: str) -> None:
    assert policy.deciding_level("senior", "330000").level == "city"
    asked = [Authority(level=level) for level in found.split()]
    assert [
        one.level for one in authority_levels.select_fitting_authorities("senior", "330000", asked)
    ] == fitting.split()


@pytest.mark.found("T2")
@pytest.mark.parametrize(("months", "may"), [(0, True), (11, True), (12, True), (13, False)])
def test_the_last_year_ends_with_its_month(applicant: Applicant, months: int, may: bool) -> None:
    today = now().astimezone(LOCAL).date()
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    own = db.session.get_one(Enrolment, of(Enrolment, 1, status="注册学籍"))
    own.expected_graduation = date(year, month + 1, 28)
    assert (requirements.why_enrolment_fails(own, "330000") == "") is may
    db.session.rollback()


@pytest.mark.found("T2")
def test_a_plan_takes_applications_up_to_its_last_moment(applicant: Applicant) -> None:
    begins, ends = now(), now() + timedelta(days=9)
    plan = Plan(open=True, apply_from=begins, apply_until=ends)
    second = timedelta(seconds=1)
    moments = (begins - second, begins, ends, ends + second)
    assert [plan.stage(moment) for moment in moments] == ["ahead", "open", "open", "over"]


@pytest.mark.found("T2")
@pytest.mark.parametrize(
    ("applies_to", "concerned"),
    [
        ("", {"at_school", "graduated", "national_exam"}),
        ("at_school", {"at_school"}),
        ("graduated", {"graduated", "national_exam"}),
        ("national_exam", {"national_exam"}),
    ],
)
def test_a_material_is_asked_of_whom_it_concerns(applies_to: str, concerned: set[str]) -> None:
    people = {
        "at_school": {"at_school": True, "exam_route": "other"},
        "graduated": {"at_school": False, "exam_route": "other"},
        "national_exam": {"at_school": False, "exam_route": "national_exam"},
    }
    material = PlanMaterial(applies_to=applies_to)
    assert {name for name, person in people.items() if material.concerns(**person)} == concerned


def test_tables_are_asked_with_the_facts_that_the_linter_knows(applicant: Applicant) -> None:
    applicant.until("reminder")
    own = the_application(applicant.id)
    key = business_keys.write_key(business_keys.CASE, own.id)
    call = OperationCall(instance_id=own.instance_id or 0, business_key=key, actor=None, now=now(), data={})
    found = process_hooks.read_decision_inputs(call)
    assert found is not None
    assert found.keys() == process_hooks.DECISION_INPUTS.keys()
    for name, values in process_hooks.DECISION_INPUTS.items():
        assert values is None or found[name] in values, name
