"""A service that gives no answer is left alone for a while, so that nobody waits for it in vain.

Each process has a breaker of its own for each service. It counts what costs waiting or means an outage:
no whole answer in time, and statuses of 500 and above. A refusal, a limit and an answer that is not as agreed
come at once, so they close it: one broken record must not keep everybody from a register.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from circuitbreaker import CircuitBreaker

from connectors.errors import NoAnswer, Resting

log = logging.getLogger(__name__)

FAILURES = 5  # in a row
REST = 30.0  # seconds; then one question is let through, and its answer decides


class Breaker:
    """Refuses questions to one service while it rests; made of `circuitbreaker`, which holds no lock.

    pybreaker was weighed: it holds a lock during the call, so that whoever asks one slow register waits for
    all who asked before.
    """

    def __init__(self, name: str, *, failures: int = FAILURES, rest: float = REST) -> None:
        self._name = name
        self._circuit = CircuitBreaker(
            failure_threshold=failures, recovery_timeout=rest, expected_exception=NoAnswer, name=name
        )
        self._trial = threading.Lock()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Count how a question ends; raises `Resting` in place of asking while the service rests."""
        if self._circuit.closed:
            with self._watch_change():
                yield
            return
        # After the rest one asks; the others must not all wait for what may still be silent.
        if self._circuit.opened or not self._trial.acquire(blocking=False):
            raise Resting(self._name, retry_after=float(max(self._circuit.open_remaining, 1)))
        try:
            with self._watch_change():
                yield
        finally:
            self._trial.release()

    @contextmanager
    def _watch_change(self) -> Iterator[None]:
        before = self._circuit.closed
        try:
            with self._circuit:
                yield
        finally:
            if before and not self._circuit.closed:
                log.error("%s: no answer %s times in a row, rests", self._name, self._circuit.failure_count)
            elif self._circuit.closed and not before:
                log.warning("%s: answers again", self._name)
