"""修改: in 网报待确认 everything that was entered may be changed, in one act, and every change is kept."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from models import db
from models.cases.application_changes import ApplicationChange
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate, PutonghuaCertificate
from models.persons.files import StoredFile
from models.processes.instances import Job
from tests.handlers.apply.conftest import DETAILS, Applicant, change, errors, of, picture, the_application
from tests.handlers.pagecheck import faults
from workflows.clock import now

PLACE = {
    "basis": "school",
    "province": "330000",
    "city": "330800",
    "county": "330802",
    "street": "九华北大道78号8幢412室",
    "site": "1",
}


@pytest.fixture
def registered(applicant: Applicant) -> Applicant:
    """Somebody who has read the reminder and waits to be confirmed."""
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    return applicant


def put(who: Applicant, part: str, **answers: Any) -> TestResponse:
    """Send one part of the change, at the revision that is shown."""
    seen = {"revision": str(the_application(1).revision)} if "revision" not in answers else {}
    return who.client.post(
        f"/apply/applications/1/change/{part}",
        data={"go": "next", **seen, **answers},
        content_type="multipart/form-data",
    )


def identity(**other: Any) -> dict[str, Any]:
    """Step 2 as it was saved, with something else."""
    application = the_application(1)
    return {
        "exam_route": application.exam_route,
        "exam_certificate": application.exam_certificate_id,
        "putonghua": application.putonghua_id,
        "at_school": "yes",
        "enrolment": application.enrolment_id,
        **other,
    }


def another_certificate(kind: str = "junior", subject: str = "物理", **more: Any) -> int:
    """One more exam certificate of the first person."""
    with change():
        present = db.session.get_one(ExamCertificate, the_application(1).exam_certificate_id)
        row = ExamCertificate(
            person_id=1,
            route="national_exam",
            number=f"2026{kind}{subject}",
            kind=kind,
            subject=subject,
            valid_until=present.valid_until,
            synced_at=now(),
            **more,
        )
        db.session.add(row)
        db.session.flush()
        return row.id


def changes() -> dict[str, tuple[str, str]]:
    """What is kept of all changes, read anew."""
    db.session.rollback()
    rows = db.session.query(ApplicationChange).order_by(ApplicationChange.id)
    return {row.field: (row.before, row.after) for row in rows}


def marks() -> list[tuple[str, int]]:
    """What the register of exams is told, in order."""
    db.session.rollback()
    rows = db.session.query(Job).filter_by(operation="exams.mark").order_by(Job.id)
    return [(row.parameters["act"], row.parameters["certificate"]) for row in rows]


@pytest.mark.manual("Q4")
def test_details_are_changed_counted_and_kept(registered: Applicant) -> None:
    before = the_application(1).revision
    assert "/apply/applications/1/change" in registered.open("applications")
    page = registered.open("applications/1/change/details")
    assert faults(page) == []
    assert "13805700126" in page
    answer = put(registered, "details", **{**DETAILS, "phone": "13800000009", "delivery": "pickup"})
    assert answer.status_code == 303, errors(answer)
    application = the_application(1)
    assert (application.phone, application.revision) == ("13800000009", before + 1)
    assert changes() == {"联系电话": ("13805700126", "13800000009")}
    assert "13800000009" in registered.open("applications/1/details")
    assert application.state == "pending_confirmation"


@pytest.mark.manual("Q4")
def test_nothing_changed_is_no_revision(registered: Applicant) -> None:
    before = the_application(1).revision
    assert put(registered, "details", **DETAILS).status_code == 303
    assert put(registered, "identity", **identity()).status_code == 303
    assert (the_application(1).revision, changes()) == (before, {})


@pytest.mark.manual("Q4")
def test_wrong_answers_are_told_and_kept_and_nothing_is_saved(registered: Applicant) -> None:
    answer = put(registered, "details", **{**DETAILS, "postcode": "12", "employer": "衢州某小学"})
    assert answer.status_code == 422
    assert "邮政编码为 6 位数字" in errors(answer)
    assert "衢州某小学" in answer.get_data(as_text=True)
    assert faults(answer.get_data(as_text=True)) == []
    assert "衢州某小学" in registered.open("applications/1/change/details")
    application = the_application(1)
    assert (application.postcode, application.employer) == ("324000", "无")
    assert set(application.steps) >= {"identity", "authority", "details", "check"}


@pytest.mark.found("A13")
def test_what_is_missing_is_told_with_what_breaks_a_rule_and_nothing_is_kept(registered: Applicant) -> None:
    before = the_application(1).revision
    number = of(PutonghuaCertificate, 1, level="3A")
    answer = put(registered, "identity", **identity(at_school="", putonghua=number))
    assert answer.status_code == 422
    assert "请选择是否在校生" in errors(answer)
    assert "请选择或添加符合要求的证书" in errors(answer)
    application = the_application(1)
    assert (application.revision, application.at_school) == (before, True)


@pytest.mark.found("A13")
def test_each_row_leads_to_its_own_question(registered: Applicant) -> None:
    page = registered.open("applications/1/change")
    links = re.findall(r'href="/apply/applications/1/change/(\w+)#([\w-]+)"', page)
    assert ("identity", "putonghua") in links
    assert len(links) > 10
    for part, field in links:
        assert f'id="{field}"' in registered.open(f"applications/1/change/{part}"), field


@pytest.mark.found("A13")
def test_a_wrong_month_is_told_at_its_row(registered: Applicant) -> None:
    answer = put(registered, "details", **{**DETAILS, "resume.1.from": "2016-9x", "employer": ""})
    assert "年月写成 2019-09" in errors(answer)
    assert 'href="#resume-1-from"' in answer.text
    assert faults(answer.text) == []


@pytest.mark.found("A13")
def test_a_refused_picture_does_not_hide_the_other_answers_of_a_change(registered: Applicant) -> None:
    wrong = {**DETAILS, "postcode": "1", "resume.1.from": "前年"}
    told = errors(put(registered, "details", photo=(io.BytesIO(b"no picture"), "我.jpg"), **wrong))
    assert "照片须为 JPG 格式" in told
    assert "邮政编码为 6 位数字" in told
    assert "年月写成 2019-09" in told


@pytest.mark.found("A13")
def test_another_city_with_the_county_of_the_old_one_is_no_change(registered: Applicant) -> None:
    """Without script the list of counties is the old city's until it is asked again."""
    refused = put(registered, "authority", **{**PLACE, "city": "330700"})
    assert refused.status_code == 422
    assert "请重新选择地区" in errors(refused)


