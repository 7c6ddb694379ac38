"""The worker: outward operations in three phases, failures of every sort, timers, and its own death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from models import db
from models.processes.instances import Job
from tests.workflows import databases
from tests.workflows.engine.diagrams.drawing import (
    END,
    FAILURES,
    START,
    boundary,
    element,
    extended,
    flows,
    operator,
    timer,
)
from tests.workflows.office import Office, drawn, task, writes
from workflows import clock, engine, operations
from workflows.background import incidents, jobs
from workflows.background.jobs import FIRST_PAUSE, LEASE, MOST_ATTEMPTS
from workflows.background.worker import PassCounts, Worker
from workflows.operations import (
    Operation,
    OperationCall,
    OperationPending,
    OperationRefused,
    OperationUnavailable,
)

ASKING = element("serviceTask", "asking", extended(operator("ask", "answer", case="'7'")))
ERROR = '<errorEventDefinition errorRef="failed"/>'
ROOT = Path(__file__).parents[2]


class CaseSchema(Schema):
    """Which case is asked about."""

    case = fields.String(required=True)


@dataclass
class Register:
    """A register outside that answers what a test tells it to."""

    answers: list[Any] = field(default_factory=list)  # exceptions are raised, functions are called
    asked: list[tuple[Any, str]] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    open_while_out: list[bool] = field(default_factory=list)

    def prepare(self, call: OperationCall, *, case: str) -> dict[str, Any]:
        """Read what is asked."""
        db.session.execute(db.select(Job.id)).all()
        return {"case": case, "key": call.business_key}

    def perform(self, request: Any, key: str) -> Any:
        """Go out."""
        self.asked.append((request, key))
        self.open_while_out.append(db.session().in_transaction())
        answer = self.answers.pop(0) if self.answers else "clear"
        if isinstance(answer, Exception):
            raise answer
        return answer() if callable(answer) else answer

    def record(self, call: OperationCall, parameters: Any, answer: Any) -> str:
        """Keep the answer."""
        self.kept.append((call.instance_id, parameters["case"], answer))
        return f"recorded {answer}"


@pytest.fixture
def register(office: Office) -> Register:
    """The register, as the outward operation `ask`."""
    made = Register()
    operations.register_operation(
        Operation(
            name="ask",
            kind="outward",
            summary="询问外部登记",
            parameters=CaseSchema,
            prepare=made.prepare,
            perform=made.perform,
            record=made.record,
        )
    )
    return made


def ask(office: Office, *more: str, around: str = "", flow: str = "s asking,asking a,a e") -> int:
    """Start an instance that asks and then waits for a person."""
    body = START + ASKING + task("a") + END + "".join(more)
    office.deploy(drawn(body + flows(*flow.split(",")), around))
    return office.start("drawn", key="case:7")


def work(office: Office) -> PassCounts:
    """Let a worker do what is due."""
    return Worker(app=office.app).run_once()


def test_an_outward_operation_goes_out_with_no_transaction_open(office: Office, register: Register) -> None:
    instance = ask(office)
    job = office.jobs()[0]
    assert work(office) == PassCounts(jobs=1, timers=0)
    assert register.asked == [({"case": "7", "key": "case:7"}, job.request_key)]
    assert register.open_while_out == [False]
    assert register.kept == [(instance, "7", "clear")]
    assert office.instance(instance).elements == ["a"]
    assert engine.read_variables(instance) == {"answer": "recorded clear"}
    assert [(one.state, one.attempts, one.lease_owner) for one in office.jobs()] == [("done", 1, None)]
    assert work(office) == PassCounts(jobs=0, timers=0)


def test_an_outage_is_tried_again_after_growing_pauses(office: Office, register: Register) -> None:
    instance = ask(office)
    register.answers = [OperationUnavailable("timeout")] * 3
    pauses = []
    for _ in range(3):
        work(office)
        job = office.jobs()[0]
        pauses.append((job.run_at - office.at) / FIRST_PAUSE)
        assert (job.state, job.error) == ("due", "timeout")
        assert work(office) == PassCounts(jobs=0, timers=0)
        office.at = job.run_at
    assert all(0.8 <= pause / 2**number <= 1.2 for number, pause in enumerate(pauses))
    work(office)
    assert office.instance(instance).elements == ["a"]
    assert len({key for _, key in register.asked}) == 1


def exhaust(office: Office) -> None:
    """Let all attempts of the only job pass."""
    for _ in range(MOST_ATTEMPTS):
        work(office)
        office.wait(hours=1)


def test_a_lasting_outage_takes_the_way_that_the_diagram_draws(office: Office, register: Register) -> None:
    caught = boundary("down", "asking", ERROR)
    around = FAILURES.replace('errorCode="failed"', 'errorCode="unavailable"')
    instance = ask(
        office, caught, task("by_hand"), around=around, flow="s asking,asking a,a e,down by_hand,by_hand e"
    )
    register.answers = [OperationUnavailable("timeout")] * MOST_ATTEMPTS
    exhaust(office)
    assert office.instance(instance).elements == ["by_hand"]
    assert [job.state for job in office.jobs()] == ["dropped"]
    assert register.kept == []


def test_a_lasting_outage_without_such_a_way_is_an_incident(office: Office, register: Register) -> None:
    instance = ask(office)
    register.answers = [OperationUnavailable("timeout")] * MOST_ATTEMPTS
    exhaust(office)
    (incident,) = db.session.scalars(incidents.select_dead()).all()
    assert (incident.instance_id, incident.operation, incident.error) == (instance, "ask", "timeout")
    assert work(office) == PassCounts(jobs=0, timers=0)
    with writes():
        incidents.revive_job(incident.id)
    work(office)
    assert office.instance(instance).elements == ["a"]


def test_a_pending_answer_is_asked_for_again_without_end(office: Office, register: Register) -> None:
    instance = ask(office)
    register.answers = [OperationPending()] * (MOST_ATTEMPTS * 3)
    for _ in range(MOST_ATTEMPTS * 3):
        assert work(office).jobs == 1
        assert office.instance(instance).elements == ["asking"]
        office.wait(minutes=2)
    work(office)
    assert office.instance(instance).elements == ["a"]


@pytest.mark.parametrize("drawn_way", [True, False])
def test_a_domain_refusal_is_the_error_of_its_code(
    office: Office, register: Register, drawn_way: bool
) -> None:
    more = (boundary("no", "asking", ERROR), task("b")) if drawn_way else ()
    flow = "s asking,asking a,a e" + (",no b,b e" if drawn_way else "")
    instance = ask(office, *more, around=FAILURES, flow=flow)
    register.answers = [OperationRefused("failed")]
    work(office)
    assert office.instance(instance).elements == (["b"] if drawn_way else ["asking"])
    assert office.jobs()[0].state == ("dropped" if drawn_way else "dead")


def test_an_incident_is_none_any_more_once_its_case_has_gone_another_way(
    office: Office, register: Register
) -> None:
    late = boundary("late", "asking", timer("'P9D'"))
    instance = ask(office, late, task("b"), flow="s asking,asking a,a e,late b,b e")
    register.answers = [OperationUnavailable("timeout")] * MOST_ATTEMPTS
    exhaust(office)
    (incident,) = db.session.scalars(incidents.select_dead()).all()
    with pytest.raises(incidents.StillWaitedFor), writes():
        incidents.dismiss_job(incident.id)
    office.wait(days=9)
    assert work(office) == PassCounts(jobs=0, timers=1)
    assert office.instance(instance).elements == ["b"]
    assert [job.state for job in office.jobs()] == ["dropped"]


def test_a_failing_job_holds_up_no_other(office: Office, register: Register) -> None:
    broken = ask(office)
    others = [office.start("drawn") for _ in range(3)]
    register.answers = [KeyError("oops")]
    assert work(office).jobs == 4
    assert office.instance(broken).elements == ["asking"]
    assert [office.instance(other).elements for other in others] == [["a"]] * 3
    assert office.jobs()[0].error == "KeyError: 'oops'"
    register.answers = [KeyError("oops")] * MOST_ATTEMPTS
    exhaust(office)
    assert office.jobs()[0].state == "dead"


def test_the_result_of_a_lost_lease_is_thrown_away(office: Office, register: Register) -> None:
    instance = ask(office)

    def overtaken() -> str:
        office.wait(seconds=LEASE.total_seconds() + 1)
        assert Worker(app=office.app).run_once().jobs == 1
        return "late"

    register.answers = [overtaken, "in time"]
    work(office)
    assert register.kept == [(instance, "7", "in time")]
    assert engine.read_variables(instance) == {"answer": "recorded in time"}
    assert office.kinds(instance).count("serviced") == 1


def test_what_was_withdrawn_while_out_is_not_recorded(office: Office, register: Register) -> None:
    late = boundary("late", "asking", timer("'PT1H'"))
    instance = ask(office, late, task("b"), flow="s asking,asking a,a e,late b,b e")

    def interrupted() -> str:
        with office.app.app_context():
            office.wait(hours=1)
            with writes():
                engine.fire_due_timers(instance)
        return "late"

    register.answers = [interrupted]
    work(office)
    assert office.instance(instance).elements == ["b"]
    assert register.kept == []
    assert office.jobs()[0].state == "dropped"


def test_timers_fire_when_they_are_due_and_not_before(office: Office) -> None:
    late = boundary("late", "a", timer("'P1D'"))
    body = START + task("a") + late + task("b") + END
    office.deploy(drawn(body + flows("s a", "a e", "late b", "b e")))
    instance = office.start("drawn")
    office.wait(hours=23, minutes=59)
    assert work(office) == PassCounts(jobs=0, timers=0)
    office.wait(minutes=1)
    assert work(office) == PassCounts(jobs=0, timers=1)
    assert office.instance(instance).elements == ["b"]


def test_a_broken_instance_holds_up_no_other_timer(office: Office) -> None:
    late = boundary("late", "a", timer("'P1D'"))
    fork = '<exclusiveGateway id="g" default="g_b"/>' + task("b") + END
    condition = "<conditionExpression>wanted</conditionExpression>"
    choice = f'<sequenceFlow id="g_e" sourceRef="g" targetRef="e">{condition}</sequenceFlow>'
    ways = flows("s a", "a e", "late g", "g b", "b e")
    office.deploy(drawn(START + task("a") + late + fork + choice + ways))
    broken, *sound = [
        office.start("drawn"),
        office.start("drawn", wanted=True),
        office.start("drawn", wanted=False),
    ]
    office.wait(days=1)
    assert work(office) == PassCounts(jobs=0, timers=2)
    assert office.instance(broken).elements == ["a"]
    assert [office.instance(one).state for one in sound] == ["completed", "active"]
    assert work(office) == PassCounts(jobs=0, timers=0)


def test_what_becomes_due_by_what_was_due_is_done_too(office: Office, register: Register) -> None:
    late = boundary("late", "a", timer("'P1D'"))
    body = START + task("a") + late + ASKING + END
    office.deploy(drawn(body + flows("s a", "a e", "late asking", "asking e")))
    instance = office.start("drawn")
    office.wait(days=1)
    assert work(office) == PassCounts(jobs=1, timers=1)
    assert office.instance(instance).state == "completed"


SCRIPT = """
import sys, time
from pathlib import Path
from marshmallow import Schema, fields
from tests.workflows import databases
from workflows import clock, operations
from workflows.background.worker import Worker

