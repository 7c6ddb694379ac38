"""A register that says no makes no account, and a number that is taken can be contested."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from domain.accounts import account_requests, email_proofs
from domain.diagrams.folders import read_folder
from domain.diagrams.lint_environment import build_environment
from domain.sample.people import PASSWORD
from handlers.commands.people import new_token
from handlers.entry import rate_limits
from handlers.entry.access import hash_token
from models import db
from models.cases.notices import AuditEntry
from models.persons.accounts import AccountRequest, EmailProof, Registration
from models.persons.people import Person, SignIn
from models.processes.instances import WorkItem
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import begin, carried, code_sent_to, finish, work
from tests.handlers.account.test_signing import forget
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.pagecheck import list_told_errors
from tests.handlers.profile.making import an_application
from tests.handlers.test_limits import side_by_side
from workflows import engine
from workflows.background.worker import Worker
from workflows.clock import wall_time

DIAGRAM = Path(__file__).parents[3] / "workflows/library/account_request/account_request.bpmn"
MOBILE = "13900001234"
TAKEN = {"document_number": "330802200403120023", "name": "郑雨桐"}
STATEMENT = "我从未注册过，证件是我的"


def photographed(size: tuple[int, int] = (640, 420)) -> tuple[io.BytesIO, str]:
    """A photograph as a phone sends it."""
    target = io.BytesIO()
    Image.new("RGB", size, "white").save(target, "JPEG")
    return io.BytesIO(target.getvalue()), "证件.jpg"


@pytest.fixture
def process(app: Flask, sample_world: None) -> None:
    """The process of a request is in use."""
    with writes():
        engine.deploy_files(read_folder(DIAGRAM.parent), by=None, environment=build_environment())


@pytest.fixture
def unregistered(sample_world: None) -> None:
    """The register knows 郑雨桐 under the number, and no account is under it."""
    with writes():
        holder = account_requests.find_holder("resident_id", TAKEN["document_number"])
        assert holder is not None
        holder.login, holder.document_number = "closed:1", None


def the_person() -> Person | None:
    db.session.rollback()
    return account_requests.find_holder("resident_id", TAKEN["document_number"])


def refused_as_taken(visitor: Browser, simulator: RunningSimulator) -> TestResponse:
    """Somebody with a mobile of their own tries to register 郑雨桐's number."""
    first = begin(visitor, **TAKEN)
    return finish(visitor, first, code=code_sent_to(simulator, MOBILE))


def contest(visitor: Browser, **other: object) -> TestResponse:
    token = carried(visitor.client.get("/account/contest"))
    sent = {"carried": token, "statement": STATEMENT, "picture": photographed(), **other}
    return visitor.send("/account/contest", **sent)


def the_request() -> AccountRequest:
    db.session.rollback()
    return db.session.query(AccountRequest).one()


def asks(app: Flask, person_id: int) -> Callable[[str], TestResponse]:
    """What somebody asks the API with a token."""
    with writes():
        token = new_token(db.session.get_one(Person, person_id), days=1)

    def ask(path: str) -> TestResponse:
        return app.test_client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})

    return ask


def decide(clerk: Browser, **answers: str) -> TestResponse:
    """The clerk claims the task and answers it."""
    item = db.session.query(WorkItem).filter_by(instance_id=the_request().instance_id).one().id
    db.session.rollback()
    clerk.client.post(f"/work/tasks/{item}/claim")
    assert STATEMENT in clerk.open(f"/work/tasks/{item}")
    return clerk.client.post(f"/work/tasks/{item}", data=answers | {"act": "submit"})


