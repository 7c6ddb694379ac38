"""How many files one process looks into at a time: one of a few kilobytes can cost ten seconds of work.

Whoever waits for a turn holds a thread as well, so that only a few wait, and not for long: the other threads
of a web process go on answering pages.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.base.errors import DomainError
from translations import lazy_gettext

AT_ONCE = 4  # of the eight threads of a web process; an ordinary file takes a tenth of a second
PATIENCE = 2.0  # seconds of waiting for one's turn
MOST_WAITING = 2
BRIEFLY = 0.5  # seconds for all others: long for a crowd of ordinary files, and pages have to wait no longer

_turns = threading.BoundedSemaphore(AT_ONCE)
_waiting = threading.BoundedSemaphore(AT_ONCE + MOST_WAITING)


class TooManyFiles(DomainError):
    """Too many files are being looked into just now."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("正在检查的文件太多，这一次没有轮到，文件没有保存。请稍等几秒再次上传。")


@contextmanager
def take_turn() -> Iterator[None]:
    """Look into one file; raises `TooManyFiles` when it is nobody's turn for too long."""
    if not _waiting.acquire(timeout=BRIEFLY):
        raise TooManyFiles
    try:
        if not _turns.acquire(timeout=PATIENCE):
            raise TooManyFiles
        try:
            yield
        finally:
            _turns.release()
    finally:
        _waiting.release()
