"""What people stumbled over in the wizard: one error after another, lost ways, words that are not so."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

import pytest
from werkzeug.test import TestResponse

from domain.papers import form_facts
from models import db
from models.cases.credentials import Enrolment, PutonghuaCertificate
from tests.handlers.apply.conftest import DETAILS, Applicant, change, errors, of, picture, the_application
from tests.handlers.apply.test_changing import PLACE, put
from tests.handlers.pagecheck import list_told_errors


@pytest.mark.found("A13")
def test_step_two_tells_everything_that_is_wrong_at_once(applicant: Applicant) -> None:
    applicant.until("identity")
    answer = applicant.identify(
        exam_certificate=0,
        putonghua=of(PutonghuaCertificate, 1, level="3A"),
        enrolment=of(Enrolment, 1, status="休学"),
    )
    assert answer.status_code == 422
    for name in ("exam-certificate", "putonghua", "enrolment"):
        assert f'href="#{name}"' in answer.text


@pytest.mark.found("A13")
def test_missing_answers_of_step_two_are_told_together(applicant: Applicant) -> None:
    applicant.until("identity")
    told = errors(applicant.send("identity", exam_route="national_exam"))
    assert "请选择一张考试合格证明" in told
    assert "请选择是否在校生" in told


@pytest.mark.found("A13")
def test_what_is_missing_is_told_with_what_breaks_a_rule(applicant: Applicant) -> None:
    applicant.until("identity")
    low = of(PutonghuaCertificate, 1, level="3A")
    told = errors(applicant.send("identity", exam_route="national_exam", putonghua=low))
    assert "请选择一张考试合格证明" in told
    assert "请选择是否在校生" in told
    assert "请选择或添加符合要求的证书" in told
    assert told.index("合格证明") < told.index("符合要求的证书") < told.index("是否在校生")  # as on the page


@pytest.mark.found("A13")
def test_what_is_judged_beside_a_missing_answer_is_not_kept(applicant: Applicant) -> None:
    applicant.until("identity")
    assert applicant.identify(at_school="").status_code == 422
    application = the_application(1)
    assert (application.exam_certificate_id, application.putonghua_id) == (None, None)


@pytest.mark.found("A13")
@pytest.mark.parametrize("route", ["national_exam", "other", "nothing"])
def test_any_answer_of_a_step_may_be_missing_or_wrong(applicant: Applicant, route: str) -> None:
    applicant.until("identity")
    for name in ("exam_route", "exam_certificate", "putonghua", "at_school", "enrolment"):
        for wrong in ("x", ""):
            assert applicant.identify(**{"exam_route": route, name: wrong}).status_code in {303, 422}
    applicant.identify()
    for name in ("kind", "subject", "basis", "province", "city", "county", "authority", "site"):
        for wrong in ("", "x"):
            assert applicant.choose(**{"street": "", name: wrong}).status_code == 422


@pytest.mark.found("A13")
def test_step_four_tells_pictures_and_answers_together(applicant: Applicant) -> None:
    applicant.until("details")
    told = errors(applicant.detail(delivery="post", delivery_address="收件人"))
    assert "请上传证件照" in told
    assert "签名" in told
    missing = errors(applicant.send("details", **{**DETAILS, "postcode": "1", "employer": ""}))
    assert "邮政编码为 6 位数字" in missing
    assert "请填写工作单位" in missing


@pytest.mark.found("A13")
def test_step_three_tells_kind_and_place_together(applicant: Applicant) -> None:
    applicant.until("authority")
    with change():
        application = the_application(1)
        application.exam_route, application.kind, application.subject = "other", None, None
    told = errors(applicant.choose(kind="", subject="", county=""))
    assert "请选择资格种类" in told
    assert "请选择县（市、区）" in told


@pytest.mark.found("A13")
@pytest.mark.parametrize(
    ("step", "field", "anchor"),
    [
        ("details?page=particulars", "political_status", "political-status"),
        ("details?page=resume", "resume", "resume"),
        ("identity", "putonghua", "putonghua"),
        ("authority", "street", "street"),
    ],
)
def test_changing_leads_to_the_question(applicant: Applicant, step: str, field: str, anchor: str) -> None:
    applicant.until("check")
    page = applicant.open("check")
    assert field == "street" or f'formaction="/apply/check?at={field}"' in page
    answer = applicant.client.post(f"/apply/check?at={field}", data={"go": step.partition("?")[0]})
    assert answer.location == f"/apply/{step}{'&' if '?' in step else '?'}back={field}#{anchor}"
    assert f'id="{anchor}"' in applicant.open(step)


def send_back(applicant: Applicant, field: str, step: str, **answers: Any) -> TestResponse:
    """Send a step with the button that leads back to its row."""
    return applicant.client.post(f"/apply/{step}?back={field}", data={**answers, "go": "check"})


MENDS = {"identity": Applicant.identify, "authority": Applicant.choose, "details": Applicant.detail}


@pytest.mark.found("A13")
def test_every_row_that_was_changed_is_come_back_to(
    applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    applicant.until("check")
    rows = applicant.open("check")
    asked = re.findall(r'value="(\w+)" formaction="/apply/check\?at=(\w+)"', rows)
    assert [field for _, field in asked if f'id="row-{field}"' not in rows] == []
    for step, field in dict(asked).items():
        place = applicant.client.post(f"/apply/check?at={field}", data={"go": step}).location
        page = applicant.client.get(place).get_data(as_text=True)
        assert re.search(rf'action="/apply/{step}\?[^"]*back={field}"', page)
        assert re.findall(r'btn--main" name="go" value="(\w+)"', page) == ["check"]
        monkeypatch.setattr(applicant, "send", partial(send_back, applicant, field))
        assert MENDS[step](applicant).location == f"/apply/check#row-{field}"


def test_what_keeps_the_page_keeps_the_way_back(applicant: Applicant) -> None:
    applicant.until("check")
    applicant.client.post("/apply/check?at=resume", data={"go": "details"})
    answer = applicant.client.post(
        "/apply/details?page=resume&back=resume", data={**DETAILS, "do": "add_row"}
    )
    assert answer.location == "/apply/details?page=resume&back=resume#resume"
    refused = applicant.client.post(
        "/apply/details?back=resume", data={**DETAILS, "postcode": "", "go": "check"}
    )
    assert refused.status_code == 422
    assert 'action="/apply/details?page=particulars&amp;back=resume"' in refused.get_data(as_text=True)


@pytest.mark.found("A13")
def test_an_address_takes_nothing_but_the_name_of_a_field(applicant: Applicant) -> None:
    applicant.until("check")
    answer = applicant.client.post("/apply/check?at=x%22%3E<b>", data={"go": "details"})
    assert answer.location == "/apply/details"


@pytest.mark.found("A13")
def test_every_change_leads_to_an_input_that_is_there(applicant: Applicant) -> None:
    applicant.until("check")
    asked = re.findall(r'value="(\w+)" formaction="/apply/check\?at=(\w+)"', applicant.open("check"))
    assert len(asked) > 12
    lost = []
    for step, back in (
        ("identity", applicant.identify),
        ("authority", applicant.choose),
        ("details", applicant.detail),
    ):
        applicant.client.post("/apply/check", data={"go": step})
        page = applicant.open(step)
        fields = [field for where, field in asked if where == step]
        lost += [field for field in fields if f'id="{field.replace("_", "-")}"' not in page]
        assert back(go="check").location == "/apply/check"
    assert lost == []


@pytest.mark.found("A13")
def test_the_putonghua_hint_knows_the_subject(applicant: Applicant) -> None:
    applicant.until("identity")
    hint = applicant.open("identity")
    assert "初级中学教师资格数学要求二级乙等及以上" in hint
    assert "初级中学教师资格语文要求二级甲等及以上" in hint
    assert "等级的要求因资格种类和学科而不同。" in hint
    assert "<summary>各资格种类要求的普通话等级</summary>" in hint
    applicant.identify()
    applicant.send("authority", go="back")
    page = applicant.open("identity")
    hint = re.sub(r"<p [^>]* hidden>.*?</p>", "", page)  # a script shows those when another one is chosen
    assert "初级中学教师资格数学要求二级乙等及以上" in hint
    assert "语文要求" not in hint
    assert "各资格种类要求的普通话等级" not in hint


@pytest.mark.found("A13")
def test_a_student_has_not_graduated(applicant: Applicant) -> None:
    applicant.until("reminder")
    facts = form_facts.collect_facts(the_application(1))
    assert facts["education"] == "大学本科（在读）"
    assert facts["graduated_on"].endswith("日（预计）")


@pytest.mark.found("A13")
def test_a_second_window_is_told_that_it_was_submitted(applicant: Applicant) -> None:
    applicant.until("reminder")
    before = the_application(1).typed
    assert applicant.detail(employer="另一窗口").location == "/apply/reminder"
    page = applicant.open("reminder")
    assert "已经提交" in page
    assert "已经保留" not in page
    assert the_application(1).typed == before


@pytest.mark.found("A13")
def test_the_history_has_the_edits(applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    put(applicant, "authority", **{**PLACE, "street": "新安路1号3幢201室"})
    page = applicant.open("applications/1")
    assert "修改申报内容" in page
    assert page.index("修改申报内容") < page.index("提交报名，生成报名号")


@pytest.mark.found("A13")
def test_no_month_lies_ahead(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    answer = applicant.detail(**{"resume.0.from": "2099-01"})
    assert (answer.status_code, "不能晚于本月" in answer.text) == (422, True)
    assert db.session.query(Enrolment).count() > 0


@pytest.mark.found("A13")
def test_an_empty_search_says_what_to_choose(applicant: Applicant) -> None:
    assert not list_told_errors(applicant.open("search"))
    told = ["请选择省", "请选择市", "请选择资格种类"]
    assert list_told_errors(applicant.open("search?province=&city=&kind=")) == told
    assert not list_told_errors(applicant.open("search?province=330000&city=&refresh=regions&kind="))


@pytest.mark.found("A13")
def test_the_summary_of_step_four_follows_the_page(applicant: Applicant) -> None:
    applicant.until("details")
    answer = applicant.send("details")
    linked = re.findall(r'<li><a href="#([\w-]+)"', answer.text)
    drawn = [answer.text.index(f'id="{name}"') for name in linked]
    assert {"photo", "delivery", "employer", "resume"} <= set(linked)
    assert drawn == sorted(drawn)


@pytest.mark.found("A13")
def test_only_the_region_that_is_not_chosen_is_marked(applicant: Applicant) -> None:
    applicant.until("authority")
    page = applicant.send("authority", province="330000", city="330800", county="").text
    marked = re.findall(r'<select class="([^"]*)" id="\w+" name="(province|city|county)"([^>]*)>', page)
    assert [(name, "aria-invalid" in more, "input--sound" in kind) for kind, name, more in marked] == [
        ("province", False, True),
        ("city", False, True),
        ("county", True, False),
    ]


@pytest.mark.found("A13")
def test_a_refused_picture_does_not_hide_the_other_answers(applicant: Applicant) -> None:
    applicant.until("details")
    wrong = {**DETAILS, "postcode": "1", "employer": "", "resume.1.from": "前年", "delivery": "post"}
    told = errors(applicant.send("details", photo=(io.BytesIO(b"no picture"), "我.jpg"), **wrong))
    for sentence in (
        "照片须为 JPG 格式",
        "请在个人承诺书上签名",
        "邮政编码为 6 位数字",
        "请填写工作单位",
        "年月写成 2019-09",
        "请填写收件人、电话和地址",
    ):
        assert sentence in told
    assert "请上传证件照" not in told
    by_button = errors(
        applicant.send("details", do="upload", photo=(io.BytesIO(b"no picture"), "我.jpg"), **wrong)
    )
    assert "照片须为 JPG 格式" in by_button
    assert "邮政编码" not in by_button
    back = errors(
        applicant.send("details", photo=(io.BytesIO(b"no picture"), "我.jpg"), **{**wrong, "go": "back"})
    )
    assert "邮政编码" not in back


@pytest.mark.found("A13")
def test_another_city_with_the_county_of_the_old_one_is_refused(applicant: Applicant) -> None:
    """Without script the list of counties is the old city's until it is asked again."""
    applicant.until("authority")
    refused = applicant.choose(city="330700", county="330802")
    assert refused.status_code == 422
    assert "请重新选择地区" in errors(refused)
    assert '<option value="330700" selected' in refused.text
    assert '<option value="330702"' in refused.text  # the counties of the city that was chosen
    assert applicant.choose().status_code == 303


@pytest.mark.found("A13")
def test_the_photo_is_asked_for_as_it_is_judged(applicant: Applicant) -> None:
    """290 pixels are refused; and only a script can cut a picture."""
    applicant.until("details")
    page = applicant.open("details")
    assert "宽大于 290、小于 300 像素，高大于 408、小于 418 像素" in page
    assert re.search(r"<span data-cropper-hint hidden>[^<]*裁剪", page)
    edge = {"photo": (picture(290, 408), "我.jpg"), "do": "upload"}
    assert "宽须大于 290、小于 300 像素" in errors(applicant.send("details", **edge))
