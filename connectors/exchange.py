"""One question over HTTP and its checked answer; every register and channel speaks through this."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import msgspec
import requests
from urllib3.exceptions import InvalidHeader
from urllib3.util.retry import Retry

from connectors import deadlines
from connectors.errors import KeyTaken, MalformedAnswer, Pending, RateLimited, Rejected, Unavailable
from connectors.evidence import Evidence

log = logging.getLogger(__name__)

# A wrong key (401, 403) or address (404) is ours to mend, and then the same request will do.
FAILURES = {429: RateLimited, 409: KeyTaken, **dict.fromkeys((400, 410, 413, 422), Rejected)}
SAID = {
    RateLimited: "asked too often",
    KeyTaken: "the request id was used for another request",
    Rejected: "refused for good",
}
LIMIT = 1024 * 1024  # no answer of a register comes near this
Clock = Callable[[], datetime]
S = TypeVar("S", bound="Envelope")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer carries; subclasses say which codes and records they know."""

    request_id: str
    code: str
    note: str = ""
    # which of the asker's own words the register has otherwise; never what it has instead
    differs: tuple[Literal["name", "document_number", "certificate_number"], ...] = ()


class _Pending(msgspec.Struct, frozen=True, tag_field="code", tag="PENDING"):
    request_id: str


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    raw: bytes
    retry_after: float | None  # seconds


def utc_now() -> datetime:
    """The time of an exchange; evidence tells when something really happened, so no test clock applies."""
    return datetime.now(UTC)


class ServiceClient:
    """The way to one service: its address, the key it asks for, and how long to wait for a whole answer."""

    def __init__(self, base_url: str, key: str, timeout: float, *, clock: Clock = utc_now) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._clock = clock

    def ask(self, path: str, body: Mapping[str, Any], request_id: str, shape: type[S]) -> tuple[S, Evidence]:
        """Post the body; return the answer in its shape, and the evidence. The same request id asks once."""
        asked_at = self._clock()
        answer = self._post_request(path, body, request_id)
        evidence = Evidence(
            request_id=request_id, asked_at=asked_at, answered_at=self._clock(), raw=answer.raw
        )
        _raise_for_status(path, answer, evidence)
        return _read_answer(path, evidence, shape), evidence

    def _post_request(self, path: str, body: Mapping[str, Any], request_id: str) -> _Answer:
        headers = {"X-Api-Key": self._key, "X-Request-Id": request_id}
        with (
            _translate_outage(path),
            deadlines.open_session(self._timeout) as session,
            session.post(
                self._base_url + path,
                json=dict(body),
                headers=headers,
                timeout=self._timeout,
                stream=True,
                allow_redirects=False,
            ) as response,
        ):
            raw = _read_body(response, path)
            wish = response.headers.get("Retry-After")
            return _Answer(status=response.status_code, raw=raw, retry_after=_parse_retry_after(wish))


@contextmanager
def _translate_outage(path: str) -> Iterator[None]:
    try:
        yield
    except requests.RequestException as failure:
        log.warning("%s: %s", path, type(failure).__name__)
        raise Unavailable(f"{path}: {type(failure).__name__}") from failure


def _read_body(response: requests.Response, path: str) -> bytes:
    parts, size = [], 0
    for part in response.iter_content(64 * 1024):
        parts.append(part)
        size += len(part)
        if size > LIMIT:
            raise _build_malformed(path, f"more than {LIMIT} bytes")
    return b"".join(parts)


def _raise_for_status(path: str, answer: _Answer, evidence: Evidence) -> None:
    if answer.status == 202:
        _check_request_id(path, _decode_answer(path, evidence, _Pending).request_id, evidence)
        raise Pending(f"{path}: not answered yet", evidence)
    if answer.status != 200:
        log.warning("%s: status %s", path, answer.status)
        failure = FAILURES.get(answer.status, Unavailable)
        words = f"{path}: {SAID.get(failure, f'status {answer.status}')}"
        raise failure(words, evidence, retry_after=answer.retry_after)


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
        raise _build_malformed(path, "answers another request", evidence)


T = TypeVar("T")


def _decode_answer(path: str, evidence: Evidence, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(evidence.raw, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise _build_malformed(path, str(wrong), evidence) from wrong


def _build_malformed(path: str, what: str, evidence: Evidence | None = None) -> MalformedAnswer:
    # The log names the fault, never the content: answers are about people.
    log.error("%s: malformed answer: %s", path, what)
    return MalformedAnswer(f"{path}: {what}", evidence)
