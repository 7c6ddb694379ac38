"""The front takes in whole requests, says who asks, and refuses what is no honest request."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from settings import privacy
from tests.launcher.conftest import PATIENCE, Started

FIRST_PAGE = 60_000  # bytes on the wire
TOLD = {b"400": "请求无法读取", b"413": "提交的内容太大", b"414": "地址太长"}
AGENT = {"Accept-Encoding": "gzip, br", "User-Agent": "Chrome"}


def _ask(site: Started, sent: bytes) -> bytes:
    """All that is answered to raw bytes."""
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture
def dripping(site: Started, request: pytest.FixtureRequest) -> Iterator[int]:
    """Sockets that have said the beginning of a request and no more."""
    with ExitStack() as stack:
        for _ in range(100):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", site.port), PATIENCE))
            one.sendall(request.param)
        yield 100


@pytest.mark.found("X5")
@pytest.mark.parametrize(
    "dripping",
    [
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\na",
        b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + b"a" * 40_000,
        b"POST /apply/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + b"a" * 500_000,
    ],
    ids=["idle", "head", "body", "bulk", "upload"],
    indirect=True,
)
def test_pages_are_answered_beside_more_slow_sockets_than_threads(site: Started, dripping: int) -> None:
    assert [site.get("/account/sign-in").status_code for _ in range(20)] == [200] * 20


@pytest.mark.found("X5")
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 40_000 + b"\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n", b"413"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", b"501"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
    ],
    ids=[
        "headers",
        "address",
        "body",
        "two lengths of two kinds",
        "two lengths",
        "coding",
        "hosts",
        "no host",
    ],
)
def test_dishonest_requests_are_refused_before_the_app(site: Started, sent: bytes, status: bytes) -> None:
    answer = _ask(site, sent)
    assert answer.split(b" ")[1] == status
    assert answer.count(b"HTTP/1.1 ") == 1
    assert TOLD.get(status, "") in answer.decode()


@pytest.mark.found("X5")
@pytest.mark.parametrize(
    ("path", "word"), [("/", "<h1>提交的内容太大"), ("/api/v1/tasks", '"code": "too_large"')]
)
def test_a_refusal_has_the_form_that_was_asked_for(site: Started, path: str, word: str) -> None:
    sent = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n".encode()
    assert word in _ask(site, sent).decode()


@pytest.mark.found("X5")
def test_requests_in_a_row_are_answered_in_their_order(site: Started) -> None:
    one = b"GET /account/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n"
    sent = one % (b"sign-in", b"") + one % (b"forgotten", b"") + one % (b"none", b"Connection: close\r\n")
    found = re.findall(rb"HTTP/1\.1 (\d+) ", _ask(site, sent))
    assert found == [b"200", b"200", b"404"]


@pytest.mark.found("P8", "A8")
def test_the_first_page_is_light(site: Started) -> None:
    page = site.get("/", headers=AGENT, stream=True)
    weight = len(page.raw.read(decode_content=False))
    text = site.get("/", headers=AGENT).text
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
    assert {file.rpartition(".")[2] for file in files} == {"css", "js", "svg"}
    for file in files:
        answer = site.get(file, headers=AGENT, stream=True)
        weight += len(answer.raw.read(decode_content=False))
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
    assert page.headers["Content-Encoding"] == "gzip"
    assert weight < FIRST_PAGE


@pytest.mark.found("X12")
def test_what_the_programs_of_a_site_keep_is_for_their_own_user_alone(site: Started) -> None:
    site.get("/account/sign-in")
    kept = list((site.store.folder / "run").rglob("*"))
    assert {"nginx.conf", "nginx.pid", "web.sock"} <= {one.name for one in kept}
    assert [
        one for one in (site.store.folder, *kept) if privacy.is_open_to_others(one) and not one.is_socket()
    ] == []


@pytest.mark.found("P8")
def test_what_is_compressed_cannot_be_guessed_from_another_site(site: Started) -> None:
    # BREACH needs the victim's browser to ask with its cookies again and again from the attacker's page.
    answer = site.get("/account/sign-in")
    cookies = [value for name, value in answer.raw.headers.items() if name.lower() == "set-cookie"]
    assert cookies
    assert all("SameSite=Lax" in cookie for cookie in cookies)
