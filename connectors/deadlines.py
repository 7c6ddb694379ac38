"""A whole exchange over HTTP ends at its deadline, however its bytes come.

The timeouts of requests and urllib3 are for each read: an answer that drips, a byte at a time and its head
too, holds whoever reads it for minutes, and a few of them every thread of a web process.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.retry import Retry

# One more try at once, where a connection failed or was dropped before an answer began. Whoever speaks
# through this names the request, so that the same one arriving twice is done once.
AGAIN = Retry(
    total=1,
    connect=1,
    read=1,
    redirect=0,
    status=0,
    other=0,
    allowed_methods=None,
    respect_retry_after_header=False,
)
NEVER = Retry(total=0, redirect=0, respect_retry_after_header=False, read=False)
LATE = "the answer took too long"


class Deadline:
    """Cuts the connections of one exchange when its time is over."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._end = time.monotonic() + seconds
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end_exchange)
        self._timer.daemon = True

    def start_timer(self) -> None:
        """Let the time run."""
        self._timer.start()

    def remaining_seconds(self) -> float:
        """What is left of the time; never nothing, which would mean without end to a socket."""
        return max(self._end - time.monotonic(), 0.001)

    def watch_connection(self, connection: socket.socket) -> socket.socket:
        """Have a connection cut, too; TLS takes the socket itself over, so a second handle is kept."""
        with self._lock:
            self._open.append(connection.dup())
        if self.is_over:
            self._cut_connections()
        return connection

    def close_watched(self) -> None:
        """The exchange is over in time, or has been cut."""
        self._timer.cancel()
        with self._lock:
            while self._open:
                self._open.pop().close()

    def _end_exchange(self) -> None:
        self.is_over = True
        self._cut_connections()

    def _cut_connections(self) -> None:
        with self._lock:
            for connection in self._open:
                with suppress(OSError):  # the other side was quicker
                    connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def open_session(seconds: float, retries: Retry = NEVER) -> Iterator[requests.Session]:
    """A session for one exchange, which is cut after so many seconds; raises `ReadTimeout` then."""
    deadline = Deadline(seconds)
    with requests.Session() as session:
        # Registers are reached directly; a proxy of the environment must not see them.
        session.trust_env = False
        for scheme in ("http://", "https://"):
            session.mount(scheme, _DeadlineAdapter(deadline, retries))
        deadline.start_timer()
        try:
            yield session
        except requests.RequestException as failure:
            if deadline.is_over:  # it says that the connection broke, as it was we who broke it
                raise requests.ReadTimeout(LATE) from failure
            raise
        finally:
            deadline.close_watched()
        if deadline.is_over:  # what says not how long it is, such as a head, ends where it was cut
            raise requests.ReadTimeout(LATE)


class _DeadlineAdapter(HTTPAdapter):
    def __init__(self, deadline: Deadline, retries: Retry) -> None:
        self._deadline = deadline
        super().__init__(max_retries=retries)

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        super().init_poolmanager(*sizes, **options)
        self.poolmanager.pool_classes_by_scheme = _build_pools(self._deadline)


def _build_pools(deadline: Deadline) -> dict[str, Any]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            self.timeout = deadline.remaining_seconds()  # a second try has what the first has left
            return deadline.watch_connection(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            self.timeout = deadline.remaining_seconds()  # a second try has what the first has left
            return deadline.watch_connection(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
