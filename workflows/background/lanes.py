"""Threads of a worker by lane: what is slow in one lane holds up no other."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

Work = Callable[[], None]


@dataclass(kw_only=True)
class Lanes:
    """The threads that are at work; a lane that has nothing left to do has none."""

    ended: Work  # called when a lane has done all there was, as there may be more by now
    _threads: dict[str, set[threading.Thread]] = field(default_factory=lambda: defaultdict(set))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, lane: str, work: Work, *, width: int) -> int:
        """Put one more thread to work, unless the lane is full; how many more there is room for."""
        with self._lock:
            threads = self._threads[lane]
            if len(threads) >= width:
                return 0
            thread = threading.Thread(target=self._run_work, args=(lane, work), name=lane, daemon=True)
            thread.start()
            threads.add(thread)
            return width - len(threads)

    def _run_work(self, lane: str, work: Work) -> None:
        is_done = False
        try:
            work()
            is_done = True
        except Exception:  # the database may be locked or gone for a while; the next look starts anew
            log.exception("lane %s failed", lane)
        finally:
            with self._lock:
                self._threads[lane].discard(threading.current_thread())
            if is_done:
                self.ended()

    def wait(self, seconds: float) -> bool:
        """Let all finish what they have in hand; whether they did."""
        until = time.monotonic() + seconds
        with self._lock:
            threads = [thread for lane in self._threads.values() for thread in lane]
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
