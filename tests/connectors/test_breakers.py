"""A service that gives no answer is left alone, one question is let through later, and its answer decides."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest

from connectors.breakers import Breaker
from connectors.errors import MalformedAnswer, NoAnswer, Pending, RateLimited, Rejected, Resting, Unavailable
from connectors.exchange import Envelope, ServiceClient
from tests.connectors.calls import Canned, canned_answers

RIGHT = {"request_id": "1", "queried_at": "2026-11-30T01:00:00+00:00", "code": "OK"}


@pytest.fixture
def canned() -> Iterator[Canned]:
    """The service."""
    with canned_answers() as server:
        yield server


def ask(canned: Canned, breaker: Breaker | None) -> str:
    """One question."""
    client = ServiceClient(canned.url, "key", 5.0, breaker=breaker)
    return client.ask("/ask", {}, "1", Envelope)[0].code


def fail(canned: Canned, breaker: Breaker | None, times: int) -> None:
    """Questions to a service that is out of order."""
    canned.say({"code": "UNAVAILABLE"}, 503)
    for _ in range(times):
        with pytest.raises(NoAnswer):
            ask(canned, breaker)


def test_after_failures_in_a_row_nothing_is_asked(canned: Canned, caplog: pytest.LogCaptureFixture) -> None:
    breaker = Breaker("exams", failures=3, rest=60)
    fail(canned, breaker, 3)
    canned.say(RIGHT)
    with pytest.raises(Resting) as refused:
        ask(canned, breaker)
    assert canned.times == 3
    assert refused.value.evidence is None
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 60
    assert "exams: no answer 3 times in a row, rests" in caplog.text


def test_an_answer_between_failures_begins_the_count_anew(canned: Canned) -> None:
    breaker = Breaker("exams", failures=3, rest=60)
    for _ in range(3):
        fail(canned, breaker, 2)
        canned.say(RIGHT)
        assert ask(canned, breaker) == "OK"


@pytest.mark.parametrize(
    ("status", "failure"),
    [(200, MalformedAnswer), (202, Pending), (401, Unavailable), (422, Rejected), (429, RateLimited)],
)
def test_what_comes_at_once_rests_nothing(canned: Canned, status: int, failure: type[Exception]) -> None:
    breaker = Breaker("exams", failures=2, rest=60)
    canned.say(RIGHT | {"code": "PENDING" if status == 202 else 7}, status)
    for _ in range(5):
        with pytest.raises(failure):
            ask(canned, breaker)
    assert canned.times == 5


def test_one_question_after_the_rest_decides(canned: Canned, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    breaker = Breaker("exams", failures=2, rest=0.05)
    fail(canned, breaker, 2)
    _ask_until_let_through(canned, breaker)
    with pytest.raises(Resting):  # the first after the rest had no answer either: it rests again
        ask(canned, breaker)
    canned.say(RIGHT)
    assert _ask_until_let_through(canned, breaker) == "OK"
    assert ask(canned, breaker) == "OK"
    assert "exams: answers again" in caplog.text


def _ask_until_let_through(canned: Canned, breaker: Breaker) -> str:
    while True:
        threading.Event().wait(0.01)
        try:
            return ask(canned, breaker)
        except Resting:
            continue
        except NoAnswer:
            return ""


def test_while_one_tries_the_others_are_refused() -> None:
    breaker = Breaker("exams", failures=1, rest=0.01)
    with pytest.raises(NoAnswer), breaker.guard():
        raise NoAnswer("late")
    threading.Event().wait(0.1)
    with breaker.guard(), pytest.raises(Resting), breaker.guard():
        pytest.fail("two at once")
    with breaker.guard():
        pass


def test_without_a_breaker_every_question_is_asked(canned: Canned) -> None:
    fail(canned, None, 7)
    assert canned.times == 7
