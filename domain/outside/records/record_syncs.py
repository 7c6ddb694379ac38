"""Exam certificates, those of normal students and teacher certificates come by jobs: one for each register.

They are asked for when the person signs in, when an application is begun and before its second step, and by
hand. The row of a register and a person says where the asking stands, and keeps it from being asked twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connectors import registers as asking
from domain import outside
from domain.outside import exchanges
from domain.outside.records import register_records
from domain.outside.records.register_records import Holder
from models import db
from models.base.errors import NotFound
from models.cases.register_syncs import RegisterSync, SyncProblem, SyncState, select_syncs
from models.persons.people import Person
from workflows.background import jobs
from workflows.clock import now
from workflows.operations import OperationCall

OPERATION = "records.sync"
FRESH = timedelta(minutes=10)  # in which nobody is asked again by itself
JUST_NOW = timedelta(seconds=30)  # in which a second press of the button asks nothing
# After a question without an answer; then the person, or the next sign-in, asks again.
PAUSES = tuple(timedelta(seconds=one) for one in (15, 60, 300, 900, 3600))
LONGEST_WISH = timedelta(hours=6)  # that a register may have us wait


@dataclass(frozen=True, kw_only=True)
class SyncedRegister:
    """A register whose records of a person come by themselves."""

    name: str  # under which its answers are kept
    ask: Callable[[outside.Registers], Callable[..., asking.RegisterReply[Any]]]
    keep: Callable[[int, Iterable[Any]], None]


EXAMS = ("national_exam", "normal_student")  # the routes whose certificates come this way
CERTIFICATES = "certificate_history"
REGISTERS = {
    "national_exam": SyncedRegister(
        name="exams",
        ask=lambda clients: clients.exams.ask,
        keep=lambda person, records: register_records.keep_exams(person, "national_exam", records),
    ),
    "normal_student": SyncedRegister(
        name="normal_students",
        ask=lambda clients: clients.normal_students.ask,
        keep=lambda person, records: register_records.keep_exams(person, "normal_student", records),
    ),
    CERTIFICATES: SyncedRegister(
        name=CERTIFICATES,
        ask=lambda clients: clients.certificate_history.ask,
        keep=register_records.keep_told_certificates,
    ),
}


@dataclass(frozen=True, kw_only=True)
class RegisterAnswer:
    """What came of one question: records, or why there are none."""

    holder: Holder
    records: tuple[Any, ...] = ()
    differs: tuple[str, ...] = ()
    problem: SyncProblem = SyncProblem.NONE
    wish: timedelta = timedelta()  # that the register wants to be left alone for
    key: str = ""  # the request id that it was asked under


def request_when_due(person_id: int) -> bool:
    """Have every register asked that has not answered lately; answers whether any is. The caller commits."""
    return _request(person_id, tuple(REGISTERS), FRESH)


def request_by_hand(person_id: int, registers: Iterable[str]) -> bool:
    """Have some registers asked now, as the person wishes; answers whether that begins or hastens one."""
    return _request(person_id, tuple(registers), JUST_NOW, hasten=True)


def list_syncs(person_id: int) -> dict[str, RegisterSync]:
    """How the asking of each register stands; one that was never asked has no entry."""
    return {one.register: one for one in db.session.scalars(select_syncs(person_id))}


def _request(person_id: int, registers: tuple[str, ...], fresh: timedelta, *, hasten: bool = False) -> bool:
    at = now()
    due = partial(_is_due, at=at, fresh=fresh, hasten=hasten)
    known = list_syncs(person_id)
    if not any(due(known.get(name)) for name in registers):
        return False
    # Two windows may ask in the same moment: the second one waits here, and sees what the first has begun.
    person = db.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    if person.document_number is None:
        return False
    known = {one.register: one for one in _read_anew(person_id)}
    wanted = [name for name in registers if due(known.get(name))]
    for name in wanted:
        _begin_asking(person_id, name, known.get(name), at)
    return bool(wanted)


def _read_anew(person_id: int) -> Iterable[RegisterSync]:
    return db.session.scalars(select_syncs(person_id).execution_options(populate_existing=True)).all()


def _is_due(sync: RegisterSync | None, *, at: datetime, fresh: timedelta, hasten: bool) -> bool:
    if sync is None or sync.state == SyncState.FAILED:
        return True
    if sync.state == SyncState.ASKING:
        return hasten and sync.next_at is not None and sync.next_at > at
    return sync.answered_at is None or at - sync.answered_at >= fresh


def _begin_asking(person_id: int, register: str, sync: RegisterSync | None, at: datetime) -> None:
    if sync is not None and sync.state == SyncState.ASKING:
        sync.next_at = at
        jobs.hasten_job(sync.job_key, at)
        return
    if sync is None:
        sync = RegisterSync(person_id=person_id, register=register, differs="", round=0)
        db.session.add(sync)
    sync.state, sync.problem, sync.asked_at, sync.next_at = SyncState.ASKING, SyncProblem.NONE, at, None
    sync.round, sync.tries = sync.round + 1, 0
    _queue_question(sync)


def _queue_question(sync: RegisterSync, request_key: str | None = None) -> None:
    parameters = {"person": sync.person_id, "register": sync.register, "round": sync.round}
    jobs.enqueue_job(
        OPERATION, parameters, key=sync.job_key, run_at=sync.next_at, request_key=request_key or None
    )


def prepare_question(call: OperationCall, person: int, register: str, round: int) -> dict[str, Any]:
    try:
        return {"register": register, "holder": register_records.read_holder(person)}
    except NotFound:  # the account lost its number meanwhile
        return {"register": register, "holder": None}


def ask_register(request: Mapping[str, Any], key: str) -> RegisterAnswer | None:
    """Ask one register; a fault is an answer, too: the page tells it, and the question is asked again."""
    holder = request["holder"]
    if holder is None:
        return None
    register = REGISTERS[request["register"]]
    ask = partial(register.ask(outside.get_registers()), holder, request_id=key)
    try:
        reply = exchanges.ask_on_record(register.name, ask)
    except asking.OutsideError as error:
        wish = timedelta(seconds=min(error.retry_after or 0, LONGEST_WISH.total_seconds()))
        return RegisterAnswer(holder=holder, problem=_name_problem(error), wish=wish, key=key)
    return RegisterAnswer(holder=holder, records=reply.records, differs=reply.differs)


def _name_problem(error: asking.OutsideError) -> SyncProblem:
    if error.retry_after is not None:  # whatever its status: it says when it has time
        return SyncProblem.BUSY
    named = (
        (asking.RateLimited, SyncProblem.BUSY),
        (asking.MalformedAnswer, SyncProblem.MALFORMED),
        (asking.Rejected, SyncProblem.REFUSED),
        (asking.Pending, SyncProblem.PENDING),
    )
    return next((problem for kind, problem in named if isinstance(error, kind)), SyncProblem.UNAVAILABLE)


def record_answer(call: OperationCall, parameters: Mapping[str, Any], answer: RegisterAnswer | None) -> None:
    sync = _lock_sync(parameters)
    if sync is None:
        return
    if answer is None:
        _settle(sync, SyncState.FAILED, call.now, SyncProblem.UNAVAILABLE)
        return
    try:
        register_records.lock_holder(sync.person_id, answer.holder)
    except register_records.HolderChanged:
        _ask_about_another(sync, call.now)
        return
    if answer.problem != SyncProblem.NONE:
        _ask_again_later(sync, answer, call.now)
        return
    REGISTERS[sync.register].keep(sync.person_id, answer.records)
    sync.differs = ",".join(answer.differs)
    _settle(sync, SyncState.ANSWERED, call.now)


def abandon_question(call: OperationCall, parameters: Mapping[str, Any]) -> None:
    sync = _lock_sync(parameters)
    if sync is not None:
        _settle(sync, SyncState.FAILED, call.now, SyncProblem.UNAVAILABLE)


def _lock_sync(parameters: Mapping[str, Any]) -> RegisterSync | None:
    """The row that a job is about; none when it was asked for once more since."""
    # The person first, as in `_request`, or the two could wait for each other.
    db.session.get_one(Person, parameters["person"], with_for_update=True, populate_existing=True)
    key = (parameters["person"], parameters["register"])
    sync = db.session.get(RegisterSync, key, with_for_update=True, populate_existing=True)
    return sync if sync is not None and sync.round == parameters["round"] else None


def _settle(
    sync: RegisterSync, state: SyncState, at: datetime, problem: SyncProblem = SyncProblem.NONE
) -> None:
    sync.state, sync.problem, sync.next_at = state, problem, None
    if state == SyncState.ANSWERED:
        sync.answered_at = at


def _ask_about_another(sync: RegisterSync, at: datetime) -> None:
    """The answer was about whom the account belonged to before; what it said is forgotten."""
    sync.round, sync.tries = sync.round + 1, 0
    sync.problem, sync.next_at = SyncProblem.NONE, at
    _queue_question(sync)


def _ask_again_later(sync: RegisterSync, answer: RegisterAnswer, at: datetime) -> None:
    if answer.problem == SyncProblem.REFUSED or sync.tries >= len(PAUSES):
        _settle(sync, SyncState.FAILED, at, answer.problem)
        return
    sync.problem = answer.problem
    sync.next_at = at + max(PAUSES[sync.tries], answer.wish)
    sync.tries += 1
    # What the register has taken already is asked for under the same id, or it would be taken twice.
    _queue_question(sync, answer.key if answer.problem == SyncProblem.PENDING else None)
