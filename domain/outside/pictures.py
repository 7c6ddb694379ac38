"""Photos and signatures on their way into the store and out of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from connectors.documents import images
from connectors.documents.errors import UnfitUpload
from domain.outside import file_storage, file_turns
from models.base.errors import Invalid

MEDIA = {"photo": "image/jpeg", "undertaking": "image/png", "document": "image/jpeg"}


@dataclass(frozen=True, kw_only=True)
class StoredPicture:
    """A fit picture that is in the store already and waits for its row."""

    kind: str  # photo | undertaking | document
    key: str
    media_type: str
    size: int
    sha256: str


def store_picture(kind: str, content: bytes | str) -> StoredPicture:
    """Judge a picture by its content and store it under a fresh key; no transaction may be open."""
    try:
        with file_turns.take_turn():
            fit = _validate_picture(kind, content)
    except UnfitUpload as unfit:
        raise Invalid({kind: [unfit.sentence]}) from None
    key = file_storage.store_file(kind, fit)
    digest = hashlib.sha256(fit).hexdigest()
    return StoredPicture(kind=kind, key=key, media_type=MEDIA[kind], size=len(fit), sha256=digest)


def _validate_picture(kind: str, content: bytes | str) -> bytes:
    if kind == "photo" and isinstance(content, bytes):
        return images.check_photo(content).content
    if kind == "document" and isinstance(content, bytes):
        return images.check_document_photo(content).content
    return images.check_signature(content).content
