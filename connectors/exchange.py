"""One question over HTTP and its checked answer; every register and channel speaks through this.

What is asked and answered is agreed in docs/registers; tests hold both sides to it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from email.message import Message
from typing import Annotated, Any, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from connectors import deadlines
from connectors.breakers import Breaker
from connectors.errors import KeyTaken, MalformedAnswer, NoAnswer, Pending, RateLimited, Rejected, Unavailable
from connectors.evidence import Evidence

log = logging.getLogger(__name__)

# A wrong key (401, 403) or address (404) is ours to mend, and then the same request will do.
FAILURES = {429: RateLimited, 409: KeyTaken, **dict.fromkeys((400, 410, 413, 422), Rejected)}
SAID = {
    RateLimited: "asked too often",
    KeyTaken: "the request id was used for another request",
    Rejected: "refused for good",
}
LIMIT = 1024 * 1024  # bytes; no answer of a register comes near this
MOST_RECORDS = 200
# What a database keeps and a page shows: no control characters, so no NUL, which PostgreSQL refuses.
PRINTABLE = r"^[^\x00-\x1f\x7f]*\Z"
Line = Annotated[str, msgspec.Meta(max_length=1000, pattern=PRINTABLE)]
Clock = Callable[[], datetime]
Counts = Mapping[str, tuple[int, int]]
S = TypeVar("S", bound="Envelope")
T = TypeVar("T")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer carries; subclasses say which codes and records they know."""

    # How many records belong to a code, at least and at most. A code that says one thing and records that
    # say another must be read as neither.
    COUNTS: ClassVar[Counts] = {}

    request_id: str
    queried_at: Annotated[datetime, msgspec.Meta(tz=True)]
    code: str
    note: Line = ""
    # which of the asker's own words the register has otherwise; never what it has instead
    differs: tuple[Literal["name", "document_number", "certificate_number"], ...] = ()

    def __post_init__(self) -> None:
        least, most = self.COUNTS.get(self.code, (0, MOST_RECORDS))
        if not least <= len(getattr(self, "records", ())) <= most:
            raise ValueError(f"code {self.code} does not go with so many records")


class _Pending(msgspec.Struct, frozen=True, tag_field="code", tag="PENDING"):
    request_id: str
    queried_at: Annotated[datetime, msgspec.Meta(tz=True)]


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    raw: bytes
    content_type: str
    retry_after: float | None  # seconds


def utc_now() -> datetime:
    """The time of an exchange; evidence tells when something really happened, so no test clock applies."""
    return datetime.now(UTC)


