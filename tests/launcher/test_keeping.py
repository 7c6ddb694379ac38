"""What dies is started again, and what is told to end leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest
import requests

from launcher.supervisor import FAILURES, PAUSES, Program, Supervisor
from tests.launcher.conftest import PATIENCE, Started, eventually

WORDS = ("gunicorn", "nginx", "flask worker", "simulator")


@pytest.mark.found("X6")
@pytest.mark.parametrize("word", ["flask", "nginx", "gunicorn", "simulator"])
def test_what_is_killed_is_started_again(site: Started, word: str) -> None:
    killed = site.program(word)
    others = {one.pid for one in site.children()} - {killed.pid}
    killed.send_signal(signal.SIGKILL)
    eventually(lambda: len(site.children()) == len(others) + 1 and killed.pid not in _pids(site))
    eventually(lambda: _answers(site))
    assert others <= _pids(site)
    name = {"flask": "worker", "nginx": "front", "gunicorn": "web"}.get(word, word)
    assert f"zige: {name} 已退出（信号 9）" in site.told.read_text(encoding="utf-8")


@pytest.mark.found("X6")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_one_signal_ends_everything(own_site: Started, number: signal.Signals) -> None:
    everything = _with_descendants(own_site)
    own_site.process.send_signal(number)
    assert own_site.process.wait(PATIENCE) == 0
    assert psutil.wait_procs(everything, PATIENCE)[1] == []


@pytest.mark.found("X6")
def test_nothing_outlives_a_launcher_that_is_killed(own_site: Started) -> None:
    everything = _with_descendants(own_site)
    own_site.process.kill()
    own_site.process.wait(PATIENCE)
    assert psutil.wait_procs(everything, PATIENCE)[1] == []


@pytest.mark.found("X6")
def test_what_cannot_start_ends_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("launcher.supervisor.PAUSES", (0.1,))  # the pauses alone would take 15 seconds
    well = Program(name="well", command=[sys.executable, "-c", "import time; time.sleep(600)"])
    broken = Program(name="broken", command=[sys.executable, "-c", "raise SystemExit(3)"])
    told: list[str] = []
    keeper = Supervisor(programs=[well, broken], folder=tmp_path, environment=os.environ, say=told.append)
    assert keeper.keep() == 1
    assert well.process is not None
    assert well.process.poll() == -signal.SIGTERM
    assert [line for line in told if "状态 3" in line and "broken" in line] == told[:-1]
    assert len(told) == FAILURES
    assert "broken 连续 5 次无法启动" in told[-1]


def test_pauses_grow_and_stay_at_half_a_minute() -> None:
    program = Program(name="a", command=[])
    seen = []
    for program.restarts in range(1, 9):
        seen.append(program.pause)
    assert seen == [*PAUSES, 30, 30] == [1, 2, 4, 8, 16, 30, 30, 30]


def _answers(site: Started) -> bool:
    try:
        return site.get("/account/sign-in").status_code == 200
    except requests.ConnectionError:  # the front itself is away
        return False


def _pids(site: Started) -> set[int]:
    return {one.pid for one in site.children()}


def _with_descendants(site: Started) -> list[psutil.Process]:
    found: list[psutil.Process] = psutil.Process(site.process.pid).children(recursive=True)
    assert len(found) >= len(WORDS) + 2  # two web processes and the front's own
    return found
