"""Passwords: parameters chosen on purpose, older hashes renewed, first come, first served."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select, update

from domain.accounts import passwords
from domain.sample.people import PASSWORD
from models import db
from models.persons.people import Person
from tests.handlers.conftest import Browser, words, writes

OLD = PasswordHasher(time_cost=3, memory_cost=8 * 1024, parallelism=4)


@pytest.mark.found("P7")
def test_hashes_have_owasps_parameters() -> None:
    found = extract_parameters(passwords.hash_password("correct horse"))
    assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19_456, 2, 1)


@pytest.mark.found("P7")
def test_a_hash_of_older_parameters_is_renewed_at_the_next_sign_in(visitor: Browser) -> None:
    with writes():
        db.session.execute(
            update(Person).where(Person.login == "wangmin").values(password_hash=OLD.hash(PASSWORD))
        )
    wrong = visitor.send("/account/sign-in", login="wangmin", password="not this one")
    assert wrong.status_code == 422
    assert passwords.is_outdated(_hash())
    assert visitor.send("/account/sign-in", login="wangmin", password=PASSWORD).status_code == 303
    assert not passwords.is_outdated(_hash())
    assert passwords.verify_password(_hash(), PASSWORD)


@pytest.mark.found("P7")
def test_whoever_comes_first_is_served_first() -> None:
    served: list[int] = []
    at_once: list[int] = []
    release = threading.Event()
    waiting = [passwords._turns.submit(release.wait) for _ in range(passwords.AT_ONCE)]

    def work(number: int) -> Callable[[], None]:
        def serve() -> None:
            at_once.append(sum(one.name.startswith("argon2") for one in threading.enumerate()))
            served.append(number)

        return serve

    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=passwords._run_in_turn, args=(work(number),)))
        threads[-1].start()
        before = time.monotonic()
        while passwords._turns._work_queue.qsize() <= number and time.monotonic() - before < 10:
            time.sleep(0.001)
    release.set()
    for thread in [*threads]:
        thread.join()
    assert [one.result() for one in waiting] == [True] * passwords.AT_ONCE
    assert sorted(served) == list(range(12))
    assert all(abs(place - number) < passwords.AT_ONCE for place, number in enumerate(served))
    assert max(at_once) == passwords.AT_ONCE


@pytest.mark.found("P7")
def test_whoever_waits_too_long_can_send_the_same_again(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "PATIENCE", 0.05)
    release = threading.Event()
    waiting = [passwords._turns.submit(release.wait) for _ in range(passwords.AT_ONCE)]
    answer = visitor.send("/account/sign-in", login="wangmin", password=PASSWORD, next="/work/?view=mine")
    release.set()
    assert [one.result() for one in waiting] == [True] * passwords.AT_ONCE
    page = words(answer)
    assert answer.status_code == 503
    assert "同时登录的人太多" in page
    assert '<input type="hidden" name="login" value="wangmin">' in page
    assert '<input type="hidden" name="next" value="/work/?view=mine">' in page
    assert 'name="password" type="password"' in page
    assert PASSWORD not in page


def _hash() -> str:
    db.session.rollback()
    return str(db.session.scalar(select(Person.password_hash).where(Person.login == "wangmin")))
