"""Step 2 loses nothing on the way to the personal centre, and speaks of what is chosen."""

from __future__ import annotations

import re
from datetime import date

import pytest
from flask import Flask

from handlers.apply.summary import application_facts
from models import db
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    SkillCertificate,
)
from models.cases.register_syncs import RegisterSync
from models.persons.files import StoredFile
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.apply.conftest import Applicant, change, errors, of, the_application
from workflows.background.worker import Worker
from workflows.clock import now

CHOSEN = {"exam_route": "national_exam", "at_school": "no"}


def choices(**other: object) -> dict[str, object]:
    """What somebody has chosen so far."""
    math = of(ExamCertificate, 1, subject="数学")
    return {**CHOSEN, "exam_certificate": math, "diploma": of(Diploma, 1), **other}


def checked(page: str) -> set[tuple[str, str]]:
    """The radio buttons of a page that are on."""
    buttons = re.findall(r'<input type="radio"[^>]*>', page)
    found = [re.search(r'name="(\w+)" value="(\w+)" checked', one) for one in buttons]
    return {(one[1], one[2]) for one in found if one}


@pytest.mark.manual("W2.3")
@pytest.mark.found("A6")
@pytest.mark.parametrize(
    ("place", "page", "anchor"),
    [
        ("putonghua", "/profile/putonghua", "putonghua-title"),
        ("schooling", "/profile/schooling", "school-title"),
        ("degrees", "/profile/degrees", "school-title"),
        ("enrolment", "/profile/enrolment", "school-title"),
        ("exams", "/profile/exams", "route-title"),
        ("particulars", "/profile/particulars", "who-title"),
    ],
)
def test_the_way_to_the_centre_keeps_every_choice_and_comes_back_to_the_place(
    applicant: Applicant, place: str, page: str, anchor: str
) -> None:
    applicant.until("identity")
    assert f'name="do" value="visit:{place}"' in applicant.open("identity")
    answer = applicant.send("identity", do=f"visit:{place}", **choices())
    back = f"/apply/identity%23{anchor}"
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}?next={back}")
    shown = applicant.client.get(answer.headers["Location"]).get_data(as_text=True)
    assert f'href="/apply/identity#{anchor}"' in shown
    again = applicant.open("identity")
    assert f'id="{anchor}"' in again
    kept = choices()
    assert checked(again) >= {(name, str(value)) for name, value in kept.items()}


@pytest.mark.manual("W2.3")
@pytest.mark.found("A6")
def test_a_certificate_that_was_added_stands_beside_what_was_chosen(
    applicant: Applicant, registers: RunningSimulator
) -> None:
    applicant.until("identity")
    applicant.send("identity", do="visit:putonghua", **choices())
    typed = {"number": "1234567890123", "score": "93", "issuer": "浙江省语委"}
    tested = {"tested_on-year": 2005, "tested_on-month": 5, "tested_on-day": 4}
    back = {"next": "/apply/identity#putonghua-title"}
    answer = applicant.client.post("/profile/putonghua/enter", data={**typed, **tested, **back})
    assert answer.headers["Location"] == "/apply/identity#putonghua-title"
    page = applicant.open("identity")
    assert "编号 1234567890123" in page
    assert ("diploma", str(of(Diploma, 1))) in checked(page)
    added = of(PutonghuaCertificate, 1, number="1234567890123")
    assert applicant.send("identity", **choices(putonghua=added)).headers["Location"] == "/apply/authority"
    assert the_application(1).putonghua_id == added


@pytest.mark.manual("W2.3", "Q4")
def test_the_same_while_a_registered_application_is_changed(applicant: Applicant) -> None:
    applicant.until("reminder")
    address = f"/apply/applications/{the_application(1).id}/change/identity"
    answer = applicant.client.post(address, data={"do": "visit:putonghua", **choices(at_school="yes")})
    assert answer.headers["Location"] == f"/profile/putonghua?next={address}%23putonghua-title"
    page = applicant.client.get(address).get_data(as_text=True)
    assert ("exam_certificate", str(of(ExamCertificate, 1, subject="数学"))) in checked(page)


