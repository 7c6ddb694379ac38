"""A whole site, started as `./zige run` starts it, on a database of the test's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from benchmarks.slow import STARTING, free_port
from tests import stores
from tests.stores import Store

ROOT = Path(__file__).parents[2]
PATIENCE = 90  # seconds; whoever needs them all has failed


@dataclass(frozen=True, kw_only=True)
class Started:
    """A site that runs: its launcher, its port, and what the launcher says."""

    process: subprocess.Popen[str]
    port: int
    told: Path
    store: Store

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def program(self, word: str) -> psutil.Process:
        """The program whose command holds a word."""
        found = [one for one in self.children() if word in " ".join(one.cmdline())]
        assert found, f"no {word} runs"
        return found[0]

    def children(self) -> list[psutil.Process]:
        """What the launcher has started itself."""
        return psutil.Process(self.process.pid).children()

    def get(self, path: str, **options: object) -> requests.Response:
        """A page, asked for on a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            return session.get(self.url + path, timeout=PATIENCE, **options)  # type: ignore[arg-type]


def eventually(check: Callable[[], bool]) -> None:
    """Wait until something is so."""
    until = time.monotonic() + PATIENCE
    while not check():
        assert time.monotonic() < until
        time.sleep(0.1)


def start(store: Store, folder: Path, **more: str) -> Started:
    """Start a site; the caller ends it."""
    port, simulator = free_port(), free_port()
    environment = {
        **os.environ,
        "FLASK_APP": "app:create_app",
        "ZIGE_INSTANCE_PATH": str(store.folder),
        "ZIGE_DATABASE_URL": store.url,
        "ZIGE_SECRET_KEY": store.settings.secret_key,
        "ZIGE_SIMULATOR_URL": f"http://127.0.0.1:{simulator}",
        **more,
    }
    told = folder / "told"
    command = [sys.executable, "-c", STARTING, str(store.folder), str(port), str(simulator)]
    with told.open("w", encoding="utf-8") as output:
        # With the usual umask of a machine: that of the tests is stricter, once they have made an app.
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, text=True, umask=0o022)
    started = Started(process=process, port=port, told=told, store=store)
    eventually(lambda: "welcome" in told.read_text(encoding="utf-8") or process.poll() is not None)
    assert process.poll() is None, told.read_text(encoding="utf-8")
    return started


def end(started: Started) -> None:
    """End a site, whatever became of it."""
    children = started.children() if started.process.poll() is None else []
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(PATIENCE) == 0
    assert psutil.wait_procs(children, PATIENCE)[1] == []


@pytest.fixture(scope="module")
def site(template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """A site that the tests of a module share."""
    folder = tmp_path_factory.mktemp("site")
    with stores.copied(template, folder / "instance") as store:
        started = start(store, folder)
        yield started
        end(started)


@pytest.fixture
def own_site(template: Store, tmp_path: Path) -> Iterator[Started]:
    """A site of the test's own."""
    with stores.copied(template, tmp_path / "instance") as store:
        started = start(store, tmp_path)
        yield started
        if started.process.poll() is None:
            end(started)