class ServiceClient:
    """The way to one service: its address, the key it asks for, and how long to wait for a whole answer.

    With a breaker it raises `Resting` at once while the service gives no answers.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        timeout: float,
        *,
        clock: Clock = utc_now,
        breaker: Breaker | None = None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._clock = clock
        self._breaker = breaker

    def ask(self, path: str, body: Mapping[str, Any], request_id: str, shape: type[S]) -> tuple[S, Evidence]:
        """Post the body; return the answer in its shape, and the evidence. The same request id asks once."""
        guard: AbstractContextManager[None] = self._breaker.guard() if self._breaker else nullcontext()
        with guard:
            answer, evidence = self._exchange(path, body, request_id)
            _raise_for_status(path, answer, evidence)
            _check_content_type(path, answer, evidence)
            if answer.status == 202:
                _check_request_id(path, _decode_answer(path, evidence, _Pending).request_id, evidence)
                raise Pending(f"{path}: not answered yet", evidence)
            return _read_answer(path, evidence, shape), evidence

    def _exchange(self, path: str, body: Mapping[str, Any], request_id: str) -> tuple[_Answer, Evidence]:
        asked_at = self._clock()

        def keep(raw: bytes) -> Evidence:
            return Evidence(request_id=request_id, asked_at=asked_at, answered_at=self._clock(), raw=raw)

        try:
            answer = self._post_request(path, body, request_id)
        except requests.RequestException as failure:
            log.warning("%s: %s", path, type(failure).__name__)
            raise NoAnswer(f"{path}: {type(failure).__name__}", keep(b"")) from failure
        if len(answer.raw) > LIMIT:
            raise build_malformed(path, f"more than {LIMIT} bytes", keep(answer.raw))
        return answer, keep(answer.raw)

    def _post_request(self, path: str, body: Mapping[str, Any], request_id: str) -> _Answer:
        headers = {"X-Api-Key": self._key, "X-Request-Id": request_id}
        with (
            deadlines.open_session(self._timeout, deadlines.AGAIN) as session,
            session.post(
                self._base_url + path,
                json=dict(body),
                headers=headers,
                # The deadline ends the exchange; a read of its own would be repeated.
                timeout=(self._timeout, self._timeout + 1),
                stream=True,
                allow_redirects=False,
            ) as response,
        ):
            return _Answer(
                status=response.status_code,
                raw=_read_body(response),
                content_type=response.headers.get("Content-Type", ""),
                retry_after=_parse_retry_after(response.headers.get("Retry-After")),
            )


def fetch_answer(address: str, parameters: Mapping[str, str], timeout: float, shape: type[T]) -> T:
    """Ask by GET, in the way of a service that has its own: no key in the head and no envelope."""
    path, asked_at = urlsplit(address).path, utc_now()

    def keep(raw: bytes) -> Evidence:
        return Evidence(request_id="", asked_at=asked_at, answered_at=utc_now(), raw=raw)

    try:
        answer = _get_answer(address, parameters, timeout)
    except requests.RequestException as failure:
        log.warning("%s: %s", path, type(failure).__name__)
        raise NoAnswer(f"{path}: {type(failure).__name__}", keep(b"")) from failure
    evidence = keep(answer.raw)
    if len(answer.raw) > LIMIT:
        raise build_malformed(path, f"more than {LIMIT} bytes", evidence)
    if answer.status == 202:
        raise Unavailable(f"{path}: status 202", evidence)
    _raise_for_status(path, answer, evidence)
    return _decode_answer(path, evidence, shape)


def _get_answer(address: str, parameters: Mapping[str, str], timeout: float) -> _Answer:
    with (
        deadlines.open_session(timeout) as session,
        session.get(
            address, params=dict(parameters), timeout=timeout, stream=True, allow_redirects=False
        ) as response,
    ):
        return _Answer(
            status=response.status_code,
            raw=_read_body(response),
            content_type=response.headers.get("Content-Type", ""),
            retry_after=_parse_retry_after(response.headers.get("Retry-After")),
        )


def _read_body(response: requests.Response) -> bytes:
    """The whole body, or a little more than is allowed of one that is too large."""
    read = bytearray()
    for part in response.iter_content(64 * 1024):
        read += part
        if len(read) > LIMIT:
            return bytes(read[: LIMIT + 1])
    return bytes(read)


def _raise_for_status(path: str, answer: _Answer, evidence: Evidence) -> None:
    if answer.status in (200, 202):
        return
    log.warning("%s: status %s", path, answer.status)
    failure = FAILURES.get(answer.status, NoAnswer if answer.status >= 500 else Unavailable)
    words = f"{path}: {SAID.get(failure, f'status {answer.status}')}"
    raise failure(words, evidence, retry_after=answer.retry_after)


def _check_content_type(path: str, answer: _Answer, evidence: Evidence) -> None:
    said = Message()
    said["Content-Type"] = answer.content_type or "none/none"
    charset = said.get_content_charset("utf-8")
    if said.get_content_type() != "application/json" or charset not in ("utf-8", "us-ascii"):
        raise build_malformed(path, "not JSON in UTF-8 by its content type", evidence)


def _parse_retry_after(wish: str | None) -> float | None:
    """What a Retry-After header asks for, in seconds or until a date."""
    try:
        return Retry().parse_retry_after(wish) if wish else None
    except InvalidHeader:
        return None


def _read_answer(path: str, evidence: Evidence, shape: type[S]) -> S:
    answer = _decode_answer(path, evidence, shape)
    _check_request_id(path, answer.request_id, evidence)
    return answer


def _check_request_id(path: str, request_id: str, evidence: Evidence) -> None:
    if request_id != evidence.request_id:
        raise build_malformed(path, "answers another request", evidence)


def _decode_answer(path: str, evidence: Evidence, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(evidence.raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise build_malformed(path, str(wrong), evidence) from wrong


def build_malformed(path: str, what: str, evidence: Evidence) -> MalformedAnswer:
    """An answer that is not as agreed, logged without its content."""
    # The log names the fault, never the content: answers are about people.
    log.error("%s: malformed answer: %s", path, what)
    return MalformedAnswer(f"{path}: {what}", evidence)
