"""Whether an account exists is told by no word and by no work: statements and hashes are the same."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from models import db
from models.persons.people import Person
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.account.test_registering import carried, work
from tests.handlers.account.test_signing import FORGOTTEN
from tests.handlers.account.test_tries import at
from tests.handlers.conftest import writes

KNOWN = FORGOTTEN
STRANGERS = (
    {**FORGOTTEN, "name": "郑雨彤"},
    {**FORGOTTEN, "document_number": "330802199901010016"},
)
NEW = {"code": "000000", "password": "Newer-2026", "password_again": "Newer-2026"}


@dataclass(kw_only=True)
class Work:
    """What a request made the app do."""

    statements: list[str] = field(default_factory=list)
    hashes: int = 0


@contextmanager
def observed() -> Iterator[Work]:
    """Listen to the database's statements, and to the turns of argon2, which works in threads of its own."""
    done = Work()

    def statement(*given: Any) -> None:
        done.statements.append(given[2])

    def call(frame: FrameType, what: str, _: Any) -> None:
        if what == "call" and frame.f_code.co_name == "_run_in_turn":
            done.hashes += 1

    event.listen(db.engine, "before_cursor_execute", statement)
    before = sys.getprofile()
    sys.setprofile(call)
    try:
        yield done
    finally:
        sys.setprofile(before)
        event.remove(db.engine, "before_cursor_execute", statement)


def posted(app: Flask, address: str, path: str, **form: str) -> tuple[TestResponse, Work]:
    """The answer to a form from a browser of its own, and the work behind it."""
    browser = at(app, address)
    with observed() as done:
        answer = browser.client.post(path, data=form)
    return answer, done


def without_drawn(answer: TestResponse) -> str:
    """A page without what is drawn for each one: tokens, and the puzzle with the work beside it."""
    page = re.sub(
        r'(name="(carried|csrf_token|puzzle_name|challenge_ticket)") value="[^"]*"', r"\1", answer.text
    )
    return re.sub(r"/puzzle/[^/]+/|<altcha-widget[^>]*>", "", page)


def seen(answer: TestResponse) -> tuple[Any, ...]:
    """All that an answer tells, without what is drawn for each one."""
    page = re.sub(
        r'(name="(carried|csrf_token|puzzle_name|challenge_ticket)") value="[^"]*"',
        r"\1",
        answer.get_data(as_text=True),
    )
    page = re.sub(r'value="(33[^"]*|[^"]*郑[^"]*)"', "", page)
    page = re.sub(r'(go/|go%2F|go%252F)[0-9a-f]{32}|data:image/svg[^"]*', "", page)
    kept = [one.partition("=")[0] for one in answer.headers.getlist("Set-Cookie")]
    drawn = {"Content-Length"} if 'class="qr"' in page else set()  # the code's squares are of its own address
    left = {"Set-Cookie", "Date", *drawn}
    headers = {name: value for name, value in answer.headers.items() if name not in left}
    return answer.status_code, headers, kept, page


def warmed(app: Flask) -> None:
    """The site's own window has begun, and statements are compiled."""
    nobody = {**KNOWN, "document_number": "330802200001010016"}
    for address in ("198.51.100.1", "198.51.100.2"):
        browser, way = at(app, address), "sms"
        assert browser.send("/account/forgotten", **nobody).status_code == 303
        assert browser.send("/account/forgotten/ways", way=way).status_code == 303
        posted(app, "198.51.100.1", "/account/sign-in", login="somebody", password="x")


def walked(app: Flask, address: str, way: str, **form: str) -> list[tuple[TestResponse, Work]]:
    """The way to a new password in a browser of its own: who it is, the way, and the page it leads to."""
    browser, found = at(app, address), []
    for path, sent in (("/account/forgotten", form), ("/account/forgotten/ways", {"way": way})):
        with observed() as done:
            answer = browser.client.post(path, data=sent)
        found.append((answer, done))
    with observed() as done:
        page = browser.client.get(answer.location)
    assert page.status_code == 200
    return [*found, (page, done)]


