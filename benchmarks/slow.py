"""Slow clients beside good ones: how the default start answers while hundreds of sockets drip.

`python -m benchmarks.slow [--sockets 500] [--seconds 8] [--kinds head body …] [--address 127.0.0.1:8000]`
prints one JSON line a kind. Without an address it starts what `./zige run` starts, on a fresh database in a
folder of its own. Kinds: `head` never ends its headers, `body` sends a form a byte at a time, `bulk` sends
40 kB at once and then drips, `upload` (16 of them) sends a file of 3 MB in the same way, `read` takes its
answer a byte at a time, `idle` says nothing. Good clients ask for the sign-in page, four side by side, and
wait for 5 seconds at most.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

ROOT = Path(__file__).parents[1]
PAGE = "/account/sign-in"
EVERY = 2.0  # seconds between two bytes of a slow client
UPLOADS = 16
HOST = b"Host: 127.0.0.1\r\n"
FORM = b"POST /account/sign-in HTTP/1.1\r\n" + HOST + b"Content-Type: application/x-www-form-urlencoded\r\n"
MULTIPART = b"POST /apply/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'

OPENINGS = {
    "head": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    "body": FORM + b"Content-Length: 5000\r\n\r\na",
    "bulk": FORM + b"Content-Length: 60000\r\n\r\n" + b"a" * 40_000,
    "upload": MULTIPART + b"Content-Length: 3000000\r\n\r\n" + PART + b"a" * 500_000,
    "read": b"GET /static/dist/LARGEST HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "idle": b"",
}
STARTING = """
import os, sys
from pathlib import Path
from launcher.installation import Installation
site = Installation(root=Path.cwd(), programs_folder=Path(sys.executable).parent, instance=Path(sys.argv[1]),
            port=int(sys.argv[2]), simulator_port=int(sys.argv[3]), environment=dict(os.environ))
sys.exit(site.keep(lambda sentence: print(sentence, flush=True), lambda: print("welcome", flush=True)))
"""


@dataclass(kw_only=True)
class Answers:
    """What became of the good requests."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def line(self) -> dict[str, float | int]:
        """The figures."""
        found = {"answered": len(self.seconds), "failed": self.failed}
        if len(self.seconds) < 2:
            return found
        cuts = quantiles(self.seconds, n=100)
        return found | {"p50_ms": round(cuts[49] * 1000, 1), "p99_ms": round(cuts[98] * 1000, 1)}


def main() -> None:
    """Measure each kind."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.slow")
    options.add_argument("--sockets", type=int, default=500)
    options.add_argument("--seconds", type=float, default=8.0)
    options.add_argument("--kinds", nargs="+", choices=OPENINGS, default=list(OPENINGS))
    options.add_argument("--address", default="")
    chosen = options.parse_args()
    with contextlib.nullcontext(chosen.address) if chosen.address else started() as address:
        host, _, port = address.partition(":")
        for kind in chosen.kinds:
            measure((host, int(port)), kind, sockets=chosen.sockets, seconds=chosen.seconds)


@contextmanager
def started() -> Iterator[str]:
    """What `./zige run` starts, on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="zige-slow-") as folder:
        port, simulator = free_port(), free_port()
        environment = {**os.environ, "ZIGE_INSTANCE_PATH": folder, "FLASK_APP": "app:create_app"}
        for words in (["db", "upgrade"], ["sample", "load"], ["deploy", "workflows/library"]):
            command = [sys.executable, "-m", "flask", *words]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        command = [sys.executable, "-c", STARTING, folder, str(port), str(simulator)]
        site = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert site.stdout is not None
            while "welcome" not in site.stdout.readline():
                assert site.poll() is None, "the site did not start"
            yield f"127.0.0.1:{port}"
        finally:
            site.terminate()
            site.wait(60)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def measure(address: tuple[str, int], kind: str, *, sockets: int, seconds: float) -> None:
    """Open the slow sockets, ask beside them, print a line."""
    until = time.monotonic() + seconds + 1
    slow = [connect(address, kind) for _ in range(UPLOADS if kind == "upload" else sockets)]
    dripping = threading.Thread(target=drip, args=(slow, kind, until))
    dripping.start()
    time.sleep(1)
    answers = Answers()
    good = [threading.Thread(target=ask, args=(address, answers, until)) for _ in range(4)]
    for thread in good:
        thread.start()
    for thread in [*good, dripping]:
        thread.join()
    for one in slow:
        one.close()
    print(json.dumps({"kind": kind, "slow": len(slow), **answers.line()}), flush=True)


def connect(address: tuple[str, int], kind: str) -> socket.socket:
    """One slow client, after its first words."""
    found = socket.socket()
    found.settimeout(5)
    if kind == "read":
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    with contextlib.suppress(OSError):  # a front may hang up, and that is an answer too
        found.connect(address)
        found.sendall(OPENINGS[kind].replace(b"LARGEST", _largest_file()))
    return found


def _largest_file() -> bytes:
    """The name of the largest script of the pages, which holds a digest."""
    scripts = (ROOT / "static" / "dist").glob("*.js")
    return max(scripts, key=lambda file: file.stat().st_size).name.encode()


def drip(slow: list[socket.socket], kind: str, until: float) -> None:
    """A byte from each, every two seconds."""
    while time.monotonic() < until:
        for one in slow:
            with contextlib.suppress(OSError):
                one.settimeout(0.001)
                one.recv(1) if kind == "read" else one.send(b"a" if kind != "idle" else b"")
        time.sleep(EVERY)


def ask(address: tuple[str, int], answers: Answers, until: float) -> None:
    """Pages, one after another, each on a connection of its own."""
    while time.monotonic() < until:
        began = time.monotonic()
        connection = http.client.HTTPConnection(*address, timeout=5)
        try:
            connection.request("GET", PAGE)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                answers.seconds.append(time.monotonic() - began)
            else:
                answers.failed += 1
        except (OSError, http.client.HTTPException):
            answers.failed += 1
        finally:
            connection.close()
        time.sleep(0.05)


if __name__ == "__main__":
    main()
