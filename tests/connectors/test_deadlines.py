"""Whoever answers a byte at a time does not hold whoever asks, in head, body or handshake."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from connectors import probing
from connectors.errors import Unavailable
from connectors.exchange import Envelope, ServiceClient

pytestmark = pytest.mark.found("X5", "E15")
PATIENCE, LONGEST = 0.5, 2.0
HEAD = b"HTTP/1.1 200 OK\r\n"
RIGHT = b'{"request_id": "q-1", "queried_at": "2026-11-30T01:00:00Z", "code": "OK"}'
# What comes at once, and what then drips.
DRIPS = {
    "head": (HEAD, b"X-Slow: " + b"x" * 100),
    "status": (b"HTTP/1.1 200 ", b"O" * 100),
    "length": (HEAD + b"Content-Length: 100\r\n\r\n", b" " * 100),
    "until the end": (HEAD + b"\r\n", b'{"request_id": "1", "code": "OK"}' + b" " * 100),
    "one chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n64\r\n", b" " * 100),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 30),
}
Serve = Callable[[bytes, bytes], int]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Answer on a port with some bytes at once, and the others one after the other."""
    ended, threads = threading.Event(), []

    def begin(at_once: bytes, dripping: bytes) -> int:
        listening = socket.create_server(("127.0.0.1", 0))

        def answer() -> None:
            with closing(listening), closing(listening.accept()[0]) as connection:
                connection.recv(65536)
                try:
                    connection.sendall(at_once)
                    for place in range(len(dripping)):
                        if ended.wait(PATIENCE / 5):
                            return
                        connection.sendall(dripping[place : place + 1])
                except OSError:
                    return

        threads.append(threading.Thread(target=answer))
        threads[-1].start()
        return int(listening.getsockname()[1])

    yield begin
    ended.set()
    for thread in threads:
        thread.join()


def _ask(address: str) -> str:
    with pytest.raises(Unavailable) as caught:
        ServiceClient(address, "key", PATIENCE).ask("/registers", {}, "1", Envelope)
    return str(caught.value)


@pytest.mark.parametrize("way", DRIPS)
def test_an_answer_that_drips_ends_at_its_time(serve: Serve, way: str) -> None:
    began = time.monotonic()
    said = _ask(f"http://127.0.0.1:{serve(*DRIPS[way])}")
    assert PATIENCE <= time.monotonic() - began < LONGEST
    assert "ReadTimeout" in said


def test_a_handshake_that_drips_ends_at_its_time(serve: Serve) -> None:
    began = time.monotonic()
    _ask(f"https://127.0.0.1:{serve(b'', bytes.fromhex('160303ffff') * 20)}")
    assert time.monotonic() - began < LONGEST


def test_an_address_that_drips_counts_as_silent(serve: Serve) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable, match="没有应答"):
        probing.probe_address(f"http://127.0.0.1:{serve(*DRIPS['status'])}")
    assert time.monotonic() - began < probing.PATIENCE + LONGEST


@pytest.mark.parametrize("dropped", [1, 2])
def test_a_dropped_connection_is_tried_once_more_with_the_same_request(dropped: int) -> None:
    ids: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def answer() -> None:
            for number in range(2):
                with closing(listening.accept()[0]) as connection:
                    asked = connection.recv(65536).lower()
                    ids.append(asked.partition(b"x-request-id: ")[2].partition(b"\r\n")[0])
                    if number >= dropped:
                        connection.sendall(HEAD + b"Content-Type: application/json\r\n\r\n" + RIGHT)

        thread = threading.Thread(target=answer)
        thread.start()
        client = ServiceClient(f"http://127.0.0.1:{listening.getsockname()[1]}", "key", 5.0)
        if dropped == 1:
            assert client.ask("/registers", {}, "q-1", Envelope)[0].code == "OK"
        else:
            with pytest.raises(Unavailable):
                client.ask("/registers", {}, "q-1", Envelope)
        thread.join()
    assert ids == [b"q-1", b"q-1"]
