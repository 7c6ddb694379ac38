"""How the outside can fail. None of these says anything about a person: neither clear nor a mismatch."""

from __future__ import annotations

from connectors.evidence import Evidence


class OutsideError(Exception):
    """Something outside did not do what it was asked; `evidence` holds what came back, if anything did."""

    def __init__(
        self, message: str, evidence: Evidence | None = None, *, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.evidence = evidence
        self.retry_after = retry_after  # seconds that the other side asked to be left alone for


class Unavailable(OutsideError):
    """No usable answer: down, too slow, refused, or failed on the other side. Ask again later."""


class NoAnswer(Unavailable):
    """Nothing whole came in time, or the other side said that it is out of order."""


class Resting(Unavailable):
    """Not asked: the other side has given no answer several times in a row."""

    def __init__(self, name: str, *, retry_after: float) -> None:
        super().__init__(
            f"{name}: left alone after several questions without an answer", retry_after=retry_after
        )


class MalformedAnswer(Unavailable):
    """An answer that is not as agreed; the message names what is wrong with it."""


class RateLimited(Unavailable):
    """Asked too often about the same person; the other side answers again another day."""


class Rejected(Unavailable):
    """The other side will never do what was asked, however often it is asked."""


class KeyTaken(Unavailable):
    """The other side knows the request id from another request, and has done nothing for this one."""


class Pending(OutsideError):
    """The query is taken and not answered yet; ask again with the same request id."""
