"""The worker: looks what is due, and has lanes of threads run jobs and fire timers side by side."""

from __future__ import annotations

import logging
import os
import queue
import signal
import socket
import threading
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import count
from uuid import uuid4

from flask import Flask

from models.base.database import write_transaction, writing
from workflows.background import due_timers, due_work, job_runner, jobs
from workflows.background.due_work import DueWork
from workflows.background.jobs import LeasedJob
from workflows.background.lanes import Lanes
from workflows.background.listening import start_listening
from workflows.clock import now

log = logging.getLogger(__name__)

LONGEST_PAUSE = 1.0  # seconds between two looks, so that a job is found where nobody is told of it
SHORTEST_PAUSE = 0.003  # however often somebody tells of new jobs, one look is enough for all of them
WIDENING = 0.05  # seconds after which a lane that is still behind gets another thread
WIDTH = 2
TIMERS = "timers"
GRACE = 8.0  # seconds that a worker that is to stop waits for answers; registers have five
PASSES = 1000  # that `run_once` makes at most: a timer may start a job, whose answer starts a timer …


@dataclass(frozen=True, kw_only=True)
class PassCounts:
    """What one pass did."""

    jobs: int
    timers: int


NOTHING = PassCounts(jobs=0, timers=0)


def _make_owner_name() -> str:
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"


@dataclass(kw_only=True)
class Worker:
    """One worker of an app; several may run side by side."""

    app: Flask
    owner: str = field(default_factory=_make_owner_name)
    width: int = WIDTH  # threads of one lane
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        # A queue and no event: a signal may come while this thread holds the event's own lock.
        self._news: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._lanes = Lanes(ended=self._wake_up)
        self._numbers = count(1)

    def run(self) -> None:
        """Work until told to stop; what is in hand then is finished, or left to others."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._news.put("stop"))
        start_listening(self.app, self._wake_up, self.stopped)
        while not self.stopped.is_set():
            self._wait_for_news(self._look_or_log())
        if not self._lanes.wait(GRACE):
            self._hand_back()

    def run_once(self) -> PassCounts:
        """Do everything that is due now, and what becomes due by it; jobs first."""
        done = NOTHING
        with self.app.app_context():
            for _ in range(PASSES):
                ran = self._run_jobs(due_work.find_due_work())
                more = PassCounts(
                    jobs=ran, timers=self._fire_timers() if due_work.find_due_work().timers else 0
                )
                if more == NOTHING:
                    break
                done = PassCounts(jobs=done.jobs + more.jobs, timers=done.timers + more.timers)
        return done

    def _wake_up(self) -> None:
        self._news.put("look")

    def _wait_for_news(self, seconds: float) -> None:
        """Wait for news; whatever else was told meanwhile is answered by the same look."""
        heard = set()
        try:
            heard.add(self._news.get(timeout=seconds))
            self.stopped.wait(SHORTEST_PAUSE)
            while True:
                heard.add(self._news.get_nowait())
        except queue.Empty:
            pass
        if "stop" in heard:
            self.stopped.set()

    def _look_or_log(self) -> float:
        try:
            with self.app.app_context():
                return self._start_due_work()
        except Exception:  # the database may be locked or gone for a while; the next look asks again
            log.exception("a look failed")
            return LONGEST_PAUSE

    def _start_due_work(self) -> float:
        """Put threads to work on what is due; how long to wait before the next look."""
        token = writing.set(False)
        try:
            found = due_work.find_due_work()
        finally:
            writing.reset(token)
        room = [
            self._lanes.start(lane, partial(self._work_lane, lane), width=self.width) for lane in found.lanes
        ]
        if found.timers:
            self._lanes.start(TIMERS, self._fire_all, width=1)
        return WIDENING if any(room) else _seconds_until(found.following)

    def _work_lane(self, lane: str) -> None:
        """Run the jobs of a lane until there are no more."""
        owner = f"{self.owner}#{next(self._numbers)}"
        while not self.stopped.is_set():
            with self.app.app_context():
                job = _lease_next(owner, lane)
                if job is None:
                    return
                job_runner.run_job(job)

    def _fire_all(self) -> None:
        while not self.stopped.is_set():
            with self.app.app_context():
                if due_timers.fire_next_case() is None:
                    return

    def _run_jobs(self, found: DueWork) -> int:
        done = 0
        for lane in found.lanes:
            while not self.stopped.is_set() and (job := _lease_next(self.owner, lane)) is not None:
                job_runner.run_job(job)
                done += 1
        return done

    def _fire_timers(self) -> int:
        done = 0
        while not self.stopped.is_set() and (firing := due_timers.fire_next_case()) is not None:
            done += firing.fired
        return done

    def _hand_back(self) -> None:
        log.warning("still waiting for answers; their jobs are left to other workers")
        with self.app.app_context(), write_transaction():
            jobs.hand_back_jobs(self.owner)


def _lease_next(owner: str, lane: str) -> LeasedJob | None:
    with write_transaction():
        return jobs.lease_next(owner, lane)


def _seconds_until(moment: datetime | None) -> float:
    if moment is None:
        return LONGEST_PAUSE
    seconds = (moment - now()).total_seconds()
    return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, seconds))