@pytest.mark.manual("Q4")
def test_saving_one_part_loses_nothing_typed_into_another(registered: Applicant) -> None:
    put(registered, "details", do="keep", **{**DETAILS, "employer": "还没想好"})
    assert "填过还没有提交：填写认定信息" in registered.open("applications/1/change")
    assert put(registered, "authority", **{**PLACE, "street": "荷花中路1号"}).status_code == 303
    application = the_application(1)
    assert (application.street, application.employer) == ("荷花中路1号", "无")
    assert "还没想好" in registered.open("applications/1/change/details")


@pytest.mark.manual("Q4")
def test_photo_and_signature_wait_for_the_rest(registered: Applicant) -> None:
    before = the_application(1).photo_id
    files = {
        "photo": (picture(294, 413), "新.jpg"),
        "signature_photo": (picture(620, 300, "PNG"), "签.png"),
    }
    assert put(registered, "details", do="upload", **files).status_code == 303
    assert the_application(1).photo_id == before
    newest = db.session.query(StoredFile).filter_by(kind="photo").order_by(StoredFile.id.desc()).first()
    assert newest is not None
    assert f"/apply/files/{newest.id}" in registered.open("applications/1/change/details")
    assert put(registered, "details", **DETAILS).status_code == 303
    assert the_application(1).photo_id == newest.id
    assert set(changes()) == {"证件照片", "个人承诺书签名"}


