"""A simulator on a free port for as long as a block of code needs it; tests use it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from werkzeug.serving import make_server

from simulator import create_app


@dataclass(frozen=True, kw_only=True)
class RunningSimulator:
    """A running simulator: where it is, and short ways to its console and inbox."""

    url: str
    key: str

    def control(self, **settings: Any) -> None:
        """Change its settings: registers={…}, people={…}, pending_seconds=0, identity_tries=3, reset=True."""
        self._send_request("post", "/control", json=settings)

    def behave(self, register: str, mode: str, seconds: float = 0.0) -> None:
        """Make one register normal, slow, down, malformed, garbled, oversized or pending."""
        self.control(registers={register: {"mode": mode, "seconds": seconds}})

    def messages(self, *, channel: str = "", to: str = "") -> list[dict[str, Any]]:
        """What was sent, newest first."""
        found: list[dict[str, Any]] = self._send_request(
            "get", f"/messages?channel={channel}&to={quote(to)}"
        ).json()["messages"]
        return found

    def used(self) -> dict[str, str]:
        """The certificates that are marked as used, each with its purpose."""
        found: dict[str, str] = self._send_request("get", "/state").json()["used"]
        return found

    def answered(self, address: str) -> list[str]:
        """The request ids that an address answered, such as exam/use, in the order of their first answers."""
        found: dict[str, str] = self._send_request("get", "/state").json()["answered"]
        return [key for key, asked in found.items() if asked == address]

    def arrived(self, register: str) -> int:
        """How many have been kept waiting by a register while it was slow."""
        return int(self._send_request("get", "/state").json()["arrived"].get(register, 0))

    def _send_request(self, method: str, path: str, **options: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            response = session.request(method, self.url + path, timeout=10, **options)
        response.raise_for_status()
        return response


@contextmanager
def running_simulator(*, database: str = ":memory:", key: str = "simulator") -> Iterator[RunningSimulator]:
    """Serve a simulator from a thread of its own; it remembers nothing unless a database file is given."""
    app = create_app(database, key)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield RunningSimulator(url=f"http://127.0.0.1:{server.server_port}", key=key)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        app.extensions["world"].store.close()
