"""Pictures of an application: judged before the transaction, stored under a fresh key, read by their owner."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import Response, g
from werkzeug.datastructures import FileStorage, MultiDict

from connectors.documents import images
from connectors.documents.unfit import Unfit
from connectors.storage import Missing, new_key
from handlers.apply.blueprint import pages
from handlers.services import outside
from models import db
from models.applications import Application
from models.errors import NotFound
from models.files import StoredFile
from workflows.clock import now

NAMES = {"photo": "证件照.jpg", "undertaking": "个人承诺书签名.png"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A fit picture that is in the store already and waits for its row."""

    kind: str  # photo | undertaking
    key: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Received:
    """What came with a form: the fit pictures, and what is wrong with the others."""

    pictures: tuple[Picture, ...]
    errors: dict[str, list[str]]


def receive(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Received:
    """Judge and store what was sent; called before the first query, as it takes its time."""
    pictures: list[Picture] = []
    errors: dict[str, list[str]] = {}
    photo = _content(files.get("photo"))
    if photo:
        _try("photo", photo, pictures, errors)
    signature = _content(files.get("signature_photo")) or form.get("signature") or b""
    if signature:
        _try("undertaking", signature, pictures, errors)
    return Received(pictures=tuple(pictures), errors=errors)


def attach(application: Application, pictures: tuple[Picture, ...]) -> None:
    """Give the pictures their rows and hang them on the application; older ones are swept away."""
    for picture in pictures:
        row = StoredFile(
            key=picture.key,
            kind=picture.kind,
            name=NAMES[picture.kind],
            media_type=picture.media_type,
            size=picture.size,
            sha256=picture.sha256,
            person_id=application.person_id,
            created_at=now(),
        )
        db.session.add(row)
        db.session.flush()
        setattr(application, f"{picture.kind}_id", row.id)


@pages.get("/files/<int:file_id>")
def file(file_id: int) -> Response:
    """One's own picture or paper."""
    found = db.session.get(StoredFile, file_id)
    if found is None or found.person_id != g.principal.person_id:
        raise NotFound
    return stream(found)


def stream(found: StoredFile) -> Response:
    """The bytes of a file, to be shown and not kept; who may see it was asked before."""
    try:
        content = outside.store().get(found.key)
    except Missing:
        raise NotFound from None
    response = Response(content, mimetype=found.media_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    return response


def _content(sent: FileStorage | None) -> bytes:
    return sent.read() if sent and sent.filename else b""


def _try(kind: str, content: bytes | str, pictures: list[Picture], errors: dict[str, list[str]]) -> None:
    try:
        fit = images.photo(content) if kind == "photo" else images.signature(content)  # type: ignore[arg-type]
    except Unfit as unfit:
        errors[kind] = [unfit.sentence]
        return
    pictures.append(_store(kind, fit.content))


def _store(kind: str, content: bytes) -> Picture:
    key = new_key(kind)
    outside.store().put(key, content)
    return Picture(
        kind=kind,
        key=key,
        media_type="image/jpeg" if kind == "photo" else "image/png",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