@pytest.mark.manual("Q4")
def test_another_certificate_clears_first_and_is_saved_in_one_act(registered: Applicant) -> None:
    first, other = the_application(1).exam_certificate_id, another_certificate()
    revision = the_application(1).revision
    answer = put(registered, "identity", **identity(exam_certificate=other))
    assert answer.headers["Location"].endswith("/change/clearing")
    page = registered.open("applications/1/change/clearing")
    assert faults(page) == []
    for words in ("资格种类", "任教学科", "数学", "物理", "普通话证书", "确认点"):
        assert words in page
    assert (the_application(1).subject, the_application(1).revision) == ("数学", revision)
    assert registered.client.head("/apply/applications/1/change/clearing").status_code == 200
    assert "数学" in registered.open("applications/1/change/clearing")  # a look at its head clears nothing
    cleared = registered.client.post("/apply/applications/1/change/clearing")
    assert cleared.headers["Location"].endswith("/change/identity")
    refilled = registered.open("applications/1/change/identity")
    assert not re.search(r'name="putonghua"[^>]* checked', refilled)
    # Putonghua is asked again before anything goes on.
    assert put(registered, "identity", **identity(exam_certificate=other, putonghua="")).status_code == 422
    answer = put(registered, "identity", **identity(exam_certificate=other))
    assert answer.headers["Location"].endswith("/change/authority"), errors(answer)
    application = the_application(1)
    assert (application.subject, application.live_exam_certificate_id) == ("数学", first)
    assert changes() == {}
    page = registered.open("applications/1/change/authority")
    assert "物理" in page
    assert not re.search(r'name="site"[^>]* checked', page)
    assert "有没提交的修改" in registered.open("applications/1/change")
    assert put(registered, "authority", **{**PLACE, "site": ""}).status_code == 422
    assert put(registered, "authority", **PLACE).status_code == 303
    application = the_application(1)
    assert (application.subject, application.exam_certificate_id) == ("物理", other)
    assert (application.live_exam_certificate_id, application.revision) == (other, revision + 1)
    assert set(application.steps) >= {"identity", "authority", "details", "check"}
    assert changes()["任教学科"] == ("数学", "物理")
    assert marks() == [("use", first), ("release", first), ("use", other)]


@pytest.mark.manual("Q4")
def test_without_an_exam_certificate_kind_and_subject_are_chosen_again(registered: Applicant) -> None:
    first = the_application(1).exam_certificate_id
    assert put(registered, "identity", **identity(exam_route="other")).status_code == 303
    registered.client.post("/apply/applications/1/change/clearing")
    answer = put(registered, "identity", **identity(exam_route="other"))
    assert answer.headers["Location"].endswith("/change/authority"), errors(answer)
    assert put(registered, "authority", **PLACE).status_code == 422
    answer = put(registered, "authority", **PLACE, kind="junior", subject="英语")
    assert answer.status_code == 303, errors(answer)
    application = the_application(1)
    assert (application.exam_route, application.subject) == ("other", "英语")
    assert application.exam_certificate_id is application.live_exam_certificate_id is None
    assert marks() == [("use", first), ("release", first)]


@pytest.mark.manual("Q4")
def test_what_waits_can_be_given_up(registered: Applicant) -> None:
    other = another_certificate()
    put(registered, "identity", **identity(exam_certificate=other))
    registered.client.post("/apply/applications/1/change/clearing")
    assert registered.client.post("/apply/applications/1/change/discard").status_code == 303
    assert "有没提交的修改" not in registered.open("applications/1/change")
    assert put(registered, "authority", **{**PLACE, "street": "荷花中路1号"}).status_code == 303
    assert set(changes()) == {"申请地"}


