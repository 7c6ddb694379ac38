"""Programs are kept running: what dies is started again after a growing pause, until all are told to stop.

Neither supervisor nor circus does what is asked here. supervisor restarts what was killed at once
and for ever, leaves the others running when one cannot start, and reads SIGHUP as "reload"; circus has had no
release since February 2025. Either would be one more package between a fresh machine and its first page.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PAUSES = (1, 2, 4, 8, 16, 30)  # seconds before a start; the last one stands for all that follow
HEALTHY = 60.0  # seconds after which a program counts as well, and its pauses begin again
FAST = 10.0  # seconds within which an end by itself is a failure to start
FAILURES = 5  # so many in a row, and it cannot start at all
PATIENCE = 35.0  # gunicorn lets requests under way finish for 30 seconds
TICK = 0.2

Say = Callable[[str], None]


@dataclass(kw_only=True)
class Program:
    """One program, and how it has fared."""

    name: str
    command: Sequence[str]
    after: Path | None = None  # not before this is there
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    restarts: int = 0
    failures: int = 0

    @property
    def pause(self) -> float:
        """The seconds to wait before the next start."""
        return PAUSES[min(self.restarts, len(PAUSES)) - 1]


@dataclass(kw_only=True)
class Supervisor:
    """All programs of one site."""

    programs: Sequence[Program]
    folder: Path
    environment: Mapping[str, str]
    say: Say
    stopping: bool = False
    hopeless: Program | None = field(default=None, init=False)

    def keep(self) -> int:
        """Start everything, start again what dies, and end everything when told; the exit status."""
        while not self.stopping and self.hopeless is None:
            for program in self.programs:
                self._tend_program(program)
            time.sleep(TICK)
        self._end_all()
        if self.hopeless is None:
            return 0
        self.say(
            f"zige: {self.hopeless.name} 连续 {FAILURES} 次无法启动，已全部停止；原因见上面的输出。"
            f"({self.hopeless.name} failed to start {FAILURES} times; everything was stopped.)"
        )
        return 1

    def stop(self, *_: object) -> None:
        """End everything soon; may be called from a signal."""
        self.stopping = True

    def _tend_program(self, program: Program) -> None:
        now = time.monotonic()
        if program.process is None:
            if now >= program.due and (program.after is None or program.after.exists()):
                self._start_program(program, now)
        elif (status := program.process.poll()) is not None:
            self._record_end(program, status, now)

    def _start_program(self, program: Program, now: float) -> None:
        program.process = subprocess.Popen(
            program.command,
            cwd=self.folder,
            env=dict(self.environment),
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        program.started = now

    def _record_end(self, program: Program, status: int, now: float) -> None:
        if program.process is not None:
            _end_group(program.process, signal.SIGKILL)  # its children would hold its port
        lived, program.process = now - program.started, None
        program.restarts = 1 if lived >= HEALTHY else program.restarts + 1
        # Whoever is killed did start; only an end by itself says that it cannot.
        program.failures = program.failures + 1 if status >= 0 and lived < FAST else 0
        program.due = now + program.pause
        if program.failures >= FAILURES:
            self.hopeless = program
            return
        self.say(
            f"zige: {program.name} 已退出（{_describe_status(status)}），{program.pause:g} 秒后重新启动 "
            f"({program.name} ended, restart in {program.pause:g} s)"
        )

    def _end_all(self) -> None:
        alive = [program.process for program in self.programs if program.process is not None]
        for process in alive:
            _end_group(process, signal.SIGTERM, only_first=True)
        until = time.monotonic() + PATIENCE
        for process in alive:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, until - time.monotonic()))
            _end_group(process, signal.SIGKILL)
            process.wait()


def _describe_status(status: int) -> str:
    return f"信号 {-status}" if status < 0 else f"状态 {status}"


def _end_group(process: subprocess.Popen[bytes], number: int, *, only_first: bool = False) -> None:
    # Each program leads a group of its own; masters end their own children when asked politely.
    with contextlib.suppress(ProcessLookupError):
        if only_first:
            process.send_signal(number)
        else:
            os.killpg(process.pid, number)


def _end_with_parent() -> None:
    # PR_SET_PDEATHSIG: a launcher that is killed outright leaves nothing behind that holds the ports.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