url, mark, seconds = sys.argv[1], Path(sys.argv[2]), float(sys.argv[3])

class Parameters(Schema):
    case = fields.String()

def perform(request, key):
    mark.write_text(key)
    time.sleep(seconds)
    return "done"

operations.register_operation(operations.Operation(
    name="ask", kind="outward", summary="-", parameters=Parameters, perform=perform))
app = databases.bare_app(url)
clock.install(app)
print("working", flush=True)
Worker(app=app).run()
print("stopped", flush=True)
"""


def started(url: str, mark: Path, seconds: float) -> subprocess.Popen[str]:
    """A worker in a process of its own."""
    words = [sys.executable, "-c", SCRIPT, url, str(mark), str(seconds)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something that another process does."""
    for _ in range(int(seconds * 20)):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_the_job_of_a_killed_worker_is_taken_over(
    office: Office, register: Register, database_url: str, tmp_path: Path
) -> None:
    office.at = datetime.now(UTC)
    instance = ask(office)
    killed = started(database_url, tmp_path / "mark", 600)
    until((tmp_path / "mark").exists)
    killed.kill()
    killed.communicate()
    assert work(office) == PassCounts(jobs=0, timers=0)  # the lease still holds
    office.wait(seconds=LEASE.total_seconds() + 30)
    assert work(office).jobs == 1
    assert (tmp_path / "mark").read_text() == register.asked[0][1]
    assert office.instance(instance).elements == ["a"]
    assert office.jobs()[0].attempts == 2


def test_a_worker_outlives_a_database_that_is_not_ready_and_stops_when_told(tmp_path: Path) -> None:
    url, mark = f"sqlite:///{tmp_path}/late.db", tmp_path / "mark"
    running = started(url, mark, 0)
    assert running.stdout is not None
    assert running.stdout.readline() == "working\n"
    time.sleep(1.5)  # at least one pass finds no tables
    app = databases.bare_app(url)
    with app.app_context():
        clock.install(app)
        db.create_all()
        with writes():
            jobs.enqueue_job("ask", {}, key="a letter")
        until(mark.exists)
        until(lambda: _states() == ["done"])
        key = db.session.scalar(db.select(Job.request_key))
        db.session.remove()
        db.engine.dispose()
    running.send_signal(signal.SIGTERM)
    said, complaints = running.communicate(timeout=30)
    assert (said, running.returncode) == ("stopped\n", 0)
    assert "no such table" in complaints
    assert mark.read_text() == key


def _states() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Job.state)))
