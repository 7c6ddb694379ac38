"""What the process of a thread calls, and how other processes ask an applicant and wait for the answer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from domain.messages import offices, threads
from domain.messages.threads import CaseOver, NewMessage, NewThread
from models import db
from models.base import business_keys
from models.cases.applications import Application
from models.cases.states import OVER_STANDINGS, ThreadOutcome
from models.cases.threads import Thread
from models.processes.instances import ProcessInstance
from models.processes.states import InstanceState
from translations import lazy_gettext
from workflows import engine
from workflows.addressees import Addressee
from workflows.background import jobs
from workflows.definitions import contents
from workflows.operations import OperationCall, OperationPending, OperationRefused
from workflows.state_changes import StateChange

REPORT = "thread.report"  # for a process that waits for the end of its thread
CASE_ENDED = lazy_gettext("申请已经办结")


def notify_applicant(call: OperationCall, thread: int) -> None:
    """Tell the applicant that there is something to read, and to answer."""
    found = db.session.get_one(Thread, thread)
    offices.notify_applicant(found, "message_to_answer" if found.reply_wanted else "message", call.now)


def remind_applicant(call: OperationCall, thread: int) -> None:
    """Remind the applicant of an answer that is still wanted."""
    offices.notify_applicant(db.session.get_one(Thread, thread), "message_reminder", call.now)


def end_thread(call: OperationCall, thread: int, outcome: str) -> None:
    """Keep how a thread ended; whoever waits for it hears of it."""
    found = db.session.get_one(Thread, thread)
    _store_outcome(found, ThreadOutcome(outcome), call)
    if outcome == "unanswered":
        offices.notify_applicant(found, "message_unanswered", call.now)
        if found.opened_by is not None:  # a process hears of it by its message
            offices.notify_sender(found, "reply_missing", call.now)
    elif outcome == "answered" and not found.messages[-1].by_applicant:  # the office had the last word
        offices.notify_applicant(found, "message", call.now)


def ask_applicant(call: OperationCall, application: int, title: str, text: str, days: int) -> int:
    """Open a thread in the name of the authority; the process then waits to be told its end."""
    authority = db.session.get_one(Application, application).authority_id
    matter = NewThread(
        application=application,
        office=f"authority:{authority}",
        title=title,
        reply_until=threads.reply_limit(call.now, days),
        asked_by=call.instance_id,
    )
    before = db.session.query(Thread.id).filter_by(asked_by=call.instance_id).count()
    letter = NewMessage(key=f"instance:{call.instance_id}:{before + 1}", author=None, text=text)
    try:
        thread = threads.open_thread(matter, letter, call.now)
    except CaseOver:
        raise OperationRefused("case_over") from None
    # One instance does not start another in the middle of its own step.
    jobs.enqueue_job("threads.begin", {"thread": thread.id}, key=f"thread.begin:{thread.id}")
    return thread.id


def start_queued_process(call: OperationCall, parameters: dict[str, Any], _answer: None) -> None:
    """Start the course of a thread that a process has opened."""
    thread = threads.lock_thread(parameters["thread"])
    if thread.instance_id is None and thread.outcome is None:
        threads.start_process(thread)


def report_outcome(call: OperationCall, parameters: dict[str, Any], _answer: None) -> None:
    """Hand the outcome to the process that asked, once it waits for it."""
    thread = db.session.get_one(Thread, parameters["thread"])
    if engine.is_awaited(thread.asked_by, REPORT, str(thread.id)):
        payload = {"thread": thread.id, "outcome": thread.outcome}
        engine.perform_act(thread.asked_by, REPORT, payload, key=str(thread.id), actor=None)
    elif db.session.get_one(ProcessInstance, thread.asked_by).state == InstanceState.ACTIVE:
        raise OperationPending  # somebody else has the token; what was answered must not be lost meanwhile


def close_thread_of_ended_case(call: OperationCall, parameters: dict[str, Any], _answer: None) -> None:
    """End a thread whose application has ended."""
    thread = threads.lock_thread(parameters["thread"])
    if thread.outcome is not None:
        return
    if thread.instance_id is None:  # its course has not begun, and will not
        thread.closing_reason = str(CASE_ENDED)
        _store_outcome(thread, ThreadOutcome.CLOSED, call)
    else:
        threads.close_thread(thread.id, str(CASE_ENDED), actor=None)


def close_open_threads(change: StateChange) -> None:
    """An application that ends takes its open threads along."""
    number = business_keys.read_key(business_keys.CASE, change.business_key)
    found = contents.find_contents(*change.release).find_state(change.new) if number is not None else None
    if found is None or found[0].counts_as not in OVER_STANDINGS:
        return
    still_open = select(Thread.id).where(Thread.application_id == number, Thread.outcome.is_(None))
    for thread in db.session.scalars(still_open.order_by(Thread.id)).all():
        jobs.enqueue_job("threads.close", {"thread": thread}, key=f"thread.close:{thread}")


def find_addressee(business_key: str | None, role: str) -> Addressee | None:
    """An answer is for the office that asked: whoever wrote may be away when it comes."""
    number = business_keys.read_key(business_keys.THREAD, business_key)
    if number is None or role != "sender":
        return None
    return Addressee(place=db.session.get_one(Thread, number).office)


def _store_outcome(thread: Thread, outcome: ThreadOutcome, call: OperationCall) -> None:
    thread.outcome, thread.ended_at = outcome, call.now
    if thread.asked_by is not None:
        jobs.enqueue_job("threads.report", {"thread": thread.id}, key=f"thread.report:{thread.id}")
