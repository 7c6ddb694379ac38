"""What was verified is what is made, and nobody's tries are spent by somebody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from domain.accounts import passwords
from domain.outside.records.register_records import Holder
from handlers.account.proofs import identity_check
from handlers.entry import rate_limits
from models import db
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
)
from models.persons.accounts import Registration
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.handlers.account.test_contesting import MOBILE, TAKEN, the_person, unregistered
from tests.handlers.account.test_registering import MORE, WHO, begin, carried, code_sent_to, finish
from tests.handlers.account.test_signing import forget
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.test_limits import side_by_side

__all__ = ["unregistered"]
TRUE = {"document_kind": "resident_id", **TAKEN}
WRONG = TRUE | {"name": "郑雨彤"}
OWN = {"document_kind": "resident_id", "document_number": "330802199901010016", "name": WHO["name"]}
OTHER_MOBILE = "13900004321"
PATIENCE = 20  # seconds
COMPLETING = "/profile/particulars?next=/apply/"  # the particulars that a register does not tell
NAME_PAGE = "/account/register/name"


class Waiting:
    """Questions that a slow register keeps waiting, until it is let go."""

    def __init__(self, app: Flask, simulator: RunningSimulator, register: str) -> None:
        self.app, self.simulator, self.register = app, simulator, register
        self.pool = ThreadPoolExecutor(4)
        self.asked: list[Future[TestResponse]] = []
        simulator.behave(register, "slow", PATIENCE)

    def ask(self, address: str, typed: dict[str, str], *, browser: Browser | None = None) -> None:
        """Send a form in a window of its own; it has reached the register when this returns."""
        db.session.rollback()  # the test itself must hold no lock
        before = self.simulator.arrived(self.register)
        self.asked.append(self.pool.submit(self._send, address, browser, typed))
        until = time.monotonic() + PATIENCE
        while self.simulator.arrived(self.register) == before:
            assert time.monotonic() < until, self.asked[-1]
            time.sleep(0.02)

    def answers(self) -> list[TestResponse]:
        """Let the register answer all of them."""
        db.session.rollback()
        self.simulator.behave(self.register, "normal")
        found = [one.result(timeout=PATIENCE) for one in self.asked]
        self.pool.shutdown()
        return found

    def _send(self, address: str, browser: Browser | None, typed: dict[str, str]) -> TestResponse:
        client = browser.client if browser else self.app.test_client()
        with self.app.app_context():
            return client.get(address) if not typed else client.post(address, data=typed)


def registrations() -> int:
    db.session.rollback()
    return db.session.query(Registration).count()


def refused_for_its_name(visitor: Browser, simulator: RunningSimulator, mobile: str = MOBILE) -> str:
    """The token of a registration whose mobile is proved and whose name the register does not know."""
    answer = finish(visitor, begin(visitor, **WRONG, mobile=mobile), code=code_sent_to(simulator, mobile))
    assert answer.status_code == 422
    return carried(answer)


@pytest.mark.found("A1")
def test_what_another_window_typed_meanwhile_is_not_verified(
    app: Flask, visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    token = refused_for_its_name(visitor, simulator)
    waiting = Waiting(app, simulator, "identity")
    waiting.ask(NAME_PAGE, OWN | {"carried": token})
    waiting.ask(NAME_PAGE, WRONG | {"carried": token})
    own, wrong = waiting.answers()
    assert (own.status_code, "另一个窗口" in errors(own)) == (409, True)
    assert f'value="{OWN["name"]}"' in words(own), "nothing typed is lost"
    assert wrong.status_code == 422
    assert the_person() is None
    assert registrations() == 1
    assert db.session.query(Person).filter_by(mobile=MOBILE).count() == 0
    assert visitor.send(NAME_PAGE, carried=token, **OWN).status_code == 303
    made = db.session.query(Person).filter_by(mobile=MOBILE).one()
    assert (made.document_number, made.name, made.verification) == (*list(OWN.values())[1:], "verified")


@pytest.mark.found("A1")
def test_the_same_form_sent_twice_makes_one_account(
    app: Flask, visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    token = refused_for_its_name(visitor, simulator)
    waiting = Waiting(app, simulator, "identity")
    waiting.ask(NAME_PAGE, OWN | {"carried": token})
    waiting.ask(NAME_PAGE, OWN | {"carried": token})
    assert led(waiting) == ["/account/sign-in", COMPLETING]
    assert db.session.query(Person).filter_by(mobile=MOBILE).count() == 1
    assert registrations() == 0


def led(waiting: Waiting) -> list[str]:
    """Where each of the windows was led in the end; none may be told that something is wrong."""
    answers = waiting.answers()
    assert {one.status_code for one in answers} == {303}, [errors(one) for one in answers]
    return sorted(one.location for one in answers)


@pytest.mark.found("A1")
def test_a_double_click_makes_one_account_and_is_told_so(
    app: Flask, visitor: Browser, simulator: RunningSimulator
) -> None:
    first = begin(visitor)
    sent = {**MORE, "carried": carried(first), "code": code_sent_to(simulator, WHO["mobile"])}
    waiting = Waiting(app, simulator, "identity")
    waiting.ask("/account/register/confirm", sent)
    waiting.ask("/account/register/confirm", sent)
    answers = waiting.answers()
    assert {303} <= {one.status_code for one in answers} <= {303, 409}
    assert answers[-1].status_code == 303, "what a browser shows is the answer to the second click"
    made = db.session.query(Person).filter_by(mobile=WHO["mobile"]).one()
    assert passwords.verify_password(made.password_hash, MORE["password"])
    assert registrations() == 0


@pytest.mark.found("A1")
@pytest.mark.parametrize("page", ["/account/register/confirm", NAME_PAGE])
def test_a_page_of_a_registration_that_has_ended_leads_to_signing_in(
    app: Flask, visitor: Browser, simulator: RunningSimulator, page: str
) -> None:
    first = begin(visitor)
    sent = {**MORE, "carried": carried(first), "code": code_sent_to(simulator, WHO["mobile"])}
    assert visitor.send("/account/register/confirm", **sent).location == COMPLETING
    late = app.test_client()  # whose browser has no session yet
    for typed in (sent, sent | WHO, sent | {"resend": "yes"}):
        answer = late.post(page, data=typed)
        assert (answer.status_code, answer.location) == (303, "/account/sign-in")
    assert "账号已经注册好了，请登录。" in words(late.get("/account/sign-in"))
    assert visitor.send(page, **sent).location == "/account/sign-in"
    assert "请登录" not in words(visitor.client.get("/account/sign-in", follow_redirects=True))
    assert db.session.query(Person).filter_by(mobile=WHO["mobile"]).count() == 1


@pytest.mark.found("A1")
def test_windows_that_send_the_second_page_at_once_make_one_account(
    app: Flask, visitor: Browser, simulator: RunningSimulator
) -> None:
    first = begin(visitor)
    sent = {**MORE, "carried": carried(first), "code": code_sent_to(simulator, WHO["mobile"])}

    def send() -> tuple[int, str]:
        answer = app.test_client().post("/account/register/confirm", data=sent)
        said = "这个验证码刚才已经用过" in answer.text
        assert "验证码不正确" not in answer.text
        return answer.status_code, "used" if said else answer.location or ""

    found = side_by_side(app, send)
    assert found.count((303, COMPLETING)) == 1, found
    assert set(found) <= {(303, COMPLETING), (303, "/account/sign-in"), (409, ""), (422, "used")}, found
    assert db.session.query(Person).filter_by(mobile=WHO["mobile"]).count() == 1


@pytest.mark.found("A1", "A2")
def test_a_number_that_strangers_guessed_at_is_registered_by_its_holder(
    app: Flask, visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    token = refused_for_its_name(visitor, simulator)
    for name in ("郑宇桐", "郑语桐"):
        assert visitor.send(NAME_PAGE, carried=token, **WRONG | {"name": name}).status_code == 422
    spent = visitor.send(NAME_PAGE, carried=token, **TRUE)
    assert (spent.status_code, "今天核验的次数已经用完" in errors(spent)) == (429, True)
    assert int(spent.headers["Retry-After"]) > 60

    holder = Browser(client=app.test_client())
    first = begin(holder, **TRUE, mobile=OTHER_MOBILE)
    told = finish(holder, first, code=code_sent_to(simulator, OTHER_MOBILE))
    assert (told.status_code, errors(told)) == (503, "")
    assert "明天会恢复核验" in words(told)
    assert f'value="{TRUE["name"]}"' in told.text
    assert the_person() is None
    assert registrations() == 2, "the mobile stays proved"

    answer = holder.send(NAME_PAGE, carried=carried(told), later="yes", **TRUE)
    assert (answer.status_code, answer.location) == (303, COMPLETING)
    person = the_person()
    assert person is not None
    assert (person.mobile, person.name, person.verification) == (OTHER_MOBILE, TRUE["name"], "unavailable")

    for _ in range(4):
        holder.send("/profile/particulars/verify")
    assert "明天重新核验" in holder.open("/profile/particulars")
    simulator.control(identity_tries=9)  # the register's next day
    holder.send("/profile/particulars/verify")
    person = the_person()
    assert person is not None
    assert person.verification == "verified"


@pytest.mark.found("A2")
def test_the_register_is_asked_before_an_account_goes_without_its_answer(
    visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    token = refused_for_its_name(visitor, simulator)
    answer = visitor.send(NAME_PAGE, carried=token, later="yes", **WRONG)
    assert (answer.status_code, "姓名与证件号码不一致" in errors(answer)) == (422, True)
    assert the_person() is None


@pytest.mark.found("A2")
def test_nobody_asks_the_register_endlessly(
    visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    token = refused_for_its_name(visitor, simulator)
    simulator.control(identity_tries=0)
    answers = [visitor.send(NAME_PAGE, carried=token, **WRONG) for _ in range(identity_check.ASKED.amount)]
    assert [one.status_code for one in answers] == [503] * (identity_check.ASKED.amount - 1) + [429]
    assert "请" in errors(answers[-1])


@pytest.mark.found("A2")
def test_one_address_guesses_at_names_for_an_hour_only_so_often(
    app: Flask, visitor: Browser, unregistered: None, simulator: RunningSimulator
) -> None:
    simulator.control(identity_tries=1000)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        for number in range(identity_check.FROM_ADDRESS.amount):
            holder = Holder(**WRONG)
            assert (
                identity_check.check_identity(holder, rate_limits.TooMany, "mobile", f"{number}")
                == "mismatch"
            )
    first = begin(visitor, **TRUE)
    answer = finish(visitor, first, code=code_sent_to(simulator, MOBILE))
    assert (answer.status_code, "从这个网络核验不一致的次数过多" in errors(answer)) == (429, True)
    visitor.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert visitor.send(NAME_PAGE, carried=carried(answer), **TRUE).status_code == 303


SYNCED: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("identity", "郑雨桐", "/profile/particulars/verify", {"name": "郑雨桐"}),
    ("enrolment", "郑雨桐", "/profile/enrolment/sync", {"chosen": "yes"}),
    ("putonghua", "郑雨桐", "/profile/putonghua/check", {"number": "3324012006671"}),
    ("diploma", "陈子昂", "/profile/schooling/diploma/check", {"number": "103451202505002317"}),
    ("degree", "陈子昂", "/profile/schooling/degree/check", {"number": "1034542025002317"}),
)
CHANGES: dict[str, dict[str, str | None]] = {
    "handed over": {"name": "别人", "mobile": OTHER_MOBILE},
    "number freed": {"document_number": None},
}
RECORDS = (Enrolment, PutonghuaCertificate, ExamCertificate, Diploma, Degree)


def records_of(person_id: int) -> list[int]:
    db.session.rollback()
    return [db.session.query(one).filter_by(person_id=person_id).count() for one in RECORDS]


@pytest.mark.found("A1")
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(("register", "name", "address", "typed"), SYNCED)
def test_an_answer_about_the_former_holder_is_not_kept(
    app: Flask,
    sign_in: Callable[[str], Browser],
    simulator: RunningSimulator,
    register: str,
    name: str,
    address: str,
    typed: dict[str, str],
    change: str,
) -> None:
    holder = sign_in(name)
    with writes():
        person = db.session.get_one(Person, holder.person_id)
        person.verification, person.verified_at = "none", None
    before = records_of(holder.person_id)
    waiting = Waiting(app, simulator, register)
    waiting.ask(address, typed, browser=holder)
    with writes():
        for field, value in CHANGES[change].items():
            setattr(db.session.get_one(Person, holder.person_id), field, value)
    (answer,) = waiting.answers()
    assert answer.status_code in {409, 422}
    assert "有变化" in answer.text
    person = holder.person
    assert (person.verification, person.name) == ("none", CHANGES[change].get("name", name))
    assert records_of(holder.person_id) == before


@pytest.mark.found("A1")
def test_a_reset_begun_by_the_former_holder_changes_nothing_afterwards(
    app: Flask, visitor: Browser, simulator: RunningSimulator
) -> None:
    page = forget(visitor, **TRUE)
    code = code_sent_to(simulator, "13805700126")
    held, passed = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        passed.wait(PATIENCE)

    turns = [passwords._turns.submit(hold) for _ in range(passwords.AT_ONCE)]
    assert held.wait(PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        new = {"password": "Newer-2026", "password_again": "Newer-2026", "code": code}
        answer = pool.submit(_posted, app, visitor, new | {"carried": carried(page)})
        until = time.monotonic() + PATIENCE
        while passwords._turns._work_queue.empty():  # the code is accepted, the password waits for its turn
            assert time.monotonic() < until
            time.sleep(0.02)
        holder = the_person()
        assert holder is not None
        with writes():
            holder.mobile, holder.password_hash = OTHER_MOBILE, "handed over"
        passed.set()
        refused = answer.result(timeout=PATIENCE)
    assert all(one.done() for one in turns)
    assert (refused.status_code, "刚刚有变化" in errors(refused)) == (422, True)
    holder = the_person()
    assert holder is not None
    assert holder.password_hash == "handed over"


def _posted(app: Flask, browser: Browser, typed: dict[str, str]) -> TestResponse:
    with app.app_context():
        return browser.client.post("/account/forgotten/reset", data=typed)