@pytest.mark.found("X10")
@pytest.mark.manual("A3")
@pytest.mark.parametrize("way", ["sms", "mail", "wechat"])
@pytest.mark.parametrize("stranger", STRANGERS)
def test_asking_for_a_reset_is_the_same_work(
    app: Flask, sample_world: None, simulator: RunningSimulator, stranger: dict[str, str], way: str
) -> None:
    warmed(app)
    known, unknown = walked(app, "192.0.2.1", way, **KNOWN), walked(app, "192.0.2.2", way, **stranger)
    for (its_answer, its_work), (their_answer, their_work) in zip(known, unknown, strict=True):
        # where both name one document, the second question does not begin its window
        assert without_sweep(its_work.statements) == without_sweep(their_work.statements)
        assert its_work.hashes == their_work.hashes == 0
        assert seen(its_answer) == seen(their_answer)
    assert len(known[1][1].statements) > 10
    work()
    sent = [message["recipient"] for message in simulator.messages()]
    assert sent == {"sms": ["13805700126"], "mail": ["zhengyutong@mail.example"], "wechat": []}[way]
    assert {job.state for job in db.session.query(Job)} <= {"done"}


@pytest.mark.manual("A3")
def test_an_account_without_mail_and_wechat_is_told_apart_by_nothing(
    app: Flask, sample_world: None, simulator: RunningSimulator
) -> None:
    warmed(app)
    with writes():
        db.session.query(Person).filter_by(document_number=KNOWN["document_number"]).one().email = None
    for number, way in enumerate(("mail", "wechat")):
        without = walked(app, f"192.0.2.{number}", way, **KNOWN)
        nobody = walked(app, f"192.0.3.{number}", way, **STRANGERS[1])
        for (its_answer, its_work), (their_answer, their_work) in zip(without, nobody, strict=True):
            assert without_sweep(its_work.statements) == without_sweep(their_work.statements)
            assert seen(its_answer) == seen(their_answer)
    work()
    assert simulator.messages(channel="mail") == []


@pytest.mark.found("X10")
@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_wrong_code_is_the_same_work(
    app: Flask, sample_world: None, simulator: RunningSimulator, stranger: dict[str, str]
) -> None:
    found = []
    for address, form in (("192.0.2.1", KNOWN), ("192.0.2.2", stranger)):
        page = carried(walked(app, address, "sms", **form)[2][0])
        posted(app, address, "/account/forgotten/reset", carried=page, **NEW)
        found.append(posted(app, address, "/account/forgotten/reset", carried=page, **NEW))
    (known, its_work), (unknown, their_work) = found
    assert its_work == their_work
    assert its_work.hashes == 0
    assert seen(known) == seen(unknown)


@pytest.mark.found("X10")
def test_a_wrong_password_is_the_same_work(app: Flask, sample_world: None) -> None:
    warmed(app)
    known, its_work = posted(app, "192.0.2.1", "/account/sign-in", login="wangmin", password="wrong")
    unknown, their_work = posted(app, "192.0.2.2", "/account/sign-in", login="wangmim", password="wrong")
    assert its_work == their_work
    assert its_work.hashes == 1
    assert without_drawn(known).replace("wangmin", "wangmim") == without_drawn(unknown)


@pytest.mark.found("X10")
def test_registering_tells_no_stranger_whether_a_number_has_an_account(
    app: Flask, sample_world: None, simulator: RunningSimulator
) -> None:
    taken = {**KNOWN, "mobile": "13900001234"}
    free = {**STRANGERS[1], "mobile": "13900005678"}
    warmed(app)
    work, pages = [], []
    for address, form in (("192.0.2.1", taken), ("192.0.2.2", free)):
        browser = at(app, address)
        with observed() as done:
            browser.client.post("/account/register", data=form)
            answer = browser.client.post("/account/register/mobile", data={"mobile": form["mobile"]})
        assert (answer.status_code, answer.location) == (303, "/account/register/confirm")
        work.append(done)
        pages.append(browser.client.get(answer.location))
    assert work[0] == work[1]
    assert [page.get_data(as_text=True).count("已经注册") for page in pages] == [0, 0]
    wrong = [
        at(app, "192.0.2.3").send("/account/register/confirm", carried=carried(page), **NEW) for page in pages
    ]
    assert [answer.status_code for answer in wrong] == [422, 422]


def without_sweep(statements: list[str]) -> list[str]:
    """The statements, less what a beginning window takes away."""
    return [text for text in statements if not text.startswith("DELETE FROM try_count")]
