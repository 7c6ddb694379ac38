"""Jobs: queued once, leased by one, put off, retried, buried, revived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import db
from models.base.errors import NotFound
from models.processes.instances import Job
from tests.workflows.office import Office, at_once, writes
from workflows.background import due_work, incidents, jobs
from workflows.background.jobs import LEASE, MOST_LOSSES, LeasedJob


def leased(owner: str = "one") -> LeasedJob | None:
    """Lease a job in a transaction of its own."""
    with writes():
        return jobs.lease_next(owner)


def queued(*keys: str, run_at_in: timedelta | None = None, office: Office) -> None:
    """Queue jobs in a transaction of their own."""
    run_at = office.at + run_at_in if run_at_in is not None else None
    with writes():
        for key in keys:
            jobs.enqueue_job("notices.deliver", {"notice": key}, key=key, run_at=run_at)


def test_a_job_belongs_to_the_transaction_that_causes_it(office: Office) -> None:
    with pytest.raises(ZeroDivisionError), writes():
        jobs.enqueue_job("notices.deliver", {"notice": 1 / 0}, key="a")
    assert office.jobs() == []


def test_a_key_is_queued_once(office: Office) -> None:
    queued("a", "a", office=office)
    queued("a", "b", office=office)
    assert [job.key for job in office.jobs()] == ["a", "b"]


def test_the_longest_due_is_leased_first_and_the_future_waits(office: Office) -> None:
    queued("later", run_at_in=timedelta(seconds=10), office=office)
    queued("earlier", run_at_in=timedelta(seconds=5), office=office)
    assert leased() is None
    assert due_work.find_due_work().is_nothing
    office.wait(seconds=10)
    found = [leased(), leased(), leased()]
    assert [job.key if job else None for job in found] == ["earlier", "later", None]


def test_what_waits_is_hastened_and_what_runs_is_left_alone(office: Office) -> None:
    queued("later", run_at_in=timedelta(hours=1), office=office)
    queued("now", office=office)
    running = leased()
    assert running is not None
    with writes():
        for key in ("later", "now", "unknown"):
            jobs.hasten_job(key, office.at)
    hastened = leased()
    assert hastened is not None
    assert (running.key, hastened.key) == ("now", "later")
    assert leased() is None


def test_each_job_is_leased_by_one_of_many_workers(office: Office) -> None:
    queued(*[f"job {number}" for number in range(12)], office=office)
    office.jobs()
    acts = [lambda name=name: [jobs.lease_next(name), jobs.lease_next(name)] for name in "abcdefgh"]
    taken = [job.key for pair in at_once(office, acts) for job in pair if job is not None]
    while (left := leased()) is not None:
        taken.append(left.key)
    assert sorted(taken) == sorted(f"job {number}" for number in range(12))


def test_a_lease_runs_out_and_whoever_lost_it_changes_nothing(office: Office) -> None:
    queued("a", office=office)
    first = leased("first")
    assert leased("second") is None
    office.at += LEASE
    second = leased("second")
    assert first is not None
    assert second is not None
    assert (second.key, second.attempts) == ("a", 2)
    with writes():
        assert not jobs.lock_leased(first)
        jobs.finish_job(first)
        jobs.mark_dead(first, "late")
        jobs.postpone_job(first)
        jobs.retry_later(first, "late")
    assert [(job.state, job.lease_owner, job.error) for job in office.jobs()] == [("leased", "second", None)]
    with writes():
        assert jobs.lock_leased(second)
        jobs.finish_job(second)
    assert [job.state for job in office.jobs()] == ["done"]


def test_a_job_that_takes_its_workers_down_is_buried(office: Office) -> None:
    queued("poison", "letter", office=office)
    for _ in range(MOST_LOSSES):
        found = leased("doomed")
        assert found is not None
        assert found.key == "poison"
        office.at += LEASE
    found = leased("doomed")
    assert found is not None
    assert found.key == "letter"
    buried = db.session.scalars(incidents.select_dead()).all()
    assert [(job.key, job.error) for job in buried] == [("poison", jobs.ABANDONED)]


def test_only_what_is_dead_is_revived(office: Office) -> None:
    queued("a", office=office)
    job = leased()
    assert job is not None
    with pytest.raises(NotFound), writes():
        incidents.revive_job(job.id)
    with writes():
        jobs.mark_dead(job, "x" * 5000)
    assert len(db.session.scalars(db.select(Job.error)).one()) == jobs.LONGEST_ERROR
    with writes():
        incidents.revive_job(job.id)
    again = leased()
    assert again is not None
    assert again.attempts == 1
