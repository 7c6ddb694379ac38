"""Typst in a child process, which is ended when a document takes too long or too much.

The child begins in a tenth of a second and is kept: after the first document each takes some milliseconds.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock

from connectors.documents.errors import UnfitTemplate
from translations import gettext

LONGEST = 4.0  # seconds for one document; the largest sheets take a tenth of one
START = 60.0  # seconds for the child to begin and to read its fonts
CHILD = Path(__file__).with_name("typst_child.py")
KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")  # of our surroundings; no secret is among them
SURROUNDINGS = {
    # No package is fetched from anywhere: there is no proxy at this address.
    **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9"),
    # Threads take no addresses that no document needs.
    "RAYON_NUM_THREADS": "2",
    "MALLOC_ARENA_MAX": "2",
}
_PACKAGE = ("failed to download package", "package not found", "failed to load package")
Folders = tuple[str, ...]


class TypstProcess:
    """One child with its fonts, one document at a time; when it was ended, another one follows it."""

    def __init__(self, folders: Folders) -> None:
        self._folders, self._lock = folders, Lock()
        self._running: tuple[subprocess.Popen[bytes], Connection] | None = None

    @property
    def child_id(self) -> int | None:
        """The number of the process that sets documents, while there is one."""
        return self._running[0].pid if self._running is not None else None

    def compile_document(self, main: Path, inputs: Mapping[str, str], *, seconds: float = LONGEST) -> bytes:
        """The PDF of a file, which may read what lies beside it; raises UnfitTemplate."""
        question = {"main": str(main), "root": str(main.parent), "inputs": dict(inputs)}
        with self._lock:
            try:
                connection = self._find_connection()
                connection.send_bytes(json.dumps(question).encode())
                if not connection.poll(seconds):
                    self._end()
                    said = gettext("%(seconds)s 秒没有完成，请检查循环和过大的内容", seconds=f"{seconds:g}")
                    raise UnfitTemplate(main.name, said)
                answer, content = json.loads(connection.recv_bytes()), connection.recv_bytes()
            except (EOFError, ConnectionError) as error:
                self._end()
                raise UnfitTemplate(main.name, gettext("占用的内存过多，或者嵌套过深，没有完成")) from error
            if answer["spent"]:
                self._end()
        if (problem := answer["problem"]) is not None:
            reason = _explain_problem(main, problem["message"])
            raise UnfitTemplate(main.name, reason, line=_find_line(main, problem["diagnostic"]))
        return content

    def end(self) -> None:
        """End the child, when it has made what it is making."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._running is not None:
            process, connection = self._running
            self._running = None
            connection.close()
            process.kill()
            process.wait()

    def _find_connection(self) -> Connection:
        if self._running is None or self._running[0].poll() is not None:
            self._end()
            self._running = self._start()
        return self._running[1]

    def _start(self) -> tuple[subprocess.Popen[bytes], Connection]:
        ours, theirs = Pipe()
        with theirs:
            number = theirs.fileno()
            process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD), str(number), *self._folders],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # where memory ends, typst writes pages about itself
                env={name: os.environ[name] for name in KEPT if name in os.environ} | SURROUNDINGS,
            )
        try:
            if not ours.poll(START):
                raise TimeoutError("typst did not start")
            ours.recv_bytes()
        except (EOFError, OSError) as error:
            ours.close()
            process.kill()
            process.wait()
            raise RuntimeError(f"typst did not start with the fonts {self._folders}") from error
        return process, ours


@lru_cache(maxsize=4)
def find_process(folders: Folders) -> TypstProcess:
    """The child with these fonts, which begins when something is to be made."""
    found = TypstProcess(folders)
    atexit.register(found.end)
    return found


# A process that was forked has none: the one it knows of belongs to the process that it came from.
os.register_at_fork(after_in_child=find_process.cache_clear)


def _explain_problem(main: Path, message: str) -> str:
    """What typst says, without the folder of ours in which it worked."""
    if message.startswith(_PACKAGE):
        return gettext("不能使用程序包（@preview 等），请删去这一行，把要用的写在文件里")
    return message.replace(f"{main.parent}{os.sep}", "").replace(str(main.parent), "")


def _find_line(main: Path, diagnostic: str) -> int | None:
    found = re.search(rf"{re.escape(main.name)}:(\d+):\d+", diagnostic)
    return int(found[1]) if found else None
