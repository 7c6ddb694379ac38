"""Files whose row never came, and pictures that were replaced, are swept when they are old."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from connectors.storage import new_key
from domain import outside
from domain.outside import file_storage
from handlers.apply.changing import pending_changes
from models import db
from models.persons.files import StoredFile
from tests.handlers.apply.conftest import Applicant, applicant, change, the_application, town, world
from tests.handlers.commands.test_commands import typed
from workflows import clock

__all__ = ["applicant", "town", "world"]
AGE = timedelta(days=2)
SWEPT = "已清理没有用到的文件记录 {rows} 条、存储中的文件 {files} 个。\n"


@pytest.fixture
def redrawn(applicant: Applicant) -> Applicant:
    """Somebody who uploaded photo and signature twice, and has a third photo waiting in a change."""
    applicant.until("details")
    for _ in range(3):
        applicant.draw()
    application = the_application(1)
    waiting = db.session.query(StoredFile.id).filter_by(kind="photo").order_by(StoredFile.id).first()
    assert waiting is not None
    number = int(waiting[0])
    db.session.rollback()
    with change():
        pending_changes.update_pending(the_application(application.id), pictures={"photo": number})
    return applicant


def stored() -> set[str]:
    """What the store holds."""
    return {key for key, _ in outside.get_store().kept()}


def named() -> set[str]:
    """What rows name."""
    db.session.rollback()
    return {key for (key,) in db.session.query(StoredFile.key)}


def put(app: Flask) -> str:
    """A file whose row never came: its process was killed, or its database was locked."""
    key = new_key("material")
    outside.get_store().put(key, b"%PDF-1.7 of nobody")
    return key


def grow_old(app: Flask) -> None:
    """Let what is there be two days old, for the database and for the disk."""
    with change():
        clock.advance_clock(AGE)
    moment = (clock.wall_time() - AGE).timestamp()
    for file in (Path(app.extensions["settings"].instance_path) / "files").rglob("*"):
        os.utime(file, (moment, moment))


@pytest.mark.found("X14")
def test_what_nobody_names_is_swept_when_it_is_old(app: Flask, redrawn: Applicant) -> None:
    lost = put(app)
    everything = stored()
    assert everything == named() | {lost}
    assert typed(app, "files", "sweep").output == SWEPT.format(rows=0, files=0)
    assert stored() == everything
    grow_old(app)
    young = put(app)
    # Of three photos one counts and one waits; of three signatures one counts.
    assert typed(app, "files", "sweep").output == SWEPT.format(rows=3, files=4)
    assert stored() == named() | {young}
    application = the_application(1)
    kept = [
        application.photo_id,
        application.undertaking_id,
        pending_changes.read_pending(application).pictures["photo"],
    ]
    for number in kept:
        assert file_storage.read_file(db.session.get_one(StoredFile, number))
    assert typed(app, "files", "sweep", "--hours", "1").output == SWEPT.format(rows=0, files=0)


@pytest.mark.found("X12")
def test_what_others_keep_in_the_folder_is_never_swept(app: Flask) -> None:
    folder = Path(app.extensions["settings"].instance_path) / "files"
    foreign = ["notes.txt", "docs/letter.pdf", "photo/ab/abcdef", f"photo/ab/{'a' * 32}.bak", f"{'b' * 32}"]
    for name in foreign:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("a letter of the office")
    put(app)
    grow_old(app)
    assert typed(app, "files", "sweep").output == SWEPT.format(rows=0, files=1)
    assert [name for name in foreign if not (folder / name).is_file()] == []
