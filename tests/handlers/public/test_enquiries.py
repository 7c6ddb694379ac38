"""邮件咨询: a letter in the required form goes out as mail, and a copy to its sender."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from models import db
from models.authorities.places import Authority
from models.cases.enquiries import Enquiry
from simulator.running import RunningSimulator
from tests.handlers.account.test_challenges import field, solved
from tests.handlers.account.test_registering import work
from tests.handlers.conftest import Browser, errors, words, writes

MAIL = "/help/mail"
LETTER = {
    "category": "certificates",
    "name": "张三",
    "document_kind": "resident_id",
    "document_tail": "002x",
    "registration_number": "",
    "mobile": "13800001111",
    "email": "zhangsan@mail.example",
    "text": "核验普通话证书时，页面上的原话是“核验库暂时无法连接”。",
}


def office_id(name: str = "柯城区教育局") -> str:
    return str(db.session.query(Authority.id).filter_by(name=name).scalar())


def write(visitor: Browser, **other: str) -> TestResponse:
    page = visitor.client.get(MAIL)
    marks = {"altcha": solved(page), "form_key": field(page, "form_key")}
    return visitor.send(MAIL, **{**LETTER, "authority": office_id(), **marks, **other})


@pytest.mark.manual("P4")
def test_a_letter_goes_to_the_office_and_a_copy_to_its_sender(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    answer = write(visitor)
    assert (answer.status_code, answer.location) == (303, "/help")
    told = visitor.open("/help")
    assert "来信已交付发送" in told
    assert "zhangsan@mail.example" in told
    work()
    (letter,) = simulator.messages(channel="mail", to="zixun330802@edu.example")
    (copy,) = simulator.messages(channel="mail", to="zhangsan@mail.example")
    assert letter["subject"] == "浙江省＋张三＋考试、普通话、学历核验"
    for line in ("居民身份证 002x", "报名号：未报名", "联系电话：13800001111", LETTER["text"]):
        assert line in letter["text"]
        assert line in copy["text"]
    assert "来信副本" in copy["subject"]
    assert "柯城区教育局" in copy["text"]
    db.session.rollback()
    assert [(one.office_state, one.copy_state) for one in db.session.query(Enquiry)] == [("sent", "sent")]


@pytest.mark.manual("P4")
def test_a_letter_sent_twice_is_one(visitor: Browser, simulator: RunningSimulator) -> None:
    page = visitor.client.get(MAIL)
    sent = {**LETTER, "authority": office_id(), "form_key": field(page, "form_key")}
    assert visitor.send(MAIL, **sent, altcha=solved(page)).status_code == 303
    assert visitor.send(MAIL, **sent).status_code == 303
    work()
    assert len(simulator.messages(channel="mail", to="zixun330802@edu.example")) == 1


@pytest.mark.manual("P4")
def test_what_is_missing_is_told_at_once_and_nothing_typed_is_lost(visitor: Browser) -> None:
    refused = visitor.send(MAIL, name="张三", document_tail="12", email="zhang", text="问")
    told = errors(refused)
    for one in (
        *("请选择认定机构", "请填写问题类别", "证件号码的最后四位", "请填写联系电话"),
        *("请填写正确的电子邮箱", "请写清楚问题"),
    ):
        assert one in told
    assert 'value="张三"' in words(refused)


@pytest.mark.manual("P4")
def test_nothing_goes_out_without_work_or_to_an_office_without_a_mailbox(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    refused = visitor.send(MAIL, **LETTER, authority=office_id())
    assert (refused.status_code, "安全验证" in errors(refused)) == (429, True)
    assert LETTER["text"] in refused.text.replace("&#34;", '"').replace("“", "“")
    with writes():
        db.session.query(Authority).filter_by(name="柯城区教育局").update({"email": ""})
    assert "请选择认定机构" in errors(write(visitor, authority=office_id()))
    assert "请选择认定机构" in errors(write(visitor, authority="2147483648"))
    work()
    assert simulator.messages(channel="mail", to="") == []


@pytest.mark.manual("P4")
def test_a_mailbox_gets_only_so_many_copies(visitor: Browser, simulator: RunningSimulator) -> None:
    for _ in range(5):
        assert write(visitor).status_code == 303
    refused = write(visitor)
    assert (refused.status_code, "来信过于频繁" in errors(refused)) == (429, True)
    assert write(visitor, email="other@mail.example").status_code == 303


@pytest.mark.manual("P4")
def test_what_is_known_of_an_applicant_is_filled_in(sign_in: Callable[[str], Browser]) -> None:
    page = sign_in("沈念").open(MAIL)
    assert 'value="沈念"' in page
    assert "330802" not in page.replace("zixun330802", ""), "not the whole number"