@pytest.mark.found("A1")
def test_a_wrong_name_makes_no_account_and_is_corrected_on_the_spot(
    visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    wrong = TAKEN | {"name": "郑雨彤"}
    answer = finish(visitor, begin(visitor, **wrong), code=code_sent_to(simulator, MOBILE))
    assert answer.status_code == 422
    assert "姓名与证件号码不一致" in errors(answer)
    assert the_person() is None
    assert 'value="郑雨彤"' in words(answer)
    assert 'value="郑雨彤"' in visitor.open("/account/register/name"), "the page can be loaded again"
    typed = {"document_kind": "resident_id", **TAKEN}
    again = visitor.send("/account/register/name", carried=carried(answer), **typed)
    assert (again.status_code, again.location) == (303, "/profile/particulars?next=/apply/")
    person = the_person()
    assert person is not None
    assert (person.mobile, person.verification) == (MOBILE, "verified")
    assert len(simulator.messages(channel="sms", to=MOBILE)) == 1, "the mobile number stays proved"
    assert db.session.query(Registration).count() == 0
    visitor.send("/account/sign-out")
    credentials = {"login": TAKEN["document_number"], "password": "Kejin-2026"}
    assert visitor.send("/account/sign-in", **credentials).status_code == 303


@pytest.mark.found("A1")
def test_a_document_that_the_register_does_not_know_makes_no_account(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    unknown = {"document_kind": "hkm_pass", "document_number": "H12345678", "name": "CHAN TAI MAN"}
    first = begin(visitor, **unknown)
    answer = finish(visitor, first, code=code_sent_to(simulator, MOBILE))
    assert (answer.status_code, "实名核验没有通过" in errors(answer)) == (422, True)
    assert account_requests.find_holder("hkm_pass", "H12345678") is None


@pytest.mark.found("A1")
def test_trying_on_and_on_makes_no_account_either(
    visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    typed = {"document_kind": "resident_id", **TAKEN}
    wrong = typed | {"name": "郑雨彤"}
    answer = finish(visitor, begin(visitor, **wrong), code=code_sent_to(simulator, MOBILE))
    for name in ("郑宇桐", "郑语桐", "郑雨童"):
        answer = visitor.send("/account/register/name", carried=carried(answer), **typed | {"name": name})
    assert answer.status_code == 429
    assert "今天核验的次数已经用完" in errors(answer)
    assert the_person() is None


@pytest.mark.found("A1")
def test_one_mobile_does_not_spend_the_tries_of_another(
    visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    simulator.behave("identity", "down")  # so that only our own count is at stake
    typed = {"document_kind": "resident_id", **TAKEN}
    with visitor.client.application.app_context():
        for _ in range(5):
            rate_limits.count_try(rate_limits.IDENTITY_CHECKS, "identity", "mobile", "13900009999")
    answer = finish(visitor, begin(visitor, **typed), code=code_sent_to(simulator, MOBILE))
    assert answer.status_code == 303
    person = the_person()
    assert person is not None
    assert person.verification == "unavailable", "a silent register lets one in, and business waits for it"


@pytest.mark.found("A1")
def test_correcting_needs_a_proved_mobile(visitor: Browser, simulator: RunningSimulator) -> None:
    token = carried(begin(visitor))
    answer = visitor.client.post("/account/register/name", data={"carried": token, "name": "林小雨"})
    assert (answer.status_code, db.session.query(AccountRequest).count()) == (410, 0)
    assert visitor.client.post("/account/contest", data={"carried": token}).status_code in (410, 422)


@pytest.mark.found("A1")
def test_a_taken_number_is_contested_and_freed(
    visitor: Browser,
    process: None,
    sign_in: Callable[[str], Browser],
    simulator: RunningSimulator,
    app: Flask,
) -> None:
    holder, clerk = sign_in("郑雨桐"), sign_in("曹静")
    page = words(refused_as_taken(visitor, simulator))
    assert "已经注册" in page
    assert 'href="/account/contest"' in page
    answer = contest(visitor)
    assert answer.status_code == 303
    request = the_request()
    assert answer.location == f"/account/requests/{request.code}"
    assert "等待核对" in visitor.open(answer.location)
    grouped = f"{request.code[:8].lower()} {request.code[8:]}"  # as it is shown, and as people type it
    db.session.rollback()
    asked = visitor.send("/account/requests", code=grouped, mobile=MOBILE)
    assert asked.location == answer.location
    work()
    assert request.code in simulator.messages(channel="sms", to=MOBILE)[0]["text"]
    assert "提出申诉" in simulator.messages(channel="sms", to="13805700126")[0]["text"]

    item = db.session.query(WorkItem).one().id
    assert "核对账号申请" in clerk.open("/work/")
    picture = clerk.client.get(f"/work/tasks/{item}/document")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    assert holder.client.get(f"/apply/files/{request.file_id}").status_code == 404
    clerk.client.post(f"/work/tasks/{item}/claim")
    task = clerk.open(f"/work/tasks/{item}")
    assert ('id="typed-form"' in task, 'form="typed-form"' in task) == (True, True)  # 释放 sends this form
    assert decide(clerk, accepted="true").status_code == 302

    assert the_request().outcome == "closed"
    assert db.session.query(SignIn).filter_by(person_id=holder.person_id, revoked_at=None).count() == 0
    assert holder.client.get("/apply/").status_code == 302
    signed = visitor.send("/account/sign-in", login=TAKEN["document_number"], password=PASSWORD)
    assert signed.status_code == 422
    assert "申诉已通过" in visitor.open(answer.location)
    Worker(app=app).run_once()
    assert "重新注册" in simulator.messages(channel="sms", to=MOBILE)[0]["text"]
    assert "已经停用" in simulator.messages(channel="sms", to="13805700126")[0]["text"]
    actions = {one.action for one in db.session.query(AuditEntry).filter_by(person_id=holder.person_id)}
    assert actions >= {"account_request.opened", "account_request.closed", "account_request.document_viewed"}
    assert account_requests.find_holder("resident_id", TAKEN["document_number"]) is None


@pytest.mark.found("X4")
def test_a_request_is_told_to_account_clerks_alone_and_each_look_leaves_a_row(
    app: Flask,
    visitor: Browser,
    process: None,
    sign_in: Callable[[str], Browser],
    simulator: RunningSimulator,
) -> None:
    refused_as_taken(visitor, simulator)
    contest(visitor)
    request = the_request()
    holder, instance = request.person_id, request.instance_id
    item = db.session.query(WorkItem).filter_by(instance_id=instance).one().id
    for name, seen in (("杜工", False), ("系统管理员", False), ("曹静", True)):
        somebody = sign_in(name)
        asked = asks(app, somebody.person_id)
        for path in (f"tasks/{item}", f"instances/{instance}", f"instances/{instance}/events"):
            assert asked(path).status_code == (200 if seen else 404), (name, path)
        assert [one["id"] for one in asked("tasks").json["tasks"]] == ([item] if seen else [])
        assert somebody.client.get(f"/work/tasks/{item}").status_code == (200 if seen else 404)
        rows = db.session.query(AuditEntry).filter_by(actor_id=somebody.person_id, person_id=holder).all()
        assert {row.action for row in rows} == ({"account_request.viewed"} if seen else set())
        assert len(rows) == (2 if seen else 0), "the API's look and the page's"


@pytest.mark.corrupts
@pytest.mark.found("A1")
def test_an_account_with_applications_is_handed_over(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    holder = sign_in("郑雨桐")
    an_application(holder.person_id, number="2604003157")
    refused_as_taken(visitor, simulator)
    contest(visitor)
    decide(sign_in("曹静"), accepted="true")
    assert the_request().outcome == "handed_over"
    person = holder.person
    assert (person.mobile, person.email, person.disabled_at) == (MOBILE, None, None)
    assert holder.client.get("/apply/").status_code == 302
    forget(visitor, **TAKEN)
    assert "验证码" in simulator.messages(channel="sms", to=MOBILE)[0]["text"]


@pytest.mark.found("A1", "T2")
def test_contesting_needs_a_proved_mobile(
    visitor: Browser, process: None, simulator: RunningSimulator
) -> None:
    first = begin(visitor, **TAKEN)
    sent = {"carried": carried(first), "statement": STATEMENT, "picture": photographed()}
    answer = visitor.send("/account/contest", **sent)
    assert (answer.status_code, db.session.query(AccountRequest).count()) == (410, 0)


@pytest.mark.corrupts
@pytest.mark.found("A1", "T2")
def test_an_account_with_a_draft_alone_is_closed(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    holder = sign_in("郑雨桐")
    an_application(holder.person_id, number=None)
    refused_as_taken(visitor, simulator)
    contest(visitor)
    decide(sign_in("曹静"), accepted="true")
    assert the_request().outcome == "closed"


@pytest.mark.corrupts
@pytest.mark.found("A1", "T2")
def test_what_was_proved_of_the_holder_is_not_the_requesters(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    holder = sign_in("郑雨桐")
    an_application(holder.person_id, number="2604003157")
    with writes():
        email_proofs.propose_address(holder.person, "thief@mail.example", wall_time())
    other = {"document_number": TAKEN["document_number"], "name": "郑雨彤"}
    first = begin(visitor, **other)
    finish(visitor, first, code=code_sent_to(simulator, MOBILE))
    contest(visitor)
    decide(sign_in("曹静"), accepted="true")
    person = holder.person
    assert (person.name, person.verification, person.verified_at) == ("郑雨彤", "none", None)
    assert db.session.query(EmailProof).filter_by(person_id=person.id).count() == 0


@pytest.mark.found("A1")
def test_a_refused_request_leaves_the_account_and_says_why(
    visitor: Browser, process: None, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    holder, clerk = sign_in("郑雨桐"), sign_in("曹静")
    refused_as_taken(visitor, simulator)
    address = contest(visitor).location
    assert "请填写不予通过的理由" in errors(decide(clerk, accepted="false"))
    assert decide(clerk, accepted="false", answer="照片不是该证件").status_code == 302
    assert "照片不是该证件" in visitor.open(address)
    work()
    assert "申诉未通过，您的账号照常使用" in simulator.messages(channel="sms", to="13805700126")[0]["text"]
    assert "照片不是该证件" in simulator.messages(channel="sms", to=MOBILE)[0]["text"]
    assert holder.client.get("/apply/").status_code == 200
    assert holder.person.document_number == TAKEN["document_number"]


@pytest.mark.found("A1")
def test_a_request_needs_a_picture_that_opens_and_a_sentence(
    visitor: Browser, process: None, simulator: RunningSimulator
) -> None:
    refused_as_taken(visitor, simulator)
    answer = contest(visitor, statement="", picture=(io.BytesIO(), ""))
    assert (answer.status_code, errors(answer).count("请")) == (422, 2)
    for content in (b"no picture", photographed()[0].getvalue()[:400]):
        answer = contest(visitor, picture=(io.BytesIO(content), "证件.jpg"))
        assert answer.status_code == 422
        assert STATEMENT in words(answer)
    assert "看不清内容" in errors(contest(visitor, picture=photographed((90, 60))))
    assert db.session.query(AccountRequest).count() == 0


@pytest.mark.found("A1")
def test_a_stranger_learns_nothing_before_a_mobile_is_proved(
    visitor: Browser, simulator: RunningSimulator
) -> None:
    known, unknown = begin(visitor, **TAKEN, mobile="13900001235"), begin(visitor)
    assert blind(words(known)) == blind(words(unknown))
    assert visitor.client.get("/account/contest").location == "/account/register/confirm"
    assert visitor.client.get("/account/requests/ABCDEFGH").location == "/account/requests?code=ABCDEFGH"
    assert "没有这个查询码" in errors(visitor.send("/account/requests", code="ABCDEFGH", mobile=MOBILE))


def test_whoever_asks_without_a_code_is_told_to_type_it(visitor: Browser) -> None:
    assert not list_told_errors(visitor.client.get("/account/requests").text)
    answer = visitor.send("/account/requests", code=" ", mobile="")
    assert (answer.status_code, list_told_errors(answer.text)) == (422, ["请填写查询码", "请填写手机号"])


def test_errors_of_a_claim_are_told_in_the_order_of_the_page(
    visitor: Browser, process: None, simulator: RunningSimulator
) -> None:
    refused_as_taken(visitor, simulator)
    answer = contest(visitor, statement="", picture=(io.BytesIO(b""), ""))
    assert list_told_errors(answer.text) == ["请选择证件照片", "请填写申诉说明"]
    drawn = [
        answer.text.index(part)
        for part in (">证件照片</label>", 'id="picture-error"', 'id="statement-error"')
    ]
    assert drawn == sorted(drawn)


def blind(page: str) -> str:
    """A page without what differs each time."""
    return re.sub(r'value="[^"]*"|139\*+\d+', "", page)


@pytest.mark.found("A1")
def test_the_same_mobile_asks_once_at_a_time(
    visitor: Browser, process: None, simulator: RunningSimulator
) -> None:
    refused_as_taken(visitor, simulator)
    contest(visitor)
    proved("again")
    answer = visitor.send("/account/contest", carried="again", statement=STATEMENT, picture=photographed())
    assert (answer.status_code, "正在核对" in errors(answer)) == (409, True)


def proved(*tokens: str) -> None:
    """Registrations of 郑雨桐's number whose mobile is proved, each in a window of its own."""
    known = {"document_kind": "resident_id", **TAKEN, "mobile": MOBILE}
    at = wall_time()
    with writes():
        for token in tokens:
            ends = {"expires_at": at.replace(year=2099), "proved_at": at}
            db.session.add(Registration(token_hash=hash_token(token), code_id=1, **ends, **known))


@pytest.mark.found("A1", "X9")
@pytest.mark.parametrize("windows", [1, 20])
def test_of_twenty_requests_at_once_one_is_opened(app: Flask, process: None, windows: int) -> None:
    tokens = [f"window {number}" for number in range(windows)]
    proved(*tokens)
    left = cycle(tokens)

    def ask() -> int:
        sent = {"carried": next(left), "statement": STATEMENT, "picture": photographed()}
        answer = app.test_client().post("/account/contest", data=sent, content_type="multipart/form-data")
        return answer.status_code

    found = Counter(side_by_side(app, ask))
    assert (found[303], set(found) - {303} <= {409}) == (1, True), found
    assert the_request().outcome is None
