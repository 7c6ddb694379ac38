"""留言 sent at one moment from several windows: each form is written once, and a thread ends once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from models import db
from models.cases.threads import Thread, ThreadMessage
from tests.handlers.casework.conftest import SignedIn, World
from tests.handlers.casework.test_journey import registered
from tests.handlers.casework.test_messages import address, case, counted, lone, reply, the_thread, write
from workflows.background.worker import Worker

__all__ = ["case", "lone", "registered"]
WINDOWS = 4


def together(*acts: Callable[[], int]) -> list[int]:
    """Do several things at the same moment; their answers."""
    ready = Barrier(len(acts))

    def act(one: Callable[[], int]) -> int:
        ready.wait()
        return one()

    db.session.remove()
    with ThreadPoolExecutor(len(acts)) as windows:
        return list(windows.map(act, acts))


def test_one_form_in_many_windows_is_one_thread(app: Flask, case: World, signed_in: SignedIn) -> None:
    windows = [signed_in("clerk") for _ in range(WINDOWS)]
    answers = together(*(lambda one=one: write(one, case).status_code for one in windows))
    assert answers == [302] * WINDOWS
    assert (counted(Thread), counted(ThreadMessage)) == (1, 1)


def test_one_answer_in_many_windows_is_one_message(app: Flask, case: World, signed_in: SignedIn) -> None:
    write(signed_in("clerk"), case)
    thread = the_thread().id
    windows = [signed_in("applicant") for _ in range(WINDOWS)]
    there = f"/apply/applications/{case.application}/messages/{thread}"
    sent = {"transaction": "one", "text": "曾用名。"}
    answers = together(*(lambda one=one: one.post(there, data=sent).status_code for one in windows))
    assert answers == [303] * WINDOWS
    assert counted(ThreadMessage) == 2


def test_answered_closed_and_withdrawn_at_one_moment(app: Flask, case: World, signed_in: SignedIn) -> None:
    write(signed_in("clerk"), case)
    there = address(case, f"/messages/{the_thread().id}/close")
    answering = f"/apply/applications/{case.application}/messages/{the_thread().id}"
    withdrawing = f"/apply/applications/{case.application}/withdraw"
    applicant, other, colleague = signed_in("applicant"), signed_in("applicant"), signed_in("clerk2")
    answers = together(
        lambda: applicant.post(answering, data={"text": "曾用名。"}).status_code,
        lambda: colleague.post(there, data={"reason": "已说清"}).status_code,
        lambda: other.post(withdrawing, data={"reason": ""}).status_code,
    )
    assert set(answers) <= {302, 303, 409}, answers
    assert answers[2] == 303
    db.session.rollback()
    Worker(app=app).run_once()
    assert the_thread().outcome == "closed"


def test_read_in_many_windows_at_one_moment(app: Flask, case: World, signed_in: SignedIn) -> None:
    write(signed_in("clerk"), case)
    there = f"/apply/applications/{case.application}/messages"
    windows = [signed_in("applicant") for _ in range(WINDOWS)]
    assert together(*(lambda one=one: one.get(there).status_code for one in windows)) == [200] * WINDOWS
    assert reply(signed_in("applicant"), case).status_code == 303