@pytest.mark.manual("Q4")
def test_choosing_the_old_certificate_again_clears_nothing(registered: Applicant) -> None:
    other = another_certificate()
    put(registered, "identity", **identity(exam_certificate=other))
    registered.client.post("/apply/applications/1/change/clearing")
    answer = put(registered, "identity", **identity())
    assert answer.headers["Location"].endswith("/applications/1"), errors(answer)
    assert changes() == {}
    assert the_application(1).subject == "数学"


@pytest.mark.corrupts("reservation_stray")
@pytest.mark.manual("Q4")
def test_a_certificate_that_another_application_took_is_refused(registered: Applicant) -> None:
    taken = another_certificate()
    with change():
        present = the_application(1)
        db.session.add(
            Application(
                person_id=2,
                live_exam_certificate_id=taken,
                plan_id=present.plan_id,
                authority_id=present.authority_id,
                created_at=now(),
            )
        )
    put(registered, "identity", **identity(exam_certificate=taken))
    registered.client.post("/apply/applications/1/change/clearing")
    answer = put(registered, "identity", **identity(exam_certificate=taken))
    assert answer.status_code == 422
    assert "已用于其他认定申请" in errors(answer)


@pytest.mark.manual("Q4")
def test_a_kind_that_the_plan_does_not_take_is_refused_with_what_to_do(registered: Applicant) -> None:
    other = another_certificate("senior", "数学")
    put(registered, "identity", **identity(exam_certificate=other))
    registered.client.post("/apply/applications/1/change/clearing")
    answer = put(registered, "identity", **identity(exam_certificate=other))
    assert answer.status_code == 422
    assert "请先撤回，再重新报名" in errors(answer)
    assert the_application(1).kind == "junior"


@pytest.mark.manual("Q4")
def test_a_place_of_another_authority_is_refused(registered: Applicant) -> None:
    answer = put(registered, "authority", **{**PLACE, "county": "330825"})
    assert answer.status_code == 422
    assert "不由" in errors(answer)
    assert the_application(1).region_code == "330802"


@pytest.mark.manual("Q4")
def test_a_weaker_putonghua_certificate_is_refused(registered: Applicant) -> None:
    with change():
        low = PutonghuaCertificate(
            person_id=1, source="manual", number="low", level="3B", score=65, created_at=now()
        )
        db.session.add(low)
        db.session.flush()
        number = low.id
    answer = put(registered, "identity", **identity(putonghua=number))
    assert answer.status_code == 422
    assert "普通话" in errors(answer)
    assert the_application(1).putonghua_id != number


@pytest.mark.corrupts
@pytest.mark.manual("Q4")
@pytest.mark.parametrize("state", ["pending_decision", "not_accepted", "granted", "refused", "withdrawn"])
def test_in_any_other_state_the_page_says_why(registered: Applicant, state: str) -> None:
    with change():
        the_application(1).state = state
    assert "/applications/1/change" not in registered.open("applications")
    answer = registered.client.get("/apply/applications/1/change")
    assert answer.status_code == 409
    assert "只有“网报待确认”时可以修改" in answer.get_data(as_text=True)
    assert put(registered, "details", **{**DETAILS, "employer": "学校"}).status_code == 409
    assert the_application(1).employer == "无"


def test_somebody_elses_application_is_not_found(registered: Applicant, stranger: Applicant) -> None:
    for address in ("change", "change/details", "change/clearing"):
        assert stranger.client.get(f"/apply/applications/1/{address}").status_code == 404
    for address in ("change/details", "change/clearing", "change/discard"):
        assert stranger.client.post(f"/apply/applications/1/{address}").status_code == 404


def test_an_old_page_is_told_what_changed_meanwhile(registered: Applicant) -> None:
    old = str(the_application(1).revision)
    put(registered, "details", **{**DETAILS, "phone": "13800000009"})
    answer = put(registered, "details", revision=old, **{**DETAILS, "employer": "某学校"})
    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "13800000009" in page
    assert "某学校" in page
    assert the_application(1).employer == "无"