def forget_exams() -> None:
    """Nothing has come from the registers yet."""
    with change():
        db.session.query(ExamCertificate).filter_by(person_id=1).delete()


@pytest.mark.manual("W2.2", "C2")
@pytest.mark.found("A6")
def test_nothing_is_said_to_be_missing_before_the_registers_were_asked(
    app: Flask, applicant: Applicant, registers: RunningSimulator
) -> None:
    forget_exams()
    applicant.until("identity")
    page = applicant.open("identity")
    assert "登记库中没有您的" not in page
    assert page.count("核验中") == 2
    assert 'hx-get="/apply/identity"' in page
    assert page.count("同步完成后在这里选择") == 2
    db.session.rollback()
    Worker(app=app).run_once()
    page = applicant.open("identity")
    assert "hx-get" not in page
    assert "登记库中没有您的考试合格证明" in page
    assert {one.state for one in db.session.query(RegisterSync)} == {"answered"}


@pytest.mark.manual("W2.2", "C2")
@pytest.mark.found("A6")
def test_a_register_that_is_down_is_told_in_step_two(
    app: Flask, applicant: Applicant, registers: RunningSimulator
) -> None:
    forget_exams()
    registers.behave("exam", "down")
    applicant.until("identity")
    db.session.rollback()
    Worker(app=app).run_once()
    page = applicant.open("identity")
    assert "登记库暂时无法连接" in page
    assert "登记库中没有您的考试合格证明" not in page
    # Looking again is a button, as a link would lose what was chosen.
    looked = applicant.send("identity", do="show_exams", exam_route="other", at_school="no")
    assert looked.headers["Location"] == "/apply/identity#route-title"
    assert checked(applicant.open("identity")) >= {("exam_route", "other"), ("at_school", "no")}
    assert 'value="show_exams"' in page


@pytest.mark.manual("W2.2", "C2")
@pytest.mark.found("A6")
def test_asking_from_step_two_keeps_every_choice(applicant: Applicant) -> None:
    applicant.until("identity")
    with change():
        db.session.query(Job).filter(Job.operation == "records.sync").delete()
        db.session.query(RegisterSync).delete()
    answer = applicant.send("identity", do="sync_exams", **choices())
    assert answer.headers["Location"] == "/apply/identity#route-title"
    assert db.session.query(Job).filter(Job.operation == "records.sync").count() == 2
    page = applicant.open("identity")
    assert "核验中" in page
    assert "hx-get" not in page  # there is something to choose, which must not be replaced
    assert ("diploma", str(of(Diploma, 1))) in checked(page)


@pytest.mark.manual("W2.2")
def test_beginning_asks_once(applicant: Applicant) -> None:
    applicant.until("identity")
    assert db.session.query(Job).filter(Job.operation == "records.sync").count() == 3


def told_levels(page: str) -> list[str]:
    """The hints on the level of Putonghua that are shown without a script."""
    part = page[page.index('id="level-hints"') :]
    found = re.findall(r"<p class=\"hint\"([^>]*)>(.*?)</p>", part[: part.index("</div>")])
    return [sentence for attributes, sentence in found if "hidden" not in attributes]


@pytest.mark.manual("W2.3")
@pytest.mark.found("A13")
def test_the_hint_is_about_the_chosen_kind_and_subject(applicant: Applicant) -> None:
    applicant.until("identity")
    applicant.send("identity", do="keep", **choices())
    assert told_levels(applicant.open("identity")) == ["初级中学教师资格数学要求二级乙等及以上。"]
    chinese = of(ExamCertificate, 1, subject="语文", route="normal_student")
    typed = {"exam_route": "normal_student", "normal_certificate": chinese, "at_school": "no"}
    applicant.send("identity", do="keep", **typed)
    page = applicant.open("identity")
    assert told_levels(page) == ["初级中学教师资格语文要求二级甲等及以上。"]
    assert page.count("data-hide=") >= 3  # a script shows the one about what is chosen then


