"""Files in the store: kept before their row is written, read by it, and swept away when no row names them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from flask import current_app
from sqlalchemy import delete, select

from connectors.errors import Unavailable
from connectors.storage import MissingFile, new_key
from domain import outside
from models import db
from models.base.errors import DomainError, Invalid
from models.cases.applications import Application
from models.persons.files import StoredFile, select_unused
from translations import lazy_gettext
from workflows.clock import now, wall_time

LEAST_AGE = timedelta(days=1)  # what is younger may belong to an act that has not been committed yet
BATCH = 500


class FileNotStored(Invalid):
    """The file store takes nothing at the moment."""

    status = 503
    sentence = lazy_gettext("系统暂时无法保存文件，不是您的文件有问题，请稍后再传一次。")


class FileLost(DomainError):
    """A file that a row names and the store does not have."""

    code = "file_lost"
    status = 404
    sentence = lazy_gettext(
        "这份文件有记录，但是存储中找不到它的内容。请联系认定机构，由其从备份中找回；还能更换的，也可以重新上传。"
    )


class FileChanged(FileLost):
    """A file whose bytes are not those that were stored."""

    code = "file_changed"
    sentence = lazy_gettext(
        "这份文件的内容与当初保存的不一致，可能已损坏。请联系认定机构，由其从备份中找回；还能更换的，也可以重新上传。"
    )


class PictureLost(FileLost):
    """A paper that would come out without its picture."""

    status = 409
    sentence = lazy_gettext(
        "照片或签名的文件缺失，不能生成这份文书。请联系认定机构，由其从备份中找回；还能更换的，也可以重新上传。"
    )


class FileNotReadable(DomainError):
    """The file store hands nothing out at the moment."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("系统暂时无法读取已保存的文件，文件没有丢失，请稍后再试。")


def store_file(kind: str, content: bytes) -> str:
    """Store a file under a fresh key, which is answered; no transaction may be open, its row comes after."""
    key = new_key(kind)
    try:
        outside.get_store().put(key, content)
    except Unavailable:
        raise FileNotStored({kind: [str(FileNotStored.sentence)]}) from None
    return key


def read_file(file: StoredFile) -> bytes:
    """The bytes of a stored file, as they were when they were stored."""
    try:
        content = outside.get_store().get(file.key)
    except MissingFile:
        current_app.logger.error("stored file is missing: %s", file.key)
        raise FileLost from None
    except Unavailable:
        raise FileNotReadable from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        # A broken disk, or a hand in the folder: nobody is to decide on what was not sent.
        current_app.logger.error("stored file has changed: %s", file.key)
        raise FileChanged
    return content


def discard_file(key: str) -> None:
    """Take back a file whose row will never come; one that cannot be reached is swept away later."""
    with suppress(Unavailable):
        outside.get_store().delete(key)


def sweep_rows(age: timedelta = LEAST_AGE) -> int:
    """Delete the rows that nothing names any more, such as replaced photos; the caller commits."""
    waiting = set(_pending_pictures())
    old = [found for found in db.session.scalars(select_unused(now() - age)) if found not in waiting]
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(old)))
    return len(old)


def sweep_files(age: timedelta = LEAST_AGE) -> int:
    """Delete the stored files that have no row; no transaction may be open."""
    before = wall_time() - age  # the store has its own clock, which no test clock moves
    old = (key for key, written in outside.get_store().kept() if written < before)
    swept = 0
    try:
        while keys := set(islice(old, BATCH)):
            swept += _delete_without_row(keys)
    except Unavailable:
        raise FileNotReadable from None
    return swept


def _pending_pictures() -> Iterator[int]:
    """Pictures of a change that is not saved yet."""
    for typed in db.session.scalars(select(Application.typed)):
        yield from (typed or {}).get("changing", {}).get("pictures", {}).values()


def _delete_without_row(keys: set[str]) -> int:
    named = set(db.session.scalars(select(StoredFile.key).where(StoredFile.key.in_(keys))))
    db.session.rollback()
    for key in keys - named:
        outside.get_store().delete(key)
    return len(keys - named)
