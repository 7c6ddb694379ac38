"""Put, get and delete bytes under a key."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import opendal
from opendal import exceptions
from opendal.exceptions import NotFound

from connectors.errors import Unavailable

log = logging.getLogger(__name__)

# OpenDAL's own exceptions have no common ancestor, whatever its `Error` seems to promise.
ERRORS = tuple(getattr(exceptions, name) for name in vars(exceptions)["__all__"])

_KIND = re.compile(r"[a-z_]{1,20}")
# By `new_key`, or by a `flask doctor` that was killed while it tried.
_MADE = re.compile(r"[a-z_]{1,20}/([0-9a-f]{2})/\1[0-9a-f]{30}|doctor_[0-9a-f]{16}/trial")
_KEY = re.compile(r"[a-z0-9_]+(?:/[A-Za-z0-9_-]+)*(?:\.[a-z0-9]{1,5})?")


class BadStorageKey(ValueError):
    """A key that did not come from `new_key`."""


class MissingFile(LookupError):
    """Nothing is stored under this key."""


def new_key(kind: str) -> str:
    """A fresh key: the kind of file and 128 random bits, spread over 256 folders."""
    if not _KIND.fullmatch(kind):
        raise BadStorageKey(kind)
    token = secrets.token_hex(16)
    return f"{kind}/{token[:2]}/{token}"


def is_key(text: str) -> bool:
    """Whether a text is written as keys are."""
    return _KEY.fullmatch(text) is not None


def open_store(place: str) -> Store:
    """The store at a folder path, a file: address, or s3://bucket/folder?endpoint=…&region=…&access_key_id=…"""
    parts = urlsplit(place)
    if parts.scheme == "s3":
        options = dict(parse_qsl(parts.query)) | {"bucket": parts.netloc, "root": parts.path or "/"}
        return Store("s3", options)
    folder = Path(parts.path if parts.scheme == "file" else place).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return Store("fs", {"root": str(folder)})


class Store:
    """Bytes under keys, in whichever backend the options name."""

    def __init__(self, scheme: str, options: Mapping[str, str]) -> None:
        self._scheme, self._options = scheme, dict(options)

    @cached_property
    def _operator(self) -> opendal.Operator:
        # Its threads do not live on in a forked process, which would wait for them for ever. Web processes
        # are forked after the app was made: each opens one of its own at the first use.
        return opendal.Operator(self._scheme, **self._options)

    def put(self, key: str, content: bytes) -> None:
        """Keep the bytes under a key of `new_key`; a new version of a file gets a new key."""
        try:
            with _translate_outage(_check_key(key)):
                self._operator.write(key, content)
        except Unavailable:
            with suppress(*ERRORS):  # a full disk keeps the first half of a file, which is of no use
                self._operator.delete(key)
            raise

    def get(self, key: str) -> bytes:
        """The bytes under the key."""
        with _translate_outage(_check_key(key)):
            try:
                return bytes(self._operator.read(key))
            except NotFound:
                raise MissingFile(key) from None

    def exists(self, key: str) -> bool:
        """Whether something is stored under the key."""
        return self.size(key) is not None

    def size(self, key: str) -> int | None:
        """How many bytes are stored under the key; None when there is nothing."""
        with _translate_outage(_check_key(key)):
            try:
                return int(self._operator.stat(key).content_length)
            except NotFound:
                return None

    def delete(self, key: str) -> None:
        """Remove what is under the key; nothing there is fine."""
        with _translate_outage(_check_key(key)):
            self._operator.delete(key)

    def clear(self, kind: str) -> None:
        """Remove all that is kept of one kind, with the folders that a disk has for it."""
        with _translate_outage(_check_key(kind)):
            self._operator.remove_all(f"{kind}/")

    def kept(self) -> Iterator[tuple[str, datetime]]:
        """Every key that was made here, with the moment at which it was last written, in no order; UTC.

        What else is there is not ours: a folder of an office that was named by mistake must survive a sweep.
        """
        with _translate_outage("list"):
            for entry in self._operator.list("", recursive=True):
                if _MADE.fullmatch(entry.path):
                    written = entry.metadata.last_modified
                    if written is not None:  # a store that keeps no times cannot be swept
                        yield entry.path, written.astimezone(UTC)


@contextmanager
def _translate_outage(what: str) -> Iterator[None]:
    try:
        yield
    except ERRORS as failure:
        log.exception("store: %s", what)
        raise Unavailable(f"store: {what}: {str(failure).partition(chr(10))[0]}") from failure


def _check_key(key: str) -> str:
    # Object stores accept "../" in a key, folders follow it: neither gets to see one.
    if not is_key(key):
        raise BadStorageKey(key)
    return key
