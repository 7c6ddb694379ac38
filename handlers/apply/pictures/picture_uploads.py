"""The pictures of an application: received before the transaction, shown to their owner only."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g
from werkzeug.datastructures import FileStorage, MultiDict

from domain.outside import pictures
from domain.outside.pictures import StoredPicture
from handlers.apply.blueprint import pages
from handlers.entry.access import allow
from handlers.page.stored_files import stream_file
from models import db
from models.base.errors import Invalid, NotFound
from models.cases.applications import Application
from models.persons.files import StoredFile
from translations import lazy_gettext
from workflows.clock import now

MISSING_PICTURES = {
    "upload": ("photo", lazy_gettext("没有收到照片，请先选择照片文件，再上传")),
    "sign": ("undertaking", lazy_gettext("没有收到签名，请先签名或者选择签名照片，再保存")),
}
INPUTS = {"photo": "photo", "undertaking": "signature_photo"}
EMPTY_FILE = lazy_gettext("这个文件是空的（0 字节），请重新选择")
FILE_NAMES = {"photo": lazy_gettext("证件照.jpg"), "undertaking": lazy_gettext("个人承诺书签名.png")}


@dataclass(frozen=True, kw_only=True)
class ReceivedPictures:
    """What came with a form: the fit pictures, and what is wrong with the others."""

    pictures: tuple[StoredPicture, ...]
    errors: dict[str, list[str]]


def receive_pictures(form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> ReceivedPictures:
    """Judge and store what was sent; called before the first query, as it takes its time."""
    sent: dict[str, bytes | str] = {
        "photo": _read_content(files.get(INPUTS["photo"])),
        "undertaking": _read_content(files.get(INPUTS["undertaking"])) or form.get("signature") or b"",
    }
    fit: list[StoredPicture] = []
    errors: dict[str, list[str]] = {}
    for kind, content in sent.items():
        try:
            fit += [pictures.store_picture(kind, content)] if content else []
        except Invalid as refusal:
            errors |= refusal.fields
    kind, sentence = MISSING_PICTURES.get(form.get("do", ""), ("", ""))
    if kind and not sent[kind]:  # the button was pressed before anything was chosen or drawn
        errors[kind] = [sentence]
    errors |= {place: [str(EMPTY_FILE)] for place, name in INPUTS.items() if _is_empty(files.get(name))}
    return ReceivedPictures(pictures=tuple(fit), errors=errors)


def attach_pictures(application: Application, received: tuple[StoredPicture, ...]) -> None:
    """Give the pictures their rows and hang them on the application; older ones are swept away."""
    for kind, number in add_picture_rows(application, received).items():
        setattr(application, f"{kind}_id", number)


def add_picture_rows(application: Application, received: tuple[StoredPicture, ...]) -> dict[str, int]:
    """The rows of new pictures of an application's person, by kind."""
    made: dict[str, int] = {}
    for picture in received:
        row = StoredFile(
            key=picture.key,
            kind=picture.kind,
            name=FILE_NAMES[picture.kind],
            media_type=picture.media_type,
            size=picture.size,
            sha256=picture.sha256,
            person_id=application.person_id,
            created_at=now(),
        )
        db.session.add(row)
        db.session.flush()
        made[picture.kind] = row.id
    return made


@pages.get("/files/<int:file_id>")
@allow("applicant")
def file(file_id: int) -> Response:
    """One's own picture or paper."""
    found = db.session.get(StoredFile, file_id)
    if found is None or found.person_id != g.principal.person_id:
        raise NotFound
    return stream_file(found)


def _read_content(sent: FileStorage | None) -> bytes:
    return sent.read() if sent and sent.filename else b""


def _is_empty(sent: FileStorage | None) -> bool:
    """Whether a file was chosen that holds nothing; what held something has been read by now."""
    return sent is not None and bool(sent.filename) and sent.stream.seek(0, 2) == 0
