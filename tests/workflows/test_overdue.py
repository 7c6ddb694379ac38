"""Timers that fail are incidents like any other; each due timer is fired by one worker."""

from __future__ import annotations

from collections import Counter

import pytest

from models import db
from models.base.errors import NotFound
from models.processes.instances import Job, Wait
from tests.workflows.engine.diagrams.drawing import END, START, boundary, flows, timer
from tests.workflows.office import Office, at_once, drawn, task, writes
from workflows import worklist
from workflows.background import due_timers, due_work, incidents
from workflows.background.worker import PassCounts, Worker
from workflows.engine.state import releases
from workflows.operations import STEADY


def late_task(office: Office, condition: str = "wanted") -> None:
    """A task that a timer takes away after a day; a condition that may fail says what follows."""
    late = boundary("late", "a", timer("'P1D'"))
    fork = '<exclusiveGateway id="g" default="g_b"/>' + task("b") + END
    way = f"<conditionExpression>{condition}</conditionExpression>"
    choice = f'<sequenceFlow id="g_e" sourceRef="g" targetRef="e">{way}</sequenceFlow>'
    office.deploy(
        drawn(START + task("a") + late + fork + choice + flows("s a", "a e", "late g", "g b", "b e"))
    )


def work(office: Office) -> PassCounts:
    """Let a worker do what is due."""
    return Worker(app=office.app).run_once()


@pytest.fixture
def broken(office: Office) -> int:
    """A case whose timer has failed once, as its condition names what nobody has set."""
    late_task(office)
    instance = office.start("drawn", key="case:9")
    office.wait(days=1)
    assert work(office) == PassCounts(jobs=0, timers=0)
    return instance


@pytest.mark.found("E15")
def test_a_timer_that_fails_is_a_job_with_case_element_and_reason(office: Office, broken: int) -> None:
    ((job, key),) = db.session.execute(incidents.select_unsettled()).all()
    assert (job.operation, job.state, job.attempts, key) == ("timers.fire", "due", 1, "case:9")
    assert (job.instance_id, job.element) == (broken, "late")
    assert "wanted" in job.error
    assert job.run_at > office.at
    assert work(office) == PassCounts(jobs=0, timers=0)  # it waits for its next try


@pytest.mark.found("E15")
def test_it_is_tried_for_a_while_and_then_dead(office: Office, broken: int) -> None:
    tried = [office.jobs()[0].attempts]
    while office.jobs()[0].state == "due":
        pause = office.jobs()[0].run_at - office.at
        assert pause <= STEADY.longest * 1.2
        office.at = office.jobs()[0].run_at
        assert work(office) == PassCounts(jobs=1, timers=0)
        tried.append(office.jobs()[0].attempts)
    assert tried == [*range(1, STEADY.attempts + 1), STEADY.attempts][: len(tried)]
    (incident,) = db.session.scalars(incidents.select_dead()).all()
    assert (incident.instance_id, incident.attempts) == (broken, STEADY.attempts)
    assert "wanted" in (incident.error or "")
    office.wait(days=30)
    assert work(office) == PassCounts(jobs=0, timers=0)


@pytest.mark.found("E15")
def test_it_fires_when_it_is_set_due_again_and_the_cause_is_mended(office: Office, broken: int) -> None:
    (job,) = office.jobs()
    with writes():
        db.session.execute(db.update(Job).values(state="dead"))
    late_task(office, "1 > 0")
    release = releases.find_release_row("drawn").id
    with writes():
        db.session.execute(
            db.text("UPDATE process_instance SET release_id = :release WHERE id = :id"),
            {"release": release, "id": broken},
        )
        incidents.revive_job(job.id)
    assert work(office) == PassCounts(jobs=1, timers=0)
    assert office.instance(broken).state == "completed"
    assert [one.state for one in office.jobs()] == ["done"]


def test_other_cases_are_not_held_up_however_many_are_broken(office: Office) -> None:
    late_task(office)
    broken = [office.start("drawn") for _ in range(3)]
    sound = [office.start("drawn", wanted=True) for _ in range(3)]
    office.wait(days=1)
    assert work(office) == PassCounts(jobs=0, timers=3)
    assert [office.instance(one).state for one in sound] == ["completed"] * 3
    assert {job.instance_id for job in office.jobs()} == set(broken)
    assert not due_work.find_due_work().timers  # nobody looks at them again and again


def test_a_later_timer_of_the_same_case_is_a_try_too(office: Office, broken: int) -> None:
    with writes():
        db.session.execute(db.update(Wait).values(fire_at=Wait.due_at))
    assert work(office) == PassCounts(jobs=0, timers=0)
    assert len(office.jobs()) == 1
    assert db.session.scalars(db.select(Wait.fire_at)).all() == [None]


@pytest.mark.found("P3")
def test_two_workers_never_fire_the_same_case(office: Office) -> None:
    late_task(office)
    cases = [office.start("drawn", wanted=True) for _ in range(12)]
    office.wait(days=1)
    fired: list[int] = []

    def fire_all() -> None:
        db.session.rollback()
        while (firing := due_timers.fire_next_case()) is not None:
            if firing.fired:
                fired.append(firing.instance_id)

    for refusal in at_once(office, [fire_all, fire_all]):
        assert refusal is None
    assert Counter(fired) == Counter(cases)
    assert [office.kinds(case).count("timer") for case in cases] == [1] * 12


def dead(job: Job) -> None:
    """Let a job have failed for good."""
    with writes():
        db.session.execute(db.update(Job).where(Job.id == job.id).values(state="dead"))


@pytest.mark.found("E15")
@pytest.mark.parametrize("state", ["due", "dead"])
def test_what_failed_is_no_incident_once_the_case_has_moved_on(
    office: Office, broken: int, state: str
) -> None:
    with writes():
        db.session.execute(db.update(Job).values(state=state))
    item = office.item(broken, "a")
    with writes():
        worklist.claim_item(item.id, office.people["lin"])
        worklist.complete_item(item.id, {}, actor=office.people["lin"])
    assert office.instance(broken).state == "completed"
    assert [job.state for job in office.jobs()] == ["dropped"]
    assert db.session.execute(incidents.select_unsettled()).all() == []


def test_an_incident_stays_while_another_timer_of_the_case_is_held(office: Office, broken: int) -> None:
    (job,) = office.jobs()
    dead(job)
    with writes():
        db.session.execute(
            db.insert(Wait).values(
                instance_id=broken, task_id="0" * 32, element="x", kind="timer", due_at=office.at
            )
        )
    item = office.item(broken, "a")
    with writes():
        worklist.claim_item(item.id, office.people["lin"])
        worklist.complete_item(item.id, {}, actor=office.people["lin"])
    assert [one.state for one in office.jobs()] == ["dead"]


def test_an_incident_that_its_case_waits_for_cannot_be_dismissed(office: Office, broken: int) -> None:
    (job,) = office.jobs()
    dead(job)
    with pytest.raises(incidents.StillWaitedFor), writes():
        incidents.dismiss_job(job.id)
    assert [one.state for one in office.jobs()] == ["dead"]
    with writes():
        db.session.execute(db.update(Wait).values(fire_at=Wait.due_at))  # somebody else tries it
        incidents.dismiss_job(job.id)
    assert [one.state for one in office.jobs()] == ["dropped"]
    with pytest.raises(NotFound), writes():
        incidents.dismiss_job(job.id)
