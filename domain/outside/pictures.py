"""Photos and signatures on their way into the store and out of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from connectors.documents import images
from connectors.documents.unfit import Unfit
from domain.outside import filing
from models.errors import Invalid

MEDIA = {"photo": "image/jpeg", "undertaking": "image/png", "document": "image/jpeg"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A fit picture that is in the store already and waits for its row."""

    kind: str  # photo | undertaking | document
    key: str
    media_type: str
    size: int
    sha256: str


def take(kind: str, content: bytes | str) -> Picture:
    """Judge a picture by its content and store it under a fresh key; no transaction may be open."""
    try:
        fit = _judged(kind, content)
    except Unfit as unfit:
        raise Invalid({kind: [unfit.sentence]}) from None
    key = filing.keep(kind, fit)
    digest = hashlib.sha256(fit).hexdigest()
    return Picture(kind=kind, key=key, media_type=MEDIA[kind], size=len(fit), sha256=digest)


def _judged(kind: str, content: bytes | str) -> bytes:
    if kind == "photo" and isinstance(content, bytes):
        return images.photo(content).content
    if kind == "document" and isinstance(content, bytes):
        return images.document(content).content
    return images.signature(content).content
