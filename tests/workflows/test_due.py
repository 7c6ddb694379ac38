"""Looking for work costs the same however long the tables are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from models import db
from models.base.prebuilt import Prebuilt
from tests.workflows.office import Office, writes
from workflows.background import due_timers, due_work, jobs

MANY = 3000
AT = {"at": None}
STATEMENTS: dict[str, tuple[Prebuilt, dict[str, Any], str]] = {
    "lanes": (due_work.LANES, {}, "ix_job_due"),
    "leased": (due_work.LEASED, {}, "ix_job_leased"),
    "timer": (due_work.TIMER, {}, "ix_wait_fire_at"),
    "next timer": (due_timers.NEXT, {"at": None}, "ix_wait_fire_at"),
    "lost": (
        jobs.TAKE["lane"][0],
        {"at": None, "until": None, "owner": "me", "lane": "ask"},
        "ix_job_leased",
    ),
    "ready": (jobs.TAKE["lane"][1], {"at": None, "until": None, "owner": "me", "lane": "ask"}, "ix_job_due"),
}


def fill(office: Office) -> None:
    """A long history of done jobs, and of cases that wait for messages and for a far day."""
    instance = office.start()
    with writes():
        start = jobs.now()
        for number in range(MANY):
            jobs.enqueue_job("ask", {}, key=f"old {number}")
            db.session.execute(
                db.text(
                    "INSERT INTO wait (instance_id, task_id, element, kind, due_at, fire_at)"
                    " VALUES (:instance, :task, 'e', 'timer', :due, :due)"
                ).bindparams(db.bindparam("due", type_=jobs.JOB.c.run_at.type)),
                {"instance": instance, "task": f"{number:032}", "due": start + timedelta(days=9)},
            )
        db.session.execute(db.text("UPDATE job SET state = 'done'"))
        jobs.enqueue_job("ask", {}, key="new")
    with writes():
        db.session.execute(db.text("ANALYZE"))


def plan(statement: Prebuilt, values: dict[str, Any], at: Any) -> str:
    """How the database would go about it."""
    given = {name: at if value is None else value for name, value in values.items()}
    connection = db.session.connection()
    compiled = statement.compiled(tuple(given), connection.dialect)
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN (COSTS OFF)"
    driver: Any = connection.connection.driver_connection
    rows = driver.execute(f"{explain} {compiled.text}", compiled.parameters(given)).fetchall()
    db.session.rollback()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.found("P2")
def test_each_look_goes_along_an_index_made_for_it(office: Office) -> None:
    fill(office)
    for name, (statement, values, index) in STATEMENTS.items():
        found = plan(statement, values, office.at)
        assert index in found, f"{name}: {found}"
        whole = ("SCAN job\n", "SCAN wait\n", "SCAN other\n", "Seq Scan on job", "Seq Scan on wait")
        assert not any(words in f"{found}\n" for words in whole), f"{name}: {found}"


def steps(statement: Prebuilt, values: dict[str, Any], at: Any) -> int:
    """How many instructions SQLite runs, in tens, or how many rows and pages PostgreSQL touches."""
    given = {name: at if value is None else value for name, value in values.items()}
    connection = db.session.connection()
    compiled = statement.compiled(tuple(given), connection.dialect)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        counted = [0]
        driver.set_progress_handler(lambda: counted.__setitem__(0, counted[0] + 1), 10)
        driver.execute(compiled.text, compiled.parameters(given)).fetchall()
        driver.set_progress_handler(None, 0)
        db.session.rollback()
        return counted[0]
    words = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF, FORMAT JSON) {compiled.text}"
    row = driver.execute(words, compiled.parameters(given)).fetchone()
    db.session.rollback()
    top = row[0][0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


@pytest.mark.found("P2")
def test_an_idle_look_reads_no_more_when_tables_grow(office: Office) -> None:
    fill(office)
    with writes():
        db.session.execute(db.text("UPDATE job SET state = 'done'"))
    if db.engine.dialect.name == "postgresql":  # what was due before leaves the index
        address = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    for name in ("lanes", "leased", "timer"):
        statement, values, _ = STATEMENTS[name]
        assert steps(statement, values, office.at) < 40, name
    assert due_work.find_due_work().is_nothing


def test_a_look_tells_when_there_is_more(office: Office) -> None:
    later = office.at + timedelta(minutes=7)
    with writes():
        jobs.enqueue_job("ask", {}, key="a", run_at=later)
        jobs.enqueue_job("tell", {}, key="b", run_at=later + timedelta(minutes=1))
    found = due_work.find_due_work()
    assert (found.is_nothing, found.following, found.longest) == (True, later, None)
    office.wait(minutes=9)
    found = due_work.find_due_work()
    assert (sorted(found.lanes), found.following, found.longest) == (["ask", "tell"], None, later)
    with writes():
        taken = jobs.lease_next("me", "tell")
    assert taken is not None
    assert due_work.find_due_work().lanes == ["ask"]
    assert due_work.find_due_work().following == office.at + jobs.LEASE
