"""Exams, Putonghua, enrolment, diplomas and degrees: from the registers, by hand, and when they are used."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf
import pytest

from models import db
from models.cases.application_changes import ApplicationChange
from models.cases.applications import Application
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    PutonghuaCertificate,
)
from simulator.running import RunningSimulator
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.profile.making import an_application
from tests.standings import standing_in

SignIn = Callable[[str], Browser]
BACK = "/apply/identity"


def plain(page: str) -> str:
    """The words of a page without its marks."""
    return re.sub(r"<[^>]+>", "", page)


def day(name: str, year: int, month: int, number: int) -> dict[str, int]:
    """The three boxes of a date."""
    return {f"{name}-year": year, f"{name}-month": month, f"{name}-day": number}


PUTONGHUA = {"number": "1234567890123", "score": "87.5", "issuer": "浙江省语委"} | day(
    "tested_on", 2005, 5, 4
)
DIPLOMA = {
    "number": "D2000-17",
    "school": "衢州师范学校",
    "major": "小学教育",
    "level": "41",
    "study_form": "full_time",
} | day("graduated_on", 2000, 6, 30)
ENROLMENT = {
    "school": "衢州学院",
    "major": "数学与应用数学（师范）",
    "level": "21",
    "study_form": "full_time",
    "status": "注册学籍",
} | day("entered_on", 2023, 9, 1)


@pytest.mark.manual("C3")
def test_putonghua_is_verified_by_number(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send("/profile/putonghua/check", number="3324012006671", next=BACK)
    assert answer.headers["Location"] == BACK
    row = browser.own(PutonghuaCertificate)
    assert (row.source, row.level, row.score) == ("verified", "2A", 89.4)
    again = browser.send("/profile/putonghua/check", number="3324012006671")
    assert again.headers["Location"] == "/profile/putonghua"


@pytest.mark.manual("C3")
def test_somebody_elses_putonghua_is_not_found(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    answer = browser.send("/profile/putonghua/check", number="3324012006671")
    assert "没有核验到这份证书" in errors(answer)
    assert 'value="3324012006671"' in words(answer)
    assert browser.own(PutonghuaCertificate) is None


@pytest.mark.manual("C3")
def test_putonghua_register_down_leads_to_entering(sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("郑雨桐")
    simulator.behave("putonghua", "down")
    page = words(browser.send("/profile/putonghua/check", number="3324012006671", next=BACK))
    assert "普通话证书库暂时无法连接" in page
    assert 'value="3324012006671"' in page
    assert "number=3324012006671&amp;next=/apply/identity" in page


@pytest.mark.manual("C3")
@pytest.mark.parametrize(
    ("score", "level"), [("97", "1A"), ("92", "1B"), ("87", "2A"), ("86.9", "2B"), ("70", "3A"), ("60", "3B")]
)
def test_the_level_follows_from_the_score(sign_in: SignIn, score: str, level: str) -> None:
    browser = sign_in("沈念")
    assert browser.send("/profile/putonghua/enter", **PUTONGHUA | {"score": score}).status_code == 303
    row = browser.own(PutonghuaCertificate)
    assert (row.level, row.source) == (level, "manual")
    assert "未经系统核验" in browser.open("/profile/putonghua")


@pytest.mark.manual("C3")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"score": "59.9"}, "60 分以下不入级"),
        ({"score": "101"}, "分数在 0 到 100 之间"),
        ({"score": "甲"}, "分数应为数字"),
        ({"score": "NaN"}, "分数应为数字"),
        ({"score": "87.55"}, "最多一位小数"),
        ({"number": "123"}, "13 至 17 位数字"),
        ({"tested_on-year": "2999"}, "测试日期不正确或晚于今天"),
        ({"issuer": ""}, "请填写发证机构"),
    ],
)
def test_putonghua_entered_wrongly(sign_in: SignIn, wrong: dict[str, str], sentence: str) -> None:
    browser = sign_in("沈念")
    answer = browser.send("/profile/putonghua/enter", **PUTONGHUA | wrong)
    assert sentence in errors(answer)
    kept = "浙江省语委" if "issuer" not in wrong else "1234567890123"
    assert f'value="{kept}"' in words(answer)
    assert browser.own(PutonghuaCertificate) is None


@pytest.mark.manual("C3")
def test_putonghua_by_hand_is_corrected_verified_later_and_removed(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    browser.send("/profile/putonghua/enter", **PUTONGHUA | {"number": "3324012006671"})
    number = browser.own(PutonghuaCertificate).id
    browser.send(f"/profile/putonghua/{number}", **PUTONGHUA | {"number": "3324012006671", "score": "93"})
    assert browser.own(PutonghuaCertificate).level == "1B"
    browser.send("/profile/putonghua/check", number="3324012006671")
    row = browser.own(PutonghuaCertificate)
    assert (row.id, row.source, row.level) == (number, "verified", "2A")
    assert browser.client.get(f"/profile/putonghua/{number}").status_code == 409
    browser.send(f"/profile/putonghua/{number}/remove")
    assert browser.own(PutonghuaCertificate) is None


@pytest.mark.manual("C3")
def test_a_number_is_kept_once(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    browser.send("/profile/putonghua/enter", **PUTONGHUA)
    assert "已经录入过" in errors(browser.send("/profile/putonghua/enter", **PUTONGHUA))


@pytest.mark.manual("C3")
def test_exemption_says_for_whom(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    assert "只适用于申请高等学校教师资格" in browser.open("/profile/putonghua")
    for _ in range(2):
        browser.send("/profile/putonghua/exempt")
    assert db.session.query(PutonghuaCertificate).filter_by(source="exempt").count() == 1


@pytest.mark.manual("C4", "W2.4")
def test_enrolment_is_synchronised_once_and_never_again(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    assert browser.send("/profile/enrolment/sync", next=BACK).headers["Location"] == BACK
    row = browser.own(Enrolment)
    assert (row.source, row.school, row.status) == ("synced", "衢州学院", "注册学籍")
    assert "不能再次同步" in browser.open("/profile/enrolment")
    assert browser.send("/profile/enrolment/sync").status_code == 409
    assert browser.client.post(f"/profile/enrolment/{row.id}/remove").status_code == 409
    assert db.session.query(Enrolment).count() == 1


@pytest.mark.manual("C4", "W2.4")
def test_of_several_enrolments_one_is_chosen(sign_in: SignIn) -> None:
    browser = sign_in("黄一诺")
    page = words(browser.send("/profile/enrolment/sync"))
    assert browser.own(Enrolment) is None
    values = re.findall(r'name="choice" value="(\w+)"', page)
    assert "请选择与本次申请一致的学籍" in errors(browser.send("/profile/enrolment/sync", chosen="yes"))
    assert browser.send("/profile/enrolment/sync", chosen="yes", choice=values[1]).status_code == 303
    assert browser.own(Enrolment).school == "绍兴文理学院"


@pytest.mark.manual("C4")
def test_no_enrolment_and_no_answer_are_told_apart(sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("沈念")
    assert "学籍库中没有您的在读学籍" in words(browser.send("/profile/enrolment/sync"))
    simulator.behave("enrolment", "down")
    page = words(browser.send("/profile/enrolment/sync"))
    assert "这次没有同步，不算一次" in page
    assert "学籍库中没有您的在读学籍" not in page


@pytest.mark.manual("C4", "W2.4")
def test_enrolment_by_hand_takes_the_day_of_the_plan_and_is_corrected(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    browser.send("/profile/enrolment/sync")
    offered = re.search(
        r'name="expected" value="(\d{4}-\d\d-\d\d)"', browser.open("/profile/enrolment/enter")
    )
    assert offered
    browser.send("/profile/enrolment/enter", **ENROLMENT, expected=offered[1])
    row = browser.own(Enrolment, source="manual")
    assert row.expected_graduation.isoformat() == offered[1]
    other = day("expected_graduation", 2027, 7, 1)
    browser.send(f"/profile/enrolment/{row.id}", **ENROLMENT | {"status": "休学"}, expected="other", **other)
    row = browser.own(Enrolment, source="manual")
    assert (row.status, row.expected_graduation.isoformat()) == ("休学", "2027-07-01")


@pytest.mark.manual("C4")
def test_enrolment_by_hand_entered_wrongly(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    answer = browser.send("/profile/enrolment/enter", **ENROLMENT | {"school": ""})
    assert "请填写学校" in errors(answer)
    assert 'href="#expected"' in errors_markup(answer)
    early = day("expected_graduation", 2023, 1, 1)
    answer = browser.send("/profile/enrolment/enter", **ENROLMENT, expected="other", **early)
    assert "预计毕业时间应晚于入学日期" in errors(answer)
    assert 'value="数学与应用数学（师范）"' in words(answer)


def pdf() -> bytes:
    """A sheet of paper."""
    target = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(target)
    return target.getvalue()


@pytest.mark.manual("C4", "W2.4")
def test_enrolment_by_hand_takes_a_pdf_that_a_refused_form_does_not_lose(sign_in: SignIn) -> None:
    browser, other = sign_in("沈念"), sign_in("郑雨桐")
    until = {"expected": "other"} | day("expected_graduation", 2027, 6, 30)
    proof = (io.BytesIO(pdf()), "学籍证明.pdf")
    answer = browser.send("/profile/enrolment/enter", **ENROLMENT | {"school": ""} | until, proof=proof)
    carried = re.search(r'name="uploaded" value="([^"]+)"', words(answer))
    assert carried
    assert (
        browser.send("/profile/enrolment/enter", **ENROLMENT | until, uploaded=carried[1]).status_code == 303
    )
    number = browser.own(Enrolment).file_id
    shown = browser.client.get(f"/apply/files/{number}")
    assert (shown.mimetype, shown.data[:5]) == ("application/pdf", b"%PDF-")
    assert f'href="/apply/files/{number}"' in browser.open("/profile/enrolment")
    assert other.client.get(f"/apply/files/{number}").status_code == 404
    assert other.send("/profile/enrolment/enter", **ENROLMENT | until, uploaded=carried[1]).status_code == 422


@pytest.mark.manual("C4")
def test_only_pdfs_are_taken(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    until = {"expected": "other"} | day("expected_graduation", 2027, 6, 30)
    proof = (io.BytesIO(b"GIF89a"), "证明.pdf")
    answer = browser.send("/profile/enrolment/enter", **ENROLMENT | until, proof=proof)
    assert "只能上传 PDF 文件" in errors(answer)
    assert browser.own(Enrolment) is None


@pytest.mark.manual("C4", "C5")
@pytest.mark.parametrize(
    ("sort", "number", "model"),
    [("diploma", "103451202505002317", Diploma), ("degree", "1034542025002317", Degree)],
)
def test_diploma_and_degree_are_verified(
    sign_in: SignIn, sort: str, number: str, model: type[Diploma] | type[Degree]
) -> None:
    browser, other = sign_in("陈子昂"), sign_in("沈念")
    answer = browser.send(f"/profile/schooling/{sort}/check", number=number, next=BACK)
    assert answer.headers["Location"] == BACK
    row = browser.own(model)
    assert (row.source, row.school) == ("verified", "浙江师范大学")
    assert "没有核验到这份证书" in errors(other.send(f"/profile/schooling/{sort}/check", number=number))


@pytest.mark.manual("C4", "C5")
@pytest.mark.parametrize("sort", ["diploma", "degree"])
def test_register_down_leads_to_entering(sign_in: SignIn, simulator: RunningSimulator, sort: str) -> None:
    simulator.behave(sort, "down")
    browser = sign_in("陈子昂")
    page = words(browser.send(f"/profile/schooling/{sort}/check", number="10345120"))
    assert "登记库暂时无法连接" in page
    assert 'value="10345120"' in page


@pytest.mark.manual("C4")
def test_diploma_by_hand_is_kept_corrected_and_removed(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    refused = browser.send("/profile/schooling/diploma/enter", **DIPLOMA | {"level": "99"})
    assert "请选择学历" in errors(refused)
    assert 'value="衢州师范学校"' in words(refused)
    assert browser.send("/profile/schooling/diploma/enter", **DIPLOMA).status_code == 303
    row = browser.own(Diploma)
    browser.send(f"/profile/schooling/diploma/{row.id}", **DIPLOMA | {"major": "学前教育"})
    assert (browser.own(Diploma).major, browser.own(Diploma).source) == ("学前教育", "manual")
    assert "未经系统核验" in browser.open("/profile/schooling")
    browser.send(f"/profile/schooling/diploma/{row.id}/remove")
    assert browser.own(Diploma) is None


@pytest.mark.manual("C5")
def test_degree_by_hand_is_kept(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    degree = {"number": "X2001-1", "name": "教育学学士", "school": "浙江师范大学"} | day(
        "awarded_on", 2001, 6, 30
    )
    assert browser.send("/profile/schooling/degree/enter", **degree).status_code == 303
    assert "教育学学士　浙江师范大学" in browser.open("/profile/degrees")


def test_somebody_elses_records_do_not_exist(sign_in: SignIn) -> None:
    browser, other = sign_in("沈念"), sign_in("郑雨桐")
    browser.send("/profile/schooling/diploma/enter", **DIPLOMA)
    address = f"/profile/schooling/diploma/{browser.own(Diploma).id}"
    assert other.client.get(address).status_code == 404
    assert other.client.post(f"{address}/remove").status_code == 404
    assert other.client.get("/profile/schooling/licence/enter").status_code == 404


@pytest.mark.manual("C8")
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("2611000001", "申请 2611 0000 01 使用了这里的信息，不能修改或删除。确需更正的，请联系柯城区教育局"),
        (None, "请先在报名第二步改选"),
    ],
)
@pytest.mark.corrupts
def test_used_records_stay_and_say_why(sign_in: SignIn, number: str | None, sentence: str) -> None:
    browser = sign_in("沈念")
    browser.send("/profile/putonghua/enter", **PUTONGHUA)
    row = browser.own(PutonghuaCertificate)
    state = standing_in("pending_decision") if number else {}
    an_application(browser.person_id, number=number, putonghua_id=row.id, **state)
    page = browser.open("/profile/putonghua")
    assert sentence in plain(page)
    assert (f'href="/apply/applications/{browser.own(Application).id}"' in page) == bool(number)
    assert ('href="tel:' in page) == bool(number)
    for address in (f"/profile/putonghua/{row.id}", f"/profile/putonghua/{row.id}/remove"):
        answer = browser.send(address, **PUTONGHUA | {"score": "99"})
        assert answer.status_code == 409
        assert sentence in words(answer)
    assert browser.own(PutonghuaCertificate).score == 87.5


@pytest.mark.manual("Q4", "C8")
@pytest.mark.corrupts
def test_until_confirmed_a_change_shows_in_the_application(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    browser.send("/profile/putonghua/enter", **PUTONGHUA)
    row = browser.own(PutonghuaCertificate)
    an_application(
        browser.person_id, number="2611000001", putonghua_id=row.id, kind="junior", subject="数学", revision=4
    )
    address = f"/profile/putonghua/{row.id}"
    assert "申请 2611 0000 01 选用了这条记录，可以更正，不能删除" in plain(browser.open("/profile/putonghua"))
    assert browser.send(f"{address}/remove").status_code == 409
    assert browser.send(address, **PUTONGHUA | {"score": "91"}).status_code == 303
    application = browser.own(Application)
    assert application.revision == 5
    kept = {one.field: (one.before, one.after) for one in db.session.query(ApplicationChange)}
    assert kept == {"普通话证书 · 分数": ("87.5", "91.0")}
    # A level that is too low for what is applied for would make the application invalid.
    low = browser.send(address, **PUTONGHUA | {"score": "61"})
    assert low.status_code == 422
    assert "申请 2611 0000 01 选用了这条记录" in words(low)
    assert browser.own(PutonghuaCertificate).score == 91
    assert browser.own(Application).revision == 5


@pytest.mark.manual("C8")
def test_a_draft_that_was_given_up_holds_nothing(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    browser.send("/profile/schooling/diploma/enter", **DIPLOMA)
    row = browser.own(Diploma)
    with writes():
        row_created = row.created_at
    an_application(browser.person_id, diploma_id=row.id, **standing_in("abandoned"), ended_at=row_created)
    assert browser.send(f"/profile/schooling/diploma/{row.id}/remove").status_code == 303
    assert browser.own(Diploma) is None


def errors_markup(answer: object) -> str:
    """The error summary with its links."""
    found = re.search(r'<div class="errors".*?</div>', words(answer), re.DOTALL)  # type: ignore[arg-type]
    return found[0] if found else ""


@pytest.mark.manual("C3")
@pytest.mark.parametrize("score", ["1e999999", "1e9999999999", "-1e999999", "sNaN", "1e-999999", "\x00"])
def test_a_score_without_end_is_refused_at_its_field(sign_in: SignIn, score: str) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send("/profile/putonghua/enter", **{**PUTONGHUA, "score": score})
    assert answer.status_code == 422
    assert "分数" in errors(answer)


@pytest.mark.manual("C3")
def test_a_number_typed_wide_is_the_same_certificate(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    browser.send("/profile/putonghua/enter", **PUTONGHUA)
    answer = browser.send(
        "/profile/putonghua/enter", **{**PUTONGHUA, "number": "１２３４５ ６７８９０１２３"}
    )
    assert "这份证书已经录入过" in errors(answer)
    assert browser.own(PutonghuaCertificate).number == PUTONGHUA["number"]


@pytest.mark.manual("C4")
def test_a_graduation_out_of_reach_is_refused(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    for year, sentence in ((9999, "预计毕业时间不正确"), (2036, "距入学超过 12 年")):
        typed = ENROLMENT | day("expected_graduation", year, 12, 31)
        assert sentence in errors(browser.send("/profile/enrolment/enter", **typed))


@pytest.mark.manual("C4")
def test_a_name_of_unseen_marks_is_empty(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send("/profile/schooling/diploma/enter", **{**DIPLOMA, "school": "\u200b　\x00"})
    assert "请填写毕业学校" in errors(answer)
