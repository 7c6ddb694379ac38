"""Workers on one database: `python -m benchmarks.worker [--jobs 200] [--timers 500] [--stores sqlite pg]`.

Prints JSON lines: what one and two workers do of outward jobs (a real call of 50 ms each) and of timers, the
ratio of both, and the time from a commit to the start of its job. Workers are processes of their own, started
and warm before the clock runs. The run fails when a message is sent twice or is missing. Timers are work of
the database alone: on SQLite, which lets one write at a time, a second worker fires no more of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app import create_app
from benchmarks.peer.work import Store, fresh_store
from models import db
from models.base.database import write_transaction
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import Job, Wait
from settings import Settings
from workflows import engine
from workflows.background import jobs
from workflows.clock import now
from workflows.engine import Environment

ROOT = Path(__file__).parents[1]
CALL = 0.05  # seconds that the gateway takes: real ones take longer
KINDS = ("jobs", "timers")
PATIENCE = 60  # seconds
FIRST = 20  # cases by which the machine's pace is known, and with which timers are warm
TRICKLE = 60  # single jobs, for the time from commit to start
DIAGRAM = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:bench">
<process id="waiting" name="waiting" isExecutable="true"><startEvent id="s"/>
<intermediateCatchEvent id="t"><timerEventDefinition><timeDate>due</timeDate></timerEventDefinition>
</intermediateCatchEvent><endEvent id="e"/>
<sequenceFlow id="a" sourceRef="s" targetRef="t"/><sequenceFlow id="b" sourceRef="t" targetRef="e"/>
</process></definitions>"""


