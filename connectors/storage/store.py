"""Put, get and delete bytes under a key."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import opendal
from opendal.exceptions import NotFound

_KIND = re.compile(r"[a-z_]{1,20}")
_KEY = re.compile(r"[a-z0-9_]+(?:/[A-Za-z0-9_-]+)*(?:\.[a-z0-9]{1,5})?")


class BadKey(ValueError):
    """A key that did not come from `new_key`."""


class Missing(LookupError):
    """Nothing is stored under this key."""


def new_key(kind: str) -> str:
    """A fresh key: the kind of file and 128 random bits, spread over 256 folders."""
    if not _KIND.fullmatch(kind):
        raise BadKey(kind)
    token = secrets.token_hex(16)
    return f"{kind}/{token[:2]}/{token}"


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
        self._operator = opendal.Operator(scheme, **options)

    def put(self, key: str, content: bytes) -> None:
        """Keep the bytes under a key of `new_key`; a new version of a file gets a new key."""
        self._operator.write(_sound(key), content)

    def get(self, key: str) -> bytes:
        """The bytes under the key."""
        try:
            return bytes(self._operator.read(_sound(key)))
        except NotFound:
            raise Missing(key) from None

    def exists(self, key: str) -> bool:
        """Whether something is stored under the key."""
        return self._operator.exists(_sound(key))

    def delete(self, key: str) -> None:
        """Remove what is under the key; nothing there is fine."""
        self._operator.delete(_sound(key))


def _sound(key: str) -> str:
    # Object stores accept "../" in a key, folders follow it: neither gets to see one.
    if not _KEY.fullmatch(key):
        raise BadKey(key)
    return key
