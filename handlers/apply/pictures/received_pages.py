"""Files for one material: judged and stored before the transaction, as a version or as pages of one."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import FileStorage

from domain.outside import file_storage, page_files, uploads
from domain.outside.page_files import StoredPage
from domain.outside.uploads import Upload
from handlers.apply.pictures import picture_uploads
from models.base.errors import Invalid
from translations import gettext, join_clauses, lazy_gettext

AMONG = "among"  # what a script sends with one of several files
NO_FILE = lazy_gettext("没有收到文件，请选择照片或者 PDF 文件")
TOO_MANY = lazy_gettext("一项材料最多 {most} 页，“{name}”没有收下")


@dataclass(kw_only=True)
class ReceivedMaterial:
    """What came for a material: a version, or pages, and what is wrong with the rest."""

    upload: Upload | None = None
    pages: list[StoredPage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    def discard(self) -> None:
        """Take what is not kept out of the store again."""
        for key in [*([self.upload.key] if self.upload else []), *(page.key for page in self.pages)]:
            file_storage.discard_file(key)


def receive_material(waiting: int) -> ReceivedMaterial:
    """Judge and store the files; one PDF is a version as it is, unless pages wait that it belongs to."""
    sent = [one for one in request.files.getlist("file") if one.filename]
    received, alone = ReceivedMaterial(), len(sent) == 1
    as_it_is = alone and not waiting and AMONG not in request.form
    if not sent:
        received.refusals.append(str(NO_FILE))
    for one in sent:
        try:
            _receive_file(received, one, waiting, as_it_is=as_it_is)
        except Invalid as unfit:
            reason = join_clauses(sentence for said in unfit.fields.values() for sentence in said)
            received.refusals.append(reason if alone else _name_file(one, reason))
    return received


def _receive_file(received: ReceivedMaterial, one: FileStorage, waiting: int, *, as_it_is: bool) -> None:
    name, content = one.filename or "", one.read()
    if not content:
        raise Invalid({"material": [str(picture_uploads.EMPTY_FILE)]})
    if as_it_is and page_files.is_small_pdf(content):
        received.upload = uploads.store_upload("material", name, content)
    else:
        stored = page_files.store_pages(name, content)
        if waiting + len(received.pages) + len(stored) > page_files.MOST:
            ReceivedMaterial(pages=stored).discard()
            received.refusals.append(TOO_MANY.format(most=page_files.MOST, name=name[-40:]))
        else:
            received.pages += stored


def _name_file(one: FileStorage, reason: str) -> str:
    return gettext("“%(file)s”：%(reason)s", file=(one.filename or "")[-40:], reason=reason)
