"""What each step asks and refuses."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest

from domain.wording import agreements
from models import db
from models.authorities.plans import Plan, PlanSite
from models.cases.credentials import Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.handlers.apply.conftest import DETAILS, Applicant, change, errors, of, picture, the_application
from workflows.clock import now


@pytest.mark.manual("W1")
def test_both_boxes_are_required(applicant: Applicant) -> None:
    applicant.until("agreement")
    version = agreements.AGREEMENT_VERSION
    one = applicant.send("agreement", version=version, agree="true")
    assert one.status_code == 422
    assert "请勾选授权查询性侵违法犯罪信息" in errors(one)
    other = applicant.send("agreement", version=version, consent="true")
    assert other.status_code == 422
    assert "请勾选同意申报协议" in errors(other)


@pytest.mark.manual("W1")
def test_version_time_and_address_of_the_agreement_are_kept(applicant: Applicant) -> None:
    applicant.until("identity")
    draft = the_application(1)
    assert draft.agreement_version == agreements.AGREEMENT_VERSION
    assert len(agreements.AGREEMENT_VERSION) == 64
    assert draft.agreed_at is not None
    assert draft.agreed_from == "127.0.0.1"


@pytest.mark.manual("W1")
def test_another_text_than_the_one_shown_is_refused(applicant: Applicant) -> None:
    applicant.until("agreement")
    answer = applicant.send("agreement", version="0" * 64, agree="true", consent="true")
    assert answer.status_code == 422
    assert "协议内容已经更新" in errors(answer)


@pytest.mark.manual("W2.1")
def test_particulars_are_read_only(applicant: Applicant) -> None:
    applicant.until("identity")
    page = applicant.open("identity")
    assert "330802200403120024" in page
    assert 'name="name"' not in page
    assert "实名核验通过" in page


@pytest.mark.manual("W2.1")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("verification", "none", "请先到个人信息中心完成实名核验"),
        ("ethnicity", None, "请先到个人信息中心补充民族"),
    ],
)
def test_incomplete_particulars_stop_the_step(
    applicant: Applicant, field: str, value: str | None, sentence: str
) -> None:
    applicant.until("identity")
    with change():
        setattr(db.session.get_one(Person, 1), field, value)
    assert "请先完善个人身份信息" in applicant.open("identity")
    answer = applicant.identify()
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "并" not in errors(answer)  # what is there already is not asked for


@pytest.mark.manual("W2.2")
def test_kind_and_subject_are_the_certificate_s(applicant: Applicant) -> None:
    applicant.until("authority")
    draft = the_application(1)
    assert (draft.kind, draft.subject) == ("junior", "数学")
    page = applicant.open("authority")
    assert "不能更改" in page
    assert 'name="kind"' not in page


@pytest.mark.manual("W2.2")
@pytest.mark.parametrize(
    ("subject", "reason"), [("语文", "报名当天已过有效期"), ("英语", "已用于其他认定申请")]
)
def test_unusable_certificates_are_shown_and_refused(applicant: Applicant, subject: str, reason: str) -> None:
    applicant.until("identity")
    assert reason in applicant.open("identity")
    chosen = of(ExamCertificate, 1, kind="primary", subject=subject)
    answer = applicant.identify(exam_certificate=chosen)
    assert answer.status_code == 422
    assert reason in errors(answer)


@pytest.mark.manual("W2.2")
def test_somebody_else_s_certificate_is_refused(applicant: Applicant) -> None:
    applicant.until("identity")
    theirs = of(ExamCertificate, 2, subject="数学")
    assert "请选择一张考试合格证明" in errors(applicant.identify(exam_certificate=theirs))


@pytest.mark.manual("W2.2")
def test_routes_are_those_of_the_plan(applicant: Applicant) -> None:
    applicant.until("identity")
    with change():
        db.session.get_one(Plan, 1).exam_routes = ["national_exam"]
    page = applicant.open("identity")
    assert page.count("所选的认定计划不接受这种考试形式") == 2
    assert 'value="normal_student" disabled' in page
    normal = of(ExamCertificate, 1, route="normal_student")
    answer = applicant.identify(exam_route="normal_student", normal_certificate=normal)
    assert "不接受这种考试形式" in errors(answer)


@pytest.mark.manual("W2.2")
def test_normal_students_certificate(applicant: Applicant) -> None:
    applicant.until("identity")
    normal = of(ExamCertificate, 1, route="normal_student")
    answer = applicant.identify(exam_route="normal_student", normal_certificate=normal)
    assert answer.headers["Location"] == "/apply/authority"
    assert the_application(1).subject == "语文"


@pytest.mark.manual("W2.3")
def test_putonghua_below_the_minimum_is_refused_with_its_article(applicant: Applicant) -> None:
    applicant.until("identity")
    answer = applicant.identify(putonghua=of(PutonghuaCertificate, 1, level="3A"))
    assert "二级乙等" in errors(answer)
    assert "第八条" in errors(answer)
    assert applicant.identify(putonghua=of(PutonghuaCertificate, 1, level="2B")).status_code == 303


@pytest.mark.manual("W2.3")
def test_chinese_needs_more_putonghua(applicant: Applicant) -> None:
    applicant.until("identity")
    normal = of(ExamCertificate, 1, route="normal_student")
    enough = of(PutonghuaCertificate, 1, level="2B")
    answer = applicant.identify(exam_route="normal_student", normal_certificate=normal, putonghua=enough)
    assert "二级甲等" in errors(answer)


@pytest.mark.manual("W2.3")
def test_kindergarten_needs_2b(applicant: Applicant) -> None:
    applicant.until("identity")
    chosen = of(ExamCertificate, 1, kind="kindergarten")
    low, enough = (of(PutonghuaCertificate, 1, level=level) for level in ("3A", "2B"))
    assert applicant.identify(exam_certificate=chosen, putonghua=low).status_code == 422
    assert applicant.identify(exam_certificate=chosen, putonghua=enough).status_code == 303


@pytest.mark.manual("W2.4")
def test_only_a_registered_enrolment_qualifies(applicant: Applicant) -> None:
    applicant.until("identity")
    answer = applicant.identify(enrolment=of(Enrolment, 1, status="休学"))
    assert "注册学籍" in errors(answer)


@pytest.mark.manual("W2.4")
def test_who_is_not_at_school_picks_a_diploma(applicant: Applicant) -> None:
    applicant.until("identity")
    assert "请选择一份学历证书" in errors(applicant.identify(at_school="no"))
    assert applicant.identify(at_school="no", diploma=of(Diploma, 1)).status_code == 303
    draft = the_application(1)
    assert draft.at_school is False
    assert draft.enrolment_id is None
    assert draft.diploma_id


@pytest.mark.manual("W2.4")
def test_enrolment_is_synchronised_once_and_what_was_typed_stays(
    applicant: Applicant, registers: RunningSimulator
) -> None:
    with change():
        _become("郑雨桐", "330802200403120023")
        db.session.query(Enrolment).filter_by(person_id=1).delete()
    applicant.until("identity")
    chosen = of(PutonghuaCertificate, 1, level="2A")
    answer = applicant.send("identity", do="sync", putonghua=chosen, at_school="yes")
    assert answer.status_code == 303
    page = applicant.open("identity")
    assert "衢州学院" in page
    assert "已同步" in page
    assert f'name="putonghua" value="{chosen}" checked' in page
    assert 'value="sync"' not in page
    assert "已经同步过" in errors(applicant.send("identity", do="sync"))


@pytest.mark.manual("W2.4")
def test_a_silent_register_of_students_loses_nothing(
    applicant: Applicant, registers: RunningSimulator
) -> None:
    with change():
        db.session.query(Enrolment).filter_by(person_id=1).delete()
    registers.behave("enrolment", "down")
    applicant.until("identity")
    answer = applicant.send("identity", do="sync", at_school="yes")
    assert "暂时无法连接" in errors(answer)
    assert "补充数据" in answer.get_data(as_text=True)


@pytest.mark.manual("W2.4")
def test_several_enrolments_are_chosen_among(applicant: Applicant, registers: RunningSimulator) -> None:
    with change():
        _become("黄一诺", "330702200302172830")
        db.session.query(Enrolment).filter_by(person_id=1).delete()
    applicant.until("identity")
    answer = applicant.send("identity", do="sync", at_school="yes")
    assert answer.headers["Location"].startswith("/profile/enrolment?next=")


def _become(name: str, document: str) -> None:
    person = db.session.get_one(Person, 1)
    person.name, person.document_number = name, document


@pytest.mark.manual("W3")
def test_window_and_site_sentences(applicant: Applicant) -> None:
    applicant.until("authority")
    later = applicant.choose(county="330825", authority=3)
    assert "当前时间不在该机构的网报时间段内：龙游县教育局的网报时间为" in errors(later)
    none = applicant.choose(county="330803", authority=4)
    assert "该机构未设置确认点，请联系所选的教育局。" in errors(none)


@pytest.mark.manual("W3")
def test_level_follows_the_decision_table(applicant: Applicant) -> None:
    applicant.until("authority")
    refused = errors(applicant.choose(authority=2))  # the city does not decide on 初中
    assert "请选择认定机构：初级中学教师资格由县级教育行政部门认定（《教师资格条例》第十三条）" in refused
    page = applicant.open("authority")
    assert 'name="authority" value="1" checked' in page
    assert 'name="authority" value="2" disabled' in page
    assert page.count("由县级教育行政部门认定（《教师资格条例》第十三条）") == 1


@pytest.mark.manual("W3")
def test_regions_are_refreshed_without_script(applicant: Applicant) -> None:
    applicant.until("authority")
    answer = applicant.send(
        "authority", refresh="regions", province="330000", city="330700", street="某路1号"
    )
    assert answer.status_code == 303
    page = applicant.open("authority")
    assert "婺城区" in page
    assert "某路1号" in page
    assert "更新下级地区" in page


@pytest.mark.manual("W3")
def test_a_site_of_another_plan_is_refused(applicant: Applicant) -> None:
    applicant.until("authority")
    foreign = db.session.query(PlanSite.site_id).filter(PlanSite.plan_id != 1, PlanSite.site_id > 2).first()
    assert "请选择确认点" in errors(applicant.choose(site=foreign[0]))


@pytest.mark.manual("W3")
def test_without_an_exam_kind_and_subject_are_chosen(applicant: Applicant) -> None:
    applicant.until("identity")
    assert applicant.identify(exam_route="other").status_code == 303
    assert "请选择任教学科" in errors(applicant.choose(kind="junior"))
    assert "二级甲等" in errors(applicant.choose(kind="junior", subject="语文")) or applicant.open("details")
    draft = the_application(1)
    assert draft.exam_certificate_id is None


@pytest.mark.manual("W4.0")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("household_place", "长" * 61, "户籍所在地不超过 60 个字"),
        ("birth_place", "", "请填写出生地"),
        ("mailing_address", "长" * 101, "通讯地址不超过 100 个字"),
        ("postcode", "32400", "邮政编码为 6 位数字"),
        ("phone", "1380570012", "请填写 11 位手机号码"),
        ("political_status", "99", "请选择政治面貌"),
        ("major_category", "", "请选择专业类别"),
        ("employer", "长" * 61, "工作单位不超过 60 个字"),
        ("occupation", "", "请选择现从事职业"),
        ("professional_title", "x", "请选择专业技术职务"),
    ],
)
def test_each_field_is_checked(applicant: Applicant, field: str, value: str, sentence: str) -> None:
    applicant.until("details")
    applicant.draw()
    answer = applicant.detail(**{field: value})
    assert answer.status_code == 422
    assert errors(answer).count("请") <= 1
    assert sentence in errors(answer)
    assert the_application(1).postcode is None


@pytest.mark.manual("W4.0")
def test_wide_digits_and_unseen_marks_are_taken_as_meant(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    typed = {
        "postcode": "３２４０００",
        "phone": "138 0570 ０１２６",
        "birth_place": "\u202e浙江省\x00\u200b衢州市",
    }
    assert applicant.detail(**typed).status_code == 303
    row = the_application(1)
    assert (row.postcode, row.phone, row.birth_place) == ("324000", "13805700126", "浙江省衢州市")


@pytest.mark.manual("W4.1")
def test_photo_is_judged_by_its_content(applicant: Applicant) -> None:
    applicant.until("details")
    small = applicant.send("details", do="upload", photo=(picture(200, 200), "a.jpg"))
    assert small.status_code == 422
    assert "290" in errors(small)
    disguised = applicant.send("details", do="upload", photo=(picture(295, 413, "PNG"), "a.jpg"))
    assert disguised.status_code == 422
    assert "JPG" in errors(disguised)
    assert the_application(1).photo_id is None


@pytest.mark.manual("W4.1")
def test_photo_is_shown_and_can_be_replaced(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.send("details", do="upload", photo=(picture(295, 413), "a.jpg"))
    first = the_application(1).photo_id
    assert f"/apply/files/{first}" in applicant.open("details")
    applicant.send("details", do="upload", photo=(picture(294, 412), "b.jpg"))
    assert the_application(1).photo_id != first


@pytest.mark.manual("W4.1")
def test_an_uploaded_photo_survives_refused_answers(applicant: Applicant) -> None:
    applicant.until("details")
    answer = applicant.send("details", photo=(picture(295, 413), "a.jpg"), employer="无")
    assert answer.status_code == 422
    assert "请上传证件照" not in errors(answer)
    assert the_application(1).photo_id


@pytest.mark.manual("W4.1")
@pytest.mark.parametrize(("act", "sentence"), [("upload", "请先选择照片文件"), ("sign", "请先签名")])
def test_a_button_pressed_too_early_says_so(applicant: Applicant, act: str, sentence: str) -> None:
    applicant.until("details")
    answer = applicant.send("details", do=act, employer="衢州市实验学校")
    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert "衢州市实验学校" in answer.text


@pytest.mark.manual("W4.1")
@pytest.mark.parametrize(("act", "name"), [("upload", "photo"), ("sign", "signature_photo")])
def test_an_empty_file_is_called_empty(applicant: Applicant, act: str, name: str) -> None:
    applicant.until("details")
    answer = applicant.send("details", do=act, **{name: (io.BytesIO(), "empty.jpg")})
    assert answer.status_code == 422
    assert "这个文件是空的（0 字节）" in errors(answer)


@pytest.mark.manual("W4.2")
def test_signature_is_drawn_or_photographed(applicant: Applicant) -> None:
    import base64

    applicant.until("details")
    drawn = base64.b64encode(picture(600, 300, "PNG").read()).decode()
    applicant.send("details", do="sign", signature=f"data:image/png;base64,{drawn}")
    first = the_application(1).undertaking_id
    assert first
    applicant.send("details", do="sign", signature_photo=(picture(800, 400), "sheet.jpg"))
    assert the_application(1).undertaking_id not in {None, first}


@pytest.mark.manual("W4.2")
def test_an_empty_signature_is_refused(applicant: Applicant) -> None:
    import base64
    import io

    from PIL import Image

    applicant.until("details")
    blank = io.BytesIO()
    Image.new("RGB", (600, 300), "white").save(blank, "PNG")
    drawn = base64.b64encode(blank.getvalue()).decode()
    answer = applicant.send("details", do="sign", signature=f"data:image/png;base64,{drawn}")
    assert answer.status_code == 422
    assert "签名" in errors(answer)


@pytest.mark.manual("W4.3")
def test_posting_needs_an_address(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    assert "请填写收件人" in errors(applicant.detail(delivery="post"))
    answer = applicant.detail(delivery="post", delivery_address="郑雨桐，13805700126，衢州市")
    assert answer.headers["Location"] == "/apply/check"


@pytest.mark.manual("W4.3")
def test_delivery_is_what_the_plan_offers(applicant: Applicant) -> None:
    applicant.until("details")
    with change():
        db.session.get_one(Plan, 1).deliveries = ["pickup"]
    applicant.draw()
    assert "邮寄" not in applicant.open("details")
    assert "请改选" in errors(applicant.detail(delivery="post", delivery_address="某地"))


@pytest.mark.manual("W4.4")
@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"resume.2.until": "2026-06"}, "最后一段的结束时间写“至今”"),
        ({"resume.1.from": "2018-01"}, "各段时间不要重叠"),
        ({"resume.0.until": "2010-01"}, "开始时间不能晚于结束时间"),
        ({"resume.0.from": "很久以前"}, "年月写成 2019-09"),
        ({"resume.2.from": "至今"}, "年月写成 2019-09"),
        ({"resume.2.from": "2099-01"}, "不能晚于本月"),
        ({"resume.2.until": "很久以后"}, "年月写成 2019-09，最后一段的结束时间写“至今”"),
        ({"resume.2.until": "2099-01"}, "不能晚于本月，最后一段的结束时间写“至今”"),
        ({"resume.1.witness": ""}, "请填写证明人"),
    ],
)
def test_resume_is_in_time_order_up_to_now(
    applicant: Applicant, changed: dict[str, str], sentence: str
) -> None:
    applicant.until("details")
    applicant.draw()
    answer = applicant.detail(**changed)
    assert answer.status_code == 422
    assert sentence in errors(answer)


@pytest.mark.manual("W4.4")
def test_a_wrong_month_is_told_at_its_own_row(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    answer = applicant.detail(**{"resume.0.until": "2010-01"})
    assert "第 1 段：开始时间不能晚于结束时间" in errors(answer)
    marked = re.findall(r'name="(resume[^"]*)"[^>]*aria-invalid="true"', answer.text)
    assert marked == ["resume.0.until"]


@pytest.mark.manual("W4.4")
def test_resume_takes_two_to_eight_rows(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    one = {name: value for name, value in DETAILS.items() if not name.startswith(("resume.0", "resume.1"))}
    assert "2 至 8 段" in errors(applicant.send("details", **one))


@pytest.mark.manual("W4.4")
def test_rows_are_added_and_removed_without_script(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.detail(do="add_row")
    assert 'name="resume.3.from"' in applicant.open("details")
    applicant.detail(do="remove_row:0")
    page = applicant.open("details")
    assert "衢州市实验学校" not in page
    assert 'name="resume.1.from"' in page


@pytest.mark.manual("W6")
def test_notes_of_the_chosen_authority(applicant: Applicant) -> None:
    with change():
        db.session.query(PlanSite).filter_by(plan_id=1, site_id=1).one().notes = "周三下午不办理。"
    applicant.until("notes")
    page = applicant.open("notes")
    assert "由本人办理，不能代办" in page
    assert "周三下午不办理。" in page
    assert "体检合格证明" in page


def test_answers_of_an_earlier_day_are_checked_again(applicant: Applicant) -> None:
    applicant.until("undertaking")
    with change():
        exam = the_application(1).exam_certificate
        exam.valid_until = (now() - timedelta(days=1)).date()
    answer = applicant.send("undertaking", answer="agree")
    assert answer.status_code == 409
    assert "有效期" in errors(answer)
    assert the_application(1).registration_number is None