def main() -> None:
    """Measure each store with one worker and with two."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.worker")
    options.add_argument("--jobs", type=int, default=200)
    options.add_argument("--timers", type=int, default=1500)
    options.add_argument("--stores", nargs="+", default=["sqlite", "pg"], choices=["sqlite", "pg"])
    chosen = options.parse_args()
    for kind in chosen.stores:
        rows = [_printed(_measured(kind, workers, chosen)) for workers in (1, 2)]
        _printed({"store": kind, "workers": "2 / 1", **_ratios(*rows)})


def _printed(row: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(row), flush=True)
    return row


def _ratios(one: dict[str, Any], two: dict[str, Any]) -> dict[str, float]:
    return {f"{name}_ratio": round(two[f"{name}_per_s"] / one[f"{name}_per_s"], 2) for name in KINDS}


def _measured(kind: str, workers: int, chosen: argparse.Namespace) -> dict[str, Any]:
    with fresh_store(kind) as store, ExitStack() as stack:
        port = stack.enter_context(_gateway())
        app = _app(store, port)
        stack.enter_context(app.app_context())
        stack.callback(lambda: (db.session.remove(), db.engine.dispose()))
        _prepare()
        for _ in range(workers):
            stack.enter_context(_worker(app.extensions["settings"]))
        _warm(workers)
        jobs_wall = _timed(lambda: _queue(chosen.jobs), _open_jobs)
        waits = _trickle(port)
        timers_wall = _timers(chosen.timers)
        _check(port)
    return {
        "store": kind,
        "workers": workers,
        "jobs_per_s": round(chosen.jobs / jobs_wall, 1),
        "timers_per_s": round(chosen.timers / timers_wall, 1),
        "start_ms_p50": round(1e3 * median(waits), 1),
        "start_ms_p99": round(1e3 * quantiles(waits, n=100)[98], 1),
    }


@contextmanager
def _gateway() -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.gateway", str(CALL)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        yield int((running.stdout and running.stdout.readline()) or 0)
        running.kill()


def _app(store: Store, port: int) -> Flask:
    url = store.place.replace("postgresql://", "postgresql+psycopg://")
    settings = Settings(
        instance_path=tempfile.mkdtemp(prefix="zige-worker-"),
        database_url=url if store.is_pg else f"sqlite:///{store.place}",
        secret_key="only for benchmarks" * 2,
        simulator_url=f"http://127.0.0.1:{port}",
        test_clock=False,
    )
    return create_app(settings)


def _prepare() -> None:
    db.create_all()
    with write_transaction():
        person = Person(kind="applicant", login="p", name="", password_hash="-", created_at=now())
        person.mobile = "13800000000"
        db.session.add(person)
        engine.deploy_files({"waiting.bpmn": DIAGRAM}, by=None, environment=Environment(production=False))


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    environment = {
        **os.environ,
        "FLASK_APP": "app:create_app",
        "ZIGE_INSTANCE_PATH": settings.instance_path,
        "ZIGE_DATABASE_URL": settings.database_url,
        "ZIGE_SIMULATOR_URL": settings.simulator_url,
        "ZIGE_SECRET_KEY": settings.secret_key,
        "ZIGE_TEST_CLOCK": "0",
    }
    running = subprocess.Popen([sys.executable, "-m", "flask", "worker"], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        running.terminate()
        running.wait()


def _queue(number: int) -> None:
    """Queue messages, all in one transaction."""
    with write_transaction():
        person = db.session.scalars(select(Person.id)).first()
        for _ in range(number):
            notice = Notice(person_id=person, template="bench", title="-", text="-", created_at=now())
            db.session.add(notice)
            db.session.flush()
            jobs.enqueue_job("notices.sms", {"notice": notice.id}, key=f"notice:{notice.id}:sms")


def _open_jobs() -> int:
    return db.session.scalar(select(func.count()).where(Job.state.in_(("due", "leased")))) or 0


def _open_timers() -> int:
    return db.session.scalar(select(func.count()).select_from(Wait)) or 0


def _warm(workers: int) -> None:
    """Have every worker do something before the clock runs: each names itself in its leases."""
    until = time.monotonic() + PATIENCE
    owners: set[str] = set()
    while len(owners) < workers:
        _queue(20)
        while _open_jobs():
            held = db.session.scalars(select(Job.lease_owner).where(Job.state == "leased")).all()
            owners |= {owner.partition("#")[0] for owner in held if owner}
            db.session.rollback()
            time.sleep(0.005)
        assert time.monotonic() < until, "the workers do not start"
        db.session.rollback()


def _timed(begin: Callable[[], None], left: Callable[[], int]) -> float:
    begin()
    begun = time.perf_counter()
    while left():
        db.session.rollback()
        assert time.perf_counter() - begun < PATIENCE
        time.sleep(0.05)
    db.session.rollback()
    return time.perf_counter() - begun


def _trickle(port: int) -> list[float]:
    """Seconds from the commit of a single job to the moment at which the gateway hears of it."""
    committed = {}
    for number in range(TRICKLE):
        key = f"trickle-{number}"
        with write_transaction():
            notice = db.session.scalars(select(Notice.id).limit(1)).first()
            jobs.enqueue_job("notices.sms", {"notice": notice}, key=key, request_key=key)
        committed[key] = time.time()
        time.sleep(0.03 + number % 7 / 100)
    _timed(lambda: None, _open_jobs)
    heard = _seen(port)
    return [max(0.0, heard[key][0] - moment) for key, moment in committed.items()]


def _timers(number: int) -> float:
    """Start cases whose timers are all due at one later moment; seconds from then until all have fired."""
    begun = time.perf_counter()
    _start(FIRST, now())
    due = now() + timedelta(seconds=1 + 1.5 * (time.perf_counter() - begun) * number / FIRST)
    _start(number, due)
    left = (due - now()).total_seconds()
    assert left > 0, "the cases were not ready in time"
    time.sleep(left)
    return _timed(lambda: None, _open_timers)


def _start(number: int, due: datetime) -> None:
    for _ in range(number):
        with write_transaction():
            engine.start_instance(
                "waiting", business_key=None, variables={"due": due.isoformat()}, actor=None
            )


def _seen(port: int) -> dict[str, list[float]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/seen") as answer:
        found: dict[str, list[float]] = json.load(answer)
    return found


def _check(port: int) -> None:
    wanted = db.session.scalar(select(func.count()).where(Job.operation == "notices.sms"))
    heard = _seen(port)
    assert len(heard) == wanted, f"{wanted} messages, {len(heard)} heard of"
    assert all(len(moments) == 1 for moments in heard.values()), "a message was sent twice"


if __name__ == "__main__":
    main()
