"""Codes by SMS: five tries, one right one, and nobody spends what another has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from domain.accounts import one_time_codes
from models import db
from models.persons.people import Code, KnownDevice, Person
from models.processes.instances import Job
from simulator.running import RunningSimulator
from tests.handlers.account.test_challenges import solved
from tests.handlers.account.test_registering import (
    MORE,
    WHO,
    begin,
    carried,
    code_sent_to,
    find,
    finish,
    work,
)
from tests.handlers.account.test_signing import CREDENTIALS, forget
from tests.handlers.account.test_tries import at, guess_at
from tests.handlers.conftest import Browser, errors, words, writes
from tests.handlers.test_limits import Hands, hands, side_by_side
from workflows.clock import wall_time

__all__ = ["hands"]
ZHENGS = "13805700126"
NEW = {"password": "Newer-2026", "password_again": "Newer-2026"}


def other_than(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 10**6:06}"


def issued() -> int:
    """A code on its way to a number."""
    with writes():
        return one_time_codes.issue_code("13900001234", "register")


@pytest.mark.found("X9")
def test_of_fifteen_guesses_at_once_five_are_judged(app: Flask) -> None:
    code_id = issued()

    def wrong() -> bool:
        with writes():
            return one_time_codes.accept_code(code_id, "13900001234", "register", "wrong")

    assert side_by_side(app, wrong, times=15) == [False] * 15
    assert db.session.get_one(Code, code_id).attempts == 5


@pytest.mark.found("T2")
@pytest.mark.parametrize(("seconds", "taken"), [(299, True), (301, False)])
def test_a_code_is_taken_for_five_minutes(app: Flask, hands: Hands, seconds: int, taken: bool) -> None:
    code_id = issued()
    seed = str(db.session.query(Job).filter_by(operation="codes.deliver").one().parameters["seed"])
    db.session.rollback()
    hands.at += timedelta(seconds=seconds)
    with writes():
        assert (
            one_time_codes.accept_code(
                code_id, "13900001234", "register", one_time_codes._derive_digits(seed)
            )
            is taken
        )


@pytest.mark.found("X9")
def test_of_seven_right_codes_at_once_one_is_taken(
    visitor: Browser, app: Flask, simulator: RunningSimulator
) -> None:
    first = carried(begin(visitor))
    sent = {**MORE, "carried": first, "code": code_sent_to(simulator, "13900001234")}

    def confirm() -> int:
        return app.test_client().post("/account/register/confirm", data=sent).status_code

    assert Counter(side_by_side(app, confirm, times=7)) == {303: 1, 422: 6}


@pytest.mark.found("X9")
def test_one_right_code_resets_a_password_once(
    visitor: Browser, app: Flask, simulator: RunningSimulator
) -> None:
    first = carried(forget(visitor))
    sent = {**NEW, "carried": first, "code": code_sent_to(simulator, ZHENGS)}

    def reset() -> int:
        return app.test_client().post("/account/forgotten/reset", data=sent).status_code

    found = Counter(side_by_side(app, reset, times=7))
    assert (found[303], set(found) <= {303, 422, 410}) == (1, True), "410: the reset has ended meanwhile"


@pytest.mark.found("X9")
def test_a_strangers_guesses_spend_no_code_of_the_owner(
    visitor: Browser, app: Flask, simulator: RunningSimulator
) -> None:
    own = forget(visitor)
    code = code_sent_to(simulator, ZHENGS)
    stranger = at(app, "192.0.2.9")
    theirs = carried(forget(stranger))
    for _ in range(6):
        answer = stranger.send("/account/forgotten/reset", carried=theirs, code=other_than(code), **NEW)
        assert answer.status_code == 422
    assert stranger.send("/account/forgotten/reset", carried=theirs, code=code, **NEW).status_code == 422, (
        "a code belongs to the page that asked for it"
    )
    assert visitor.send("/account/forgotten/reset", carried=carried(own), code=code, **NEW).status_code == 303


@pytest.mark.found("X9")
def test_a_stranger_uses_up_no_number_of_another(
    visitor: Browser, app: Flask, simulator: RunningSimulator, hands: Hands
) -> None:
    hands.at = datetime.now(UTC)
    stranger = at(app, "192.0.2.9")
    for _ in range(5):
        assert begin(stranger).status_code == 200
        hands.at += timedelta(minutes=1)
    asked = begin(stranger)
    assert (asked.status_code, "安全验证" in errors(asked)) == (429, True)
    owner = begin(visitor)
    assert begin(visitor, altcha=solved(owner)).status_code == 200


def test_one_address_has_an_end_at_one_number(
    visitor: Browser, simulator: RunningSimulator, hands: Hands
) -> None:
    hands.at = datetime.now(UTC)  # by which the library judges whether a solution has ended
    answer = begin(visitor)
    for _ in range(14):
        hands.at += timedelta(seconds=50)
        answer = begin(visitor)
        answer = begin(visitor, altcha=solved(answer)) if answer.status_code == 429 else answer
        assert answer.status_code == 200
    hands.at += timedelta(seconds=50)
    answer = begin(visitor, altcha=solved(begin(visitor)))
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 600) == (429, True)
    assert "验证码发送过于频繁" in errors(answer)


@pytest.mark.found("A2")
def test_wrong_codes_spend_no_identity_check(
    visitor: Browser, simulator: RunningSimulator, hands: Hands
) -> None:
    first = begin(visitor)
    code = code_sent_to(simulator, "13900001234")
    for _ in range(4):
        assert finish(visitor, first, code=other_than(code)).status_code == 422
    assert finish(visitor, first, code=code).status_code == 303
    person = find()
    assert person is not None
    assert person.verification == "verified"


@pytest.mark.found("A2")
def test_identity_checks_belong_to_the_number_that_was_proved(
    app: Flask, visitor: Browser, simulator: RunningSimulator
) -> None:
    stranger = at(app, "192.0.2.9")
    for _ in range(3):
        first = begin(stranger)
        wrong = other_than(code_sent_to(simulator, "13900001234"))
        assert finish(stranger, first, code=wrong).status_code == 422
        stranger = at(app, f"192.0.2.{10 + db.session.query(Code).count()}")
    first = begin(visitor, mobile="13900005678")
    assert finish(visitor, first, code=code_sent_to(simulator, "13900005678")).status_code == 303
    person = find()
    assert person is not None
    assert person.verification == "verified"


@pytest.mark.found("X9")
def test_of_twenty_checks_at_once_three_are_made(
    app: Flask, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    shen = sign_in("沈念")
    simulator.control(identity_tries=99)
    with writes():
        shen.person.name = "沈念念"
    cookie = shen.client.get_cookie("zige_sign_in")
    assert cookie is not None

    def verify() -> int:
        client = app.test_client()
        client.set_cookie("zige_sign_in", cookie.value)
        return client.post("/profile/particulars/verify").status_code

    side_by_side(app, verify)
    assert len(simulator.answered("identity/check")) == 3


def test_a_reset_makes_the_device_known(app: Flask, visitor: Browser, simulator: RunningSimulator) -> None:
    first = carried(forget(visitor))
    sent = {**NEW, "carried": first, "code": code_sent_to(simulator, ZHENGS)}
    guess_at(app, CREDENTIALS["login"], "127.0.0.1")
    assert visitor.send("/account/forgotten/reset", **sent).status_code == 303
    assert visitor.send("/account/sign-in", **{**CREDENTIALS, **NEW}).status_code == 303


@pytest.mark.found("T2")
def test_a_reset_ends_every_session_and_forgets_other_devices(
    app: Flask, visitor: Browser, sign_in: Callable[[str], Browser], simulator: RunningSimulator
) -> None:
    thief = sign_in("郑雨桐")
    with writes():
        known = {
            "token_hash": "0" * 64,
            "proved_at": wall_time(),
            "expires_at": wall_time() + timedelta(days=9),
        }
        db.session.add(KnownDevice(person_id=thief.person_id, **known))
    first = carried(forget(visitor))
    sent = {**NEW, "carried": first, "code": code_sent_to(simulator, ZHENGS)}
    assert visitor.send("/account/forgotten/reset", **sent).status_code == 303
    assert thief.client.get("/apply/").status_code == 302
    assert db.session.query(KnownDevice).filter_by(token_hash="0" * 64).count() == 0


@pytest.mark.found("T2")
def test_a_disabled_person_gets_no_code(visitor: Browser, simulator: RunningSimulator) -> None:
    with writes():
        db.session.query(Person).filter_by(login=CREDENTIALS["login"]).one().disabled_at = wall_time()
    assert forget(visitor).status_code == 200
    work()
    assert simulator.messages(channel="sms", to=ZHENGS) == []


@pytest.mark.found("X10")
def test_no_row_holds_a_code_in_clear(visitor: Browser, simulator: RunningSimulator) -> None:
    begin(visitor)
    code = code_sent_to(simulator, "13900001234")
    job = db.session.query(Job).filter_by(operation="codes.deliver").one()
    assert code not in f"{job.parameters} {job.key}"
    assert db.session.query(Code).one().code_hash != code


def test_codes_that_are_long_over_are_swept(visitor: Browser, hands: Hands) -> None:
    begin(visitor)
    hands.at += timedelta(days=2)
    begin(visitor)
    assert db.session.query(Code).count() == 1


def test_a_code_is_for_its_number_and_purpose(app: Flask) -> None:
    code_id = issued()
    row = db.session.get_one(Code, code_id)
    assert (row.mobile, row.attempts) == ("13900001234", 0)
    for mobile, purpose in (("13900001235", "register"), ("13900001234", "forgotten"), ("", "register")):
        assert not one_time_codes.accept_code(code_id, mobile, purpose, "000000")
    db.session.commit()
    assert db.session.get_one(Code, code_id).attempts == 0


@pytest.mark.found("X9")
def test_who_is_signed_in_has_a_share_of_their_own(
    sign_in: Callable[[str], Browser], simulator: RunningSimulator, hands: Hands
) -> None:
    zheng = sign_in("郑雨桐")
    form = {"mobile": "13900001111", "current_password": CREDENTIALS["password"]}
    for _ in range(5):
        assert zheng.send("/profile/mobile", **form).status_code == 200
        hands.at += timedelta(seconds=50)
    answer = zheng.send("/profile/mobile", **form)
    assert (answer.status_code, 'value="13900001111"' in words(answer)) == (429, True)
    work()
    assert len(simulator.messages(channel="sms", to="13900001111")) == 5
    assert db.session.query(Person).filter_by(mobile="13900001111").count() == 0
    assert WHO["mobile"] not in words(answer)


def test_every_page_that_waits_for_a_code_says_where_the_sample_sms_is_read(
    visitor: Browser, sample_world: None
) -> None:
    assert "模拟收件箱" in forget(visitor).text
    assert "模拟收件箱" in begin(visitor).text
