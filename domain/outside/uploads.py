"""PDF files that a person adds to a record, on their way into the store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from connectors.documents import pdfs
from connectors.documents.errors import UnfitUpload
from domain.outside import file_storage, file_turns, pictures
from models import db
from models.base.errors import Invalid
from models.persons.files import StoredFile


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A fit PDF that is in the store already and waits for its row."""

    kind: str
    key: str
    name: str
    size: int
    sha256: str
    media_type: str = "application/pdf"
    warnings: tuple[str, ...] = ()  # what looks odd in it


def store_upload(kind: str, name: str, content: bytes) -> Upload:
    """Judge a PDF by its content and store it under a fresh key; no transaction may be open."""
    try:
        with file_turns.take_turn():
            fit = pdfs.check_pdf(content)
    except UnfitUpload as unfit:
        raise Invalid({kind: [unfit.sentence]}) from None
    return Upload(
        kind=kind,
        key=file_storage.store_file(kind, fit.content),
        name=name[-100:],
        size=len(fit.content),
        sha256=hashlib.sha256(fit.content).hexdigest(),
        warnings=fit.warnings,
    )


def store_page(kind: str, name: str, content: bytes) -> Upload:
    """The same of one page, which may be a photograph as well."""
    if content.startswith(b"%PDF"):
        return store_upload(kind, name, content)
    try:
        stored = pictures.store_picture("document", content)
    except Invalid as refusal:
        raise Invalid({kind: refusal.fields["document"]}) from None
    return Upload(
        kind=kind,
        key=stored.key,
        name=name[-100:],
        size=stored.size,
        sha256=stored.sha256,
        media_type=stored.media_type,
    )


def add_upload_row(upload: Upload, person_id: int, moment: datetime) -> int:
    """The row of a stored PDF; answers its id. What was kept before is the same row."""
    known = db.session.query(StoredFile).filter_by(key=upload.key, person_id=person_id).first()
    row = known or StoredFile(key=upload.key, kind=upload.kind, person_id=person_id, created_at=moment)
    row.name, row.media_type = upload.name, upload.media_type
    row.size, row.sha256 = upload.size, upload.sha256
    db.session.add(row)
    db.session.flush()
    return row.id