def a_postgraduate() -> int:
    """Somebody in the last term of a master's course."""
    with change():
        row = Enrolment(person_id=1, source="manual", school="浙江师范大学", major="学科教学", level="14")
        row.study_form, row.status, row.created_at = "full_time", "注册学籍", now()
        row.expected_graduation = date(2027, 6, 20)
        degree = Degree(person_id=1, source="manual", number="D-1", name="理学学士", school="衢州学院")
        degree.created_at = now()
        db.session.add_all([row, degree])
    return of(Enrolment, 1, level="14")


@pytest.mark.manual("C4", "W2.4")
def test_postgraduates_add_their_previous_diploma_and_degree(applicant: Applicant) -> None:
    enrolment = a_postgraduate()
    applicant.until("identity")
    page = applicant.open("identity")
    assert 'name="previous_diploma"' in page
    answer = applicant.identify(enrolment=enrolment)
    assert answer.status_code == 422
    assert "请选择上一学历证书" in errors(answer)
    assert 'href="#previous-diploma"' in answer.get_data(as_text=True)
    earlier = {"previous_diploma": of(Diploma, 1), "previous_degree": of(Degree, 1)}
    assert applicant.identify(enrolment=enrolment, **earlier).status_code == 303
    own = the_application(1)
    assert (own.diploma_id, own.degree_id) == tuple(earlier.values())
    applicant.send("authority", go="identity")
    assert checked(applicant.open("identity")) >= {(name, str(one)) for name, one in earlier.items()}


@pytest.mark.manual("C4", "W2.4")
def test_other_students_need_no_diploma(applicant: Applicant) -> None:
    applicant.until("authority")
    assert the_application(1).diploma_id is None


def a_skill(level: str = "4") -> int:
    """A certificate of vocational skill with its page."""
    with change():
        file = StoredFile(key="details/1", kind="details", media_type="image/jpeg", size=1, sha256="0" * 64)
        file.person_id, file.created_at = 1, now()
        db.session.add(file)
        db.session.flush()
        row = SkillCertificate(person_id=1, number="S1", occupation="电工", level=level, issuer="评价中心")
        row.source, row.file_id, row.created_at = "manual", file.id, now()
        db.session.add(row)
    return of(SkillCertificate, 1)


def practises() -> int:
    """An exam certificate for those who teach practice."""
    with change():
        row = ExamCertificate(person_id=1, route="national_exam", number="1-p", kind="vocational_practice")
        row.subject, row.valid_until, row.synced_at = "电子与信息", date(2099, 1, 1), now()
        db.session.add(row)
    return of(ExamCertificate, 1, kind="vocational_practice")


@pytest.mark.corrupts
@pytest.mark.manual("C7", "W2.2", "W5")
def test_the_skill_is_chosen_where_the_kind_needs_it_and_shown_afterwards(applicant: Applicant) -> None:
    skill, exam = a_skill(), practises()
    applicant.start(site="衢州市行政服务中心", kind="vocational_practice")
    applicant.agree()
    page = applicant.open("identity")
    assert "电工　四级（中级工）" in page
    answer = applicant.identify(exam_certificate=exam, skill_certificate=skill)
    assert answer.status_code == 303, errors(answer)
    own = the_application(1)
    assert own.skill_certificate_id == skill
    (identity, *_) = application_facts.build_sections(own)
    told = [row for row in identity.rows if row.key == "职业技能等级证书"]
    assert [row.lines for row in told] == [("电工", "四级（中级工），编号 S1", "评价中心")]


@pytest.mark.corrupts
@pytest.mark.manual("C7")
def test_other_kinds_keep_no_skill(applicant: Applicant) -> None:
    skill = a_skill()
    applicant.until("identity")
    assert "选择职业技能等级证书" not in applicant.open("identity")
    applicant.identify(skill_certificate=skill)
    assert the_application(1).skill_certificate_id is None
