"""Past what is free, work or a wait comes first; each is good once."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import timedelta
from html import unescape

import altcha
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.handlers.account.test_registering import WHO, send_first_pages
from tests.handlers.conftest import Browser, errors, words
from tests.handlers.test_limits import Hands, hands, side_by_side

__all__ = ["hands"]
REGISTER = "/account/register/mobile"


def field(answer: TestResponse, name: str) -> str:
    """The value of a hidden input of a page."""
    found = re.search(rf'name="{name}" value="([^"]+)"', words(answer))
    assert found is not None
    return found[1]


def solved(answer: TestResponse) -> str:
    """What a browser sends once it has done the work that a page asks for."""
    found = re.search(r'<altcha-widget[^>]* challenge="([^"]+)"', words(answer))
    assert found is not None
    challenge = altcha.Challenge.from_dict(json.loads(unescape(found[1])))
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge=challenge, solution=solution).to_base64()


def ask(visitor: Browser, number: int, **more: str) -> TestResponse:
    """Ask for a code to one of many numbers."""
    return send_first_pages(visitor, **{**WHO, "mobile": f"1390000{number:04}", **more})


def asked_for_work(visitor: Browser) -> TestResponse:
    """The page once an address has had what is free."""
    for number in range(10):
        assert ask(visitor, number).status_code == 303
    return ask(visitor, 10)


@pytest.mark.found("X9", "X8")
def test_mass_sms_needs_work(visitor: Browser) -> None:
    asked = asked_for_work(visitor)
    assert (asked.status_code, asked.headers["Retry-After"]) == (429, "60")
    assert "需要先完成安全验证" in errors(asked)
    assert 'href="#challenge"' in words(asked)
    assert "林小雨" in words(asked)
    assert "13900000010" in words(asked)
    assert ask(visitor, 10, altcha=solved(asked)).status_code == 303
    assert ask(visitor, 11).status_code == 429


@pytest.mark.found("X8")
def test_a_solution_is_good_once(app: Flask, visitor: Browser) -> None:
    solution = solved(asked_for_work(visitor))
    numbers = iter(range(10, 30))

    def replay() -> int:
        client = app.test_client()
        client.post("/account/register", data=WHO)
        form = {"mobile": f"1390000{next(numbers):04}", "altcha": solution}
        return client.post(REGISTER, data=form).status_code

    assert Counter(side_by_side(app, replay)) == {303: 1, 429: 19}


@pytest.mark.found("X8")
def test_what_is_no_solution_opens_nothing(visitor: Browser) -> None:
    asked = asked_for_work(visitor)
    payload = altcha.Payload.from_base64(solved(asked))
    payload.solution.counter += 1
    payload.solution.derived_key = "00" * 32
    own = altcha.create_challenge("PBKDF2/SHA-256", 1, hmac_secret="a secret of the attacker")
    found = altcha.solve_challenge(own)
    assert found is not None
    forged = altcha.Payload(challenge=own, solution=found).to_base64()
    for sent in (payload.to_base64(), forged, "", "e30=", "[]", "x" * 5000, "WzFd", "bnVsbA=="):
        assert ask(visitor, 10, altcha=sent).status_code == 429


@pytest.mark.found("X8")
def test_a_solution_ends(visitor: Browser, hands: Hands) -> None:
    # the library reads the wall's time itself, so the challenge is made by a clock that is late
    hands.at -= timedelta(days=365)
    asked = asked_for_work(visitor)
    assert ask(visitor, 10, altcha=solved(asked)).status_code == 429


@pytest.mark.found("X8")
def test_without_script_a_minute_is_enough_but_no_sooner(visitor: Browser, hands: Hands) -> None:
    ticket = field(asked_for_work(visitor), "challenge_ticket")
    hands.at += timedelta(seconds=59)
    assert ask(visitor, 10, challenge_ticket=ticket).status_code == 429
    hands.at += timedelta(seconds=1)
    assert ask(visitor, 10, challenge_ticket=ticket).status_code == 303
    hands.at += timedelta(seconds=60)
    assert ask(visitor, 11, challenge_ticket=ticket).status_code == 429, "a ticket is good once"


@pytest.mark.found("X8")
def test_waiting_lets_one_through_a_minute_however_many_tickets(visitor: Browser, hands: Hands) -> None:
    tickets = [field(asked_for_work(visitor), "challenge_ticket")]
    tickets += [field(ask(visitor, 10), "challenge_ticket") for _ in range(4)]
    hands.at += timedelta(seconds=61)
    let_through = [ask(visitor, 10 + n, challenge_ticket=one).status_code for n, one in enumerate(tickets)]
    assert Counter(let_through) == {303: 1, 429: 4}


def test_who_has_not_asked_much_sees_no_challenge(visitor: Browser) -> None:
    visitor.send("/account/register", **WHO)
    assert 'id="challenge"' not in visitor.open(REGISTER)
    assert ask(visitor, 1).status_code == 303
    assert "altcha" not in visitor.open("/account/register/confirm")
