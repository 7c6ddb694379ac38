"""Tries are counted one by one, whoever tries at the same time, in whatever process."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import repeat
from subprocess import PIPE, Popen
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from limits import parse

from handlers.entry import rate_limits
from models import db
from models.persons.limits import TryCount
from models.persons.people import Person
from settings import Settings
from tests.faults.processes import PATIENCE, surroundings
from tests.faults.warm import ROOT
from workflows import clock
from workflows.clock import wall_time

SEVEN = parse("7 per hour")
THREADS = 20
COUNT_TEN = """
from app import create_app
from handlers.entry import rate_limits
from limits import parse
with create_app().app_context():
    print(sum(rate_limits.count_try(parse("7 per hour"), "from two processes") for _ in range(10)))
"""


def side_by_side(app: Flask, act: Callable[[], Any], times: int = THREADS) -> list[Any]:
    """What comes of doing something in so many threads at the same moment."""
    db.session.rollback()  # the test itself must hold no lock
    ready = Barrier(times)

    def one(_: None) -> Any:
        ready.wait()
        with app.app_context():
            return act()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, repeat(None, times)))


@dataclass(kw_only=True)
class Hands:
    """A clock that the test moves."""

    at: datetime = datetime(2026, 11, 2, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def hands(app: Flask) -> Hands:
    """The clock of the app."""
    made = Hands()
    clock.install(app, made)
    return made


@pytest.mark.found("X9")
def test_of_twenty_at_once_exactly_as_many_pass_as_may(app: Flask) -> None:
    passed = side_by_side(app, lambda: rate_limits.count_try(SEVEN, "somebody"))
    assert Counter(passed) == {True: 7, False: 13}
    assert not rate_limits.has_tries_left(SEVEN, "somebody")
    assert rate_limits.has_tries_left(SEVEN, "somebody else")


@pytest.mark.found("X9")
def test_processes_count_together(app: Flask, settings: Settings) -> None:
    assert settings.limits_url == "database://"
    db.session.rollback()
    command = [sys.executable, "-c", COUNT_TEN]
    both = [
        Popen(command, cwd=ROOT, env=surroundings(settings), stdout=PIPE, encoding="ascii") for _ in range(2)
    ]
    assert sum(int(one.communicate(timeout=3 * PATIENCE)[0]) for one in both) == 7


def test_a_window_begins_with_its_first_try_and_ends(app: Flask, hands: Hands) -> None:
    assert [rate_limits.count_try(SEVEN, "x") for _ in range(8)] == [True] * 7 + [False]
    assert rate_limits.seconds_left(SEVEN, "x") == 3600
    hands.at += timedelta(minutes=59)
    assert (rate_limits.count_try(SEVEN, "x"), rate_limits.seconds_left(SEVEN, "x")) == (False, 60)
    hands.at += timedelta(minutes=1)
    assert rate_limits.has_tries_left(SEVEN, "x")
    assert [rate_limits.count_try(SEVEN, "x") for _ in range(8)] == [True] * 7 + [False]


def test_what_is_given_back_may_be_tried_again(app: Flask, hands: Hands) -> None:
    assert all(rate_limits.count_try(SEVEN, "x") for _ in range(7))
    rate_limits.take_back_try(SEVEN, "x")
    assert [rate_limits.count_try(SEVEN, "x") for _ in range(2)] == [True, False]
    rate_limits.reset_count(SEVEN, "x")
    assert rate_limits.count_try(SEVEN, "x")
    rate_limits.take_back_try(SEVEN, "y")  # nothing is won by giving back what was not taken
    assert [rate_limits.count_try(SEVEN, "y") for _ in range(8)] == [True] * 7 + [False]


def test_windows_that_ended_are_swept_a_few_at_a_time(app: Flask, hands: Hands) -> None:
    for number in range(50):
        rate_limits.count_try(SEVEN, str(number))
    assert db.session.query(TryCount).count() == 50
    hands.at += timedelta(hours=2)
    rate_limits.count_try(SEVEN, "next")
    assert db.session.query(TryCount).count() == 31
    for number in range(2):
        rate_limits.count_try(SEVEN, f"later {number}")
    assert db.session.query(TryCount).count() == 3


def test_sweeping_takes_no_count_that_begins_again(app: Flask, hands: Hands) -> None:
    for number in range(THREADS):
        rate_limits.count_try(SEVEN, str(number))
    hands.at += timedelta(hours=2)
    numbers = iter(range(THREADS))
    side_by_side(app, lambda: rate_limits.count_try(SEVEN, str(next(numbers))))
    assert all(rate_limits.seconds_left(SEVEN, str(number)) == 3600 for number in range(THREADS))


def test_the_table_names_nobody(app: Flask) -> None:
    rate_limits.count_try(SEVEN, "13805700126")
    kept = db.session.query(TryCount).one()
    assert len(kept.key_hash) == 64
    assert "13805700126" not in kept.key_hash
    assert kept.expires_at > wall_time()


def test_counting_throws_nothing_away(app: Flask) -> None:
    person = Person(kind="staff", login="a", name="a", password_hash="-", created_at=wall_time())
    db.session.add(person)
    with pytest.raises(RuntimeError, match="before anything is written"):
        rate_limits.count_try(SEVEN, "x")
    db.session.expunge(person)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 秒"), (99, "99 秒"), (100, "2 分钟"), (899, "15 分钟"), (5999, "100 分钟"), (6001, "2 小时")],
)
def test_a_wait_is_told_as_people_say_it(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context():
        assert rate_limits.waiting_time(seconds) == words


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one household's
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
    ],
)
def test_who_asks_is_the_subscriber(app: Flask, first: str, second: str, same: bool) -> None:
    told = []
    for address in (first, second):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            told.append(rate_limits.client_address())
    assert (told[0] == told[1]) is same
