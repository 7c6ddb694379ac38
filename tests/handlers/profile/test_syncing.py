"""Certificates come from their registers by jobs: when, what is said meanwhile, and what when one fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from domain.outside.records import record_syncs
from domain.sample.people import PASSWORD
from models import db
from models.cases.credentials import Enrolment, ExamCertificate, PutonghuaCertificate
from models.cases.register_syncs import RegisterSync, ToldCertificate
from models.persons.people import Person
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.conftest import Browser, errors, words, work, writes
from tests.handlers.profile.making import an_application

SignIn = Callable[[str], Browser]
LOGIN = "330802200403120023"  # of 郑雨桐
BACK = "/apply/identity"
PAGE, SYNC = "/profile/exams", "/profile/exams/sync"


def sync_of(browser: Browser, register: str = "national_exam") -> RegisterSync:
    """The row of a register, read anew."""
    db.session.rollback()
    return db.session.get_one(RegisterSync, (browser.person_id, register))


def questions(simulator: RunningSimulator, register: str = "exam") -> int:
    """How often a register has answered."""
    return len(simulator.answered(f"{register}/list"))


@pytest.mark.manual("C2", "C6")
@pytest.mark.found("A6")
@pytest.mark.usefixtures("simulator")
def test_signing_in_has_every_register_asked(app: Flask, visitor: Browser) -> None:
    assert visitor.send("/account/sign-in", login=LOGIN, password=PASSWORD).status_code == 303
    page = visitor.open(PAGE)
    assert page.count("核验中") == 2
    assert "没有同步到记录" not in page
    assert 'hx-get="/profile/exams"' in page  # with a script the page looks again
    assert "<noscript>" in page  # without one there is a link
    assert '<a href="/profile/exams">刷新结果</a>' in page
    work(app)
    page = visitor.open(PAGE)
    assert "20251122330201845" in page
    assert "初级中学　数学" in page
    assert "hx-get" not in page
    assert {one.state for one in db.session.query(RegisterSync)} == {"answered"}
    assert db.session.query(RegisterSync).count() == len(record_syncs.REGISTERS)


@pytest.mark.manual("C2", "C6")
@pytest.mark.found("A6")
def test_the_overview_says_nothing_is_there_only_when_it_is_known(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    page = browser.open("/profile/")
    assert page.count("还没有同步") == 2
    browser.send(SYNC)
    assert "核验中" in browser.open("/profile/")
    work(app)
    page = browser.open("/profile/")
    assert (page.count("核验中"), page.count("还没有同步")) == (0, 1)


@pytest.mark.manual("C2")
def test_looking_asks_nothing(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    for address in (PAGE, "/profile/certificates"):
        assert "还没有同步" in browser.open(address)
    assert db.session.query(RegisterSync).count() == db.session.query(Job).count() == 0


@pytest.mark.manual("C2")
def test_the_person_asks_by_hand_and_comes_back(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    answer = browser.send(SYNC, next=BACK)
    assert answer.headers["Location"] == f"{PAGE}?next={BACK}"
    work(app)
    page = browser.open(f"{PAGE}?next={BACK}")
    assert "20251122330201845" in page
    assert "返回报名" in page
    assert "上次同步" in page


@pytest.mark.manual("C2")
def test_nothing_is_asked_twice_at_once(app: Flask, sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("郑雨桐")
    for _ in range(3):
        browser.send(SYNC)
    assert "不用重复同步" in browser.open(PAGE)
    work(app)
    assert questions(simulator) == questions(simulator, "normal_student") == 1
    browser.send(SYNC)  # just now
    work(app)
    assert questions(simulator) == 1
    work(app, later=timedelta(minutes=1))
    browser.send(SYNC)
    work(app)
    assert questions(simulator) == 2
    assert db.session.query(ExamCertificate).count() == 1


@pytest.mark.both_databases
@pytest.mark.manual("C2")
def test_two_windows_that_ask_in_the_same_moment_ask_once(app: Flask, sign_in: SignIn) -> None:
    person_id = sign_in("郑雨桐").person_id
    together = threading.Barrier(4)

    def ask() -> None:
        with app.app_context():
            together.wait(30)
            with writes():
                record_syncs.request_when_due(person_id)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    assert db.session.query(Job).count() == len(record_syncs.REGISTERS)
    assert {one.round for one in db.session.query(RegisterSync)} == {1}


@pytest.mark.manual("C2")
def test_what_has_just_come_is_not_asked_for_again_by_itself(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    for minutes, expected in ((0, 1), (9, 1), (11, 2)):
        work(app, later=timedelta(minutes=minutes))
        with writes():
            record_syncs.request_when_due(browser.person_id)
        work(app)
        assert questions(simulator) == expected


FAULTS = {
    "busy": "登记库繁忙",
    "down": "登记库暂时无法连接",
    "failing": "登记库暂时无法连接",
    "malformed": "登记库的答复无法识别",
    "garbled": "登记库的答复无法识别",
    "pending": "登记库已收到查询，还没有答复",
}


@pytest.mark.manual("C2")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_and_the_question_is_asked_again_by_itself(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator, fault: str
) -> None:
    browser = sign_in("郑雨桐")
    simulator.behave("exam", fault)
    browser.send(SYNC)
    work(app)
    page = browser.open(PAGE)
    assert FAULTS[fault] in page
    assert "会自动再问，不用您操作" in page
    assert page.count("没有同步到记录") == 1  # of the other register, which has answered
    assert sync_of(browser).state == "asking"
    simulator.behave("exam", "normal")
    work(app, later=timedelta(hours=7))
    assert "20251122330201845" in browser.open(PAGE)
    assert (sync_of(browser).state, sync_of(browser).problem) == ("answered", "")


@pytest.mark.manual("C2")
def test_by_hand_a_later_question_is_asked_now(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    simulator.behave("exam", "down")
    browser.send(SYNC)
    work(app)
    simulator.behave("exam", "normal")
    work(app)
    assert "登记库暂时无法连接" in browser.open(PAGE)
    browser.send(SYNC)
    work(app)
    assert "20251122330201845" in browser.open(PAGE)
    assert questions(simulator) == 1


@pytest.mark.manual("C2")
def test_a_register_that_stays_silent_is_left_to_the_person(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    simulator.behave("exam", "down")
    browser.send(SYNC)
    for _ in range(len(record_syncs.PAUSES) + 1):
        work(app, later=timedelta(hours=2))
    page = browser.open(PAGE)
    assert "多次查询没有得到答复，这不是您的问题" in page
    assert sync_of(browser).state == "failed"
    assert db.session.query(Job).filter(Job.state != "done").count() == 0
    simulator.behave("exam", "normal")
    browser.send(SYNC)
    work(app)
    assert "20251122330201845" in browser.open(PAGE)


@pytest.mark.manual("C2")
def test_a_register_that_refuses_is_not_asked_again_by_itself(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    simulator.behave("exam", "refusing")
    browser.send(SYNC)
    work(app)
    assert "登记库没有受理这次查询" in browser.open(PAGE)
    assert sync_of(browser).state == "failed"


@pytest.mark.manual("C2")
def test_what_came_before_stays_while_a_register_is_down(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    browser.send(SYNC)
    work(app)
    simulator.behave("exam", "down")
    work(app, later=timedelta(minutes=5))
    browser.send(SYNC)
    work(app)
    page = browser.open(PAGE)
    assert "下面是上次同步的结果" in page
    assert "20251122330201845" in page
    assert "学校是不是已经上报" in page


@pytest.mark.manual("C2")
@pytest.mark.parametrize(
    ("name", "word"), [("邓凯", "已使用"), ("吴俊杰", "已过有效期"), ("方晓雯", "SF2026103450318")]
)
def test_used_and_expired_ones_and_those_of_normal_students(
    app: Flask, sign_in: SignIn, name: str, word: str
) -> None:
    browser = sign_in(name)
    browser.send(SYNC)
    work(app)
    assert word in browser.open(PAGE)


@pytest.mark.manual("C2")
def test_nothing_came_says_what_to_check(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    browser.send(SYNC)
    work(app)
    page = browser.open(PAGE)
    assert "登记的姓名是不是“沈念”" in page
    assert "3301**********3327" in page


def rename(browser: Browser, name: str) -> None:
    """Have the account a name that registers do not know."""
    with writes():
        db.session.get_one(Person, browser.person_id).name = name


@pytest.mark.manual("C2")
def test_what_differs_is_named_and_nothing_else(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    rename(browser, "郑雨彤")
    browser.send(SYNC)
    work(app)
    page = browser.open(PAGE)
    assert "登记库中的姓名与您的不一致" in page
    assert "登记的姓名不是“郑雨彤”" in page
    assert "郑雨桐" not in page
    assert "20251122330201845" not in page
    assert browser.own(ExamCertificate) is None


@pytest.mark.manual("C3", "C4", "C5")
@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("/profile/putonghua/check", "3323015004127"),
        ("/profile/schooling/diploma/check", "103451202505002317"),
        ("/profile/schooling/degree/check", "1034542025002317"),
    ],
)
def test_a_check_names_the_name_that_differs(sign_in: SignIn, address: str, number: str) -> None:
    browser = sign_in("陈子昂")
    rename(browser, "陈子昴")
    answer = browser.send(address, number=number)
    assert answer.status_code == 422
    assert "姓名“陈子昴”与登记库中的不一致" in errors(answer)
    assert f'value="{number}"' in words(answer)
    assert "陈子昂" not in words(answer)


@pytest.mark.manual("C3")
def test_a_check_names_the_document_that_differs(sign_in: SignIn) -> None:
    browser = sign_in("陈子昂")
    with writes():
        db.session.get_one(Person, browser.person_id).document_number = "330802200308153433"
    answer = browser.send("/profile/putonghua/check", number="3323015004127")
    assert "证件号码与登记库中的不一致" in errors(answer)
    assert browser.own(PutonghuaCertificate) is None


@pytest.mark.manual("C4")
def test_an_enrolment_under_another_name_is_named(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    rename(browser, "郑雨彤")
    answer = browser.send("/profile/enrolment/sync")
    assert answer.status_code == 422
    assert "姓名“郑雨彤”与登记库中的不一致" in words(answer)
    assert browser.own(Enrolment) is None


@pytest.mark.found("A1")
@pytest.mark.manual("C2")
def test_an_answer_about_the_former_name_is_asked_again(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    asked = record_syncs.prepare_question(None, browser.person_id, "national_exam", 1)  # type: ignore[arg-type]
    browser.send(SYNC)
    with app.app_context():
        answer = record_syncs.ask_register(asked, "before")
    rename(browser, "郑雨彤")
    job = db.session.query(Job).filter(Job.lane.like("%national_exam")).one()
    parameters = job.parameters
    with writes():
        call = _call()
        record_syncs.record_answer(call, parameters, answer)
    assert browser.own(ExamCertificate) is None
    work(app)
    assert (sync_of(browser).round, sync_of(browser).differs) == (2, "name")
    assert browser.own(ExamCertificate) is None


def _call() -> record_syncs.OperationCall:
    at = record_syncs.now()
    return record_syncs.OperationCall(instance_id=0, business_key=None, actor=None, now=at, data={})


@pytest.mark.manual("C2")
def test_an_account_without_a_number_is_asked_about_no_more(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    browser.send(SYNC)
    with writes():
        db.session.get_one(Person, browser.person_id).document_number = None
    work(app)
    assert sync_of(browser).state == "failed"
    assert db.session.query(Job).filter(Job.state != "done").count() == 0


@pytest.mark.manual("C6")
def test_teacher_certificates_come_by_a_job(app: Flask, sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("叶青")
    assert "没有查询到您的教师资格证书" not in browser.open("/profile/certificates")
    browser.send("/profile/certificates/sync")
    work(app)
    for _ in range(2):
        page = browser.open("/profile/certificates")
        assert "20183390131000218" in page
        work(app, later=timedelta(minutes=1))
        browser.send("/profile/certificates/sync")
        work(app)
    assert db.session.query(ToldCertificate).count() == 1
    assert questions(simulator, "certificate_history") == 3


@pytest.mark.manual("C8")
@pytest.mark.corrupts
def test_a_certificate_in_use_says_by_what(app: Flask, sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    browser.send(SYNC)
    work(app)
    exam = browser.own(ExamCertificate)
    an_application(browser.person_id, number="2611000001", exam_certificate_id=exam.id)
    assert "申请 2611 0000 01</a>" in browser.open(PAGE)


@pytest.mark.manual("C2")
def test_only_so_often_by_hand(app: Flask, sign_in: SignIn, simulator: RunningSimulator) -> None:
    browser = sign_in("郑雨桐")
    for _ in range(13):
        assert browser.send(SYNC).status_code == 303
    assert "操作太频繁" in browser.open(PAGE)


@pytest.mark.corrupts
@pytest.mark.manual("C2")
def test_an_answer_from_before_an_application_leaves_its_certificate_used(
    app: Flask, sign_in: SignIn, simulator: RunningSimulator
) -> None:
    browser = sign_in("郑雨桐")
    browser.send(SYNC)
    work(app)
    own = browser.own(ExamCertificate)
    assert own is not None
    an_application(browser.person_id, number="2611000009", live_exam_certificate_id=own.id)
    with writes():
        db.session.get_one(ExamCertificate, own.id).used = True
        sync = db.session.get_one(RegisterSync, (browser.person_id, "national_exam"))
        sync.answered_at = None
        assert record_syncs.request_by_hand(browser.person_id, ["national_exam"])
    work(app)
    own = browser.own(ExamCertificate)
    assert own is not None
    assert own.used  # though the register, which nobody has told, says it is not
