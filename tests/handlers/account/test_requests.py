"""What only a clerk can do about an account: a lost mobile number, particulars to be corrected."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.accounts import account_requests
from models import db
from models.cases.notices import AuditEntry
from models.persons.accounts import AccountRequest, BegunRequest
from models.persons.people import Person
from models.processes.instances import WorkItem
from simulator.running import RunningSimulator
from tests.handlers.account.test_contesting import photographed, process, the_request
from tests.handlers.account.test_registering import carried, code_sent_to, work
from tests.handlers.account.test_signing import FORGOTTEN, ZHENG, forget
from tests.handlers.account.test_tries import at
from tests.handlers.conftest import Browser, errors, words
from tests.handlers.pagecheck import list_told_errors

__all__ = ["process"]
NEW_MOBILE, OLD_MOBILE = "13900007777", "13805700126"
WHY = "原来的手机丢了，号码已经注销"
PICTURE = "/account/requests/mobile/picture"


def begin(browser: Browser, **other: str) -> TestResponse:
    """Who it is, and the number of today."""
    return browser.send("/account/requests/mobile", **{**FORGOTTEN, "mobile": NEW_MOBILE, **other})


def prove(browser: Browser, simulator: RunningSimulator) -> None:
    code = code_sent_to(simulator, NEW_MOBILE)
    answer = browser.send("/account/requests/mobile/code", code=code)
    assert answer.location == PICTURE


def ask(browser: Browser, simulator: RunningSimulator, **other: str) -> TestResponse:
    """The whole request."""
    assert begin(browser, **other).location == "/account/requests/mobile/code"
    prove(browser, simulator)
    return browser.send(PICTURE, statement=WHY, picture_file=photographed())


def decide(clerk: Browser, **answers: str) -> TestResponse:
    """The clerk claims the task and answers it."""
    item = db.session.query(WorkItem).filter_by(instance_id=the_request().instance_id).one().id
    db.session.rollback()
    clerk.client.post(f"/work/tasks/{item}/claim")
    return clerk.client.post(f"/work/tasks/{item}", data=answers | {"act": "submit"})


def zheng() -> Person:
    db.session.rollback()
    return db.session.query(Person).filter_by(login=ZHENG).one()


@pytest.mark.manual("A6")
def test_a_lost_mobile_is_replaced_by_a_clerk_and_a_reset_works_with_it(
    app: Flask,
    visitor: Browser,
    process: None,
    sign_in: Callable[[str], Browser],
    simulator: RunningSimulator,
) -> None:
    answer = ask(visitor, simulator)
    request = the_request()
    assert answer.location == f"/account/requests/{request.code}"
    standing = visitor.open(answer.location)
    assert all(part in standing for part in ("更换手机号", "等待核对", request.code[:4]))
    work()
    assert request.code in simulator.messages(channel="sms", to=NEW_MOBILE)[0]["text"]
    for channel, to in (("sms", OLD_MOBILE), ("mail", "zhengyutong@mail.example")):
        assert "有人申请更换您的账号" in simulator.messages(channel=channel, to=to)[0]["text"]

    clerk = sign_in("曹静")
    listed = clerk.open("/work/account-requests")
    assert "更换手机号" in listed
    assert "郑雨桐" not in listed, "who looks at the task is recorded, so the list names nobody"
    item = db.session.query(WorkItem).one().id
    db.session.rollback()
    page = clerk.open(f"/work/tasks/{item}")
    assert all(part in page for part in ("现在的账号", NEW_MOBILE, OLD_MOBILE, WHY, "不同"))
    assert clerk.client.get(f"/work/tasks/{item}/document").mimetype == "image/jpeg"
    assert decide(clerk, accepted="true").status_code == 302

    assert zheng().mobile == NEW_MOBILE
    assert "手机号已更换" in visitor.open(answer.location)
    assert "更换手机号" in clerk.open("/work/account-requests?view=ended")
    assert "更换手机号" not in clerk.open("/work/account-requests").partition("<tbody>")[2]
    work()
    assert "已更换手机号" in simulator.messages(channel="sms", to=OLD_MOBILE)[0]["text"]
    assert "可以用短信重置" in simulator.messages(channel="sms", to=NEW_MOBILE)[0]["text"]
    actions = [one.action for one in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    db.session.rollback()
    assert actions[0] == "account_request.opened"
    assert {"account_request.viewed", "account_request.document_viewed"} <= set(actions)
    assert "account_request.mobile_changed" in actions
    first = carried(forget(at(app, "192.0.2.9")))
    new = {"password": "Newer-2026", "password_again": "Newer-2026"}
    code = code_sent_to(simulator, NEW_MOBILE)
    assert (
        at(app, "192.0.2.9").send("/account/forgotten/reset", carried=first, code=code, **new).status_code
        == 303
    )


@pytest.mark.manual("A6")
def test_a_refused_request_leaves_the_number_and_says_why(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    address, clerk = ask(visitor, simulator).location, sign_in("曹静")
    assert "请填写不予通过的理由" in errors(decide(clerk, accepted="false"))
    assert decide(clerk, accepted="false", answer="照片看不清").status_code == 302
    assert zheng().mobile == OLD_MOBILE
    assert "照片看不清" in visitor.open(address)
    work()
    assert "照片看不清" in simulator.messages(channel="sms", to=NEW_MOBILE)[0]["text"]
    assert "照常使用" in simulator.messages(channel="sms", to=OLD_MOBILE)[0]["text"]


@pytest.mark.manual("A6")
def test_nobody_is_told_whether_there_is_an_account_but_the_clerk(
    app: Flask,
    visitor: Browser,
    process: None,
    sign_in: Callable[[str], Browser],
    simulator: RunningSimulator,
) -> None:
    address = ask(visitor, simulator, document_number="330802199901010016").location
    assert "等待核对" in visitor.open(address)
    request = the_request()
    assert request.person_id is None
    clerk = sign_in("曹静")
    item = db.session.query(WorkItem).one().id
    db.session.rollback()
    assert "没有账号使用这个证件号码" in clerk.open(f"/work/tasks/{item}")
    assert "没有账号使用这个证件号码" in errors(decide(clerk, accepted="true"))
    assert decide(clerk, accepted="false", answer="没有这个账号").status_code == 302
    assert the_request().outcome == "refused"


@pytest.mark.manual("A6")
def test_a_request_is_found_again_by_its_number_and_the_mobile(
    app: Flask, visitor: Browser, process: None, simulator: RunningSimulator
) -> None:
    address = ask(visitor, simulator).location
    code = the_request().code
    db.session.rollback()
    elsewhere = at(app, "192.0.2.9")
    led = elsewhere.client.get(address).location
    assert led == f"/account/requests?code={code}", "the number alone shows nothing"
    assert code in elsewhere.open(led)
    wrong = elsewhere.send("/account/requests", code=code, mobile=OLD_MOBILE)
    unknown = elsewhere.send("/account/requests", code="ABCDEFGH", mobile=OLD_MOBILE)
    assert (wrong.status_code, errors(wrong)) == (unknown.status_code, errors(unknown))
    assert elsewhere.send("/account/requests", code=code, mobile=NEW_MOBILE).location == address
    assert "等待核对" in elsewhere.open(address)


@pytest.mark.manual("A6")
def test_each_page_tells_everything_at_once_and_keeps_the_picture(
    visitor: Browser, process: None, simulator: RunningSimulator
) -> None:
    assert len(list_told_errors(visitor.send("/account/requests/mobile").text)) == 4
    for path in ("code", "picture"):
        assert visitor.client.get(f"/account/requests/mobile/{path}").location == "/account/requests/mobile"
    begin(visitor)
    assert 'value="13900007777"' in visitor.open("/account/requests/mobile"), "back loses nothing"
    assert visitor.client.get(PICTURE).location == "/account/requests/mobile/code"
    assert visitor.send(PICTURE, statement=WHY, picture_file=photographed()).status_code == 303
    assert "验证码不正确" in errors(visitor.send("/account/requests/mobile/code", code="000000"))
    prove(visitor, simulator)
    empty = visitor.send(PICTURE, statement="")
    assert list_told_errors(empty.text) == ["请选择证件照片", "请填写说明"]
    broken = visitor.send(PICTURE, statement=WHY, picture_file=(io.BytesIO(b"no picture"), "a.jpg"))
    assert (broken.status_code, WHY in words(broken)) == (422, True)
    half = visitor.send(PICTURE, statement="", picture_file=photographed())
    assert list_told_errors(half.text) == ["请填写说明"]
    kept = re.search(r'name="picture" value="([^"]+)"', words(half))
    assert kept is not None
    assert "照片已收到" in half.text
    assert visitor.send(PICTURE, statement=WHY, picture=kept[1]).status_code == 303
    assert db.session.query(BegunRequest).count() == 0
    db.session.rollback()
    assert visitor.send(PICTURE, statement=WHY, picture=kept[1]).location == "/account/requests/mobile"
    assert db.session.query(AccountRequest).count() == 1


@pytest.mark.manual("A6")
def test_particulars_are_corrected_by_a_clerk(
    process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    own, clerk = sign_in("郑雨桐"), sign_in("曹静")
    path = "/profile/particulars/correction"
    assert "/profile/particulars/correction" in own.open("/profile/particulars")
    page = own.open(path)
    assert 'value="郑雨桐"' in page
    same = {"name": "郑雨桐", "ethnicity": own.person.ethnicity or "01"}
    db.session.rollback()
    nothing = own.send(path, **same, statement="改名", picture_file=photographed())
    assert "没有需要更正的" in errors(nothing)
    assert "照片已收到" in nothing.text
    asked = own.send(path, **same | {"name": "郑雨彤"}, statement="改名", picture_file=photographed())
    request = the_request()
    assert (asked.location, request.wanted) == (f"/account/requests/{request.code}", {"name": "郑雨彤"})
    assert zheng().name == "郑雨桐"
    db.session.rollback()
    item = db.session.query(WorkItem).one().id
    db.session.rollback()
    assert "郑雨彤" in clerk.open(f"/work/tasks/{item}")
    assert decide(clerk, accepted="true").status_code == 302
    assert (zheng().name, zheng().verification) == ("郑雨彤", "none")
    assert "身份信息已更正" in own.open(asked.location)
    work()
    assert "已更正" in simulator.messages(channel="mail")[0]["text"]


@pytest.mark.manual("A6")
def test_requests_are_for_account_clerks(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    ask(visitor, simulator)
    for name, status in (("曹静", 200), ("王敏", 403), ("郑雨桐", 403)):
        assert sign_in(name).client.get("/work/account-requests").status_code == status
    assert "/work/account-requests" in sign_in("曹静").open("/work/")
    assert sign_in("曹静").client.get("/work/account-requests?sort=no&before=x&view=?").status_code == 200


def test_a_mobile_request_in_an_older_diagram_hands_nothing_over(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    """The service task that such a diagram would reach."""
    ask(visitor, simulator)
    request = the_request()
    with pytest.raises(account_requests.DiagramOutdated):
        account_requests.grant_request(None, request.id)  # type: ignore[arg-type]
    db.session.rollback()
    assert zheng().password_hash != account_requests.NO_PASSWORD
