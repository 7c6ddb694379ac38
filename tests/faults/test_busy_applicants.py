"""A database that is locked, full or gone, and a disk without room, at the acts of applicants."""

from __future__ import annotations

import gc
import secrets
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pikepdf import Stream
from werkzeug.test import TestResponse

from domain import outside
from models import db
from models.cases.applications import RegistrationCounter
from models.processes.instances import Job
from tests.faults import breaking
from tests.faults.breaking import Trouble, fields, troubles
from tests.handlers.apply.conftest import (
    DETAILS,
    Applicant,
    applicant,
    errors,
    picture,
    registers,
    the_application,
    town,
    world,
)
from tests.handlers.apply.test_materials import numbers, online, paper, put, uploader
from tests.handlers.pagecheck import faults

__all__ = ["applicant", "online", "registers", "town", "uploader", "world"]
PLACE = "浙江省衢州市柯城区九华北大道78号衢州学院西校区八号楼四一二室"
YEARS = (("2010-09", "2016-06"), ("2016-09", "2022-06"), ("2022-09", "至今"))
LIFE = {
    f"resume.{row}.{name}": value
    for row, (since, until) in enumerate(
        [("2010-09", "2016-06"), ("2016-09", "2022-06"), ("2022-09", "至今")]
    )
    for name, value in {
        "from": since,
        "until": until,
        "organisation": PLACE,
        "post": "学生",
        "witness": "余建华",
    }.items()
}
LONG = {**DETAILS, **LIFE, "mailing_address": PLACE * 3, "delivery": "pickup"}
TROUBLES = troubles("application", growing=False)
every_trouble = pytest.mark.parametrize("trouble", TROUBLES, ids=[one.name for one in TROUBLES])


def hidden(answer: TestResponse) -> dict[str, str]:
    """What the page of a passing fault would send again."""
    assert answer.status_code == 503, answer.text
    assert faults(answer.text) == []
    return fields(answer.text)


@pytest.mark.manual("W8")
@every_trouble
def test_the_number_is_given_when_it_is_sent_again(applicant: Applicant, trouble: Trouble) -> None:
    applicant.until("undertaking")
    typed = {"go": "next", "answer": "agree", "transaction": "agree-once"}
    db.session.rollback()
    with trouble.begin():
        answer = applicant.client.post("/apply/undertaking", data=typed)
        kept = hidden(answer)
    assert {name: kept[name] for name in typed} == typed
    assert the_application(1).registration_number is None
    for _ in range(2):
        answer = applicant.client.post("/apply/undertaking", data=typed)
        assert answer.headers["Location"].endswith("/apply/reminder"), errors(answer)
    assert (the_application(1).registration_number or "")[-6:] == "000001"
    assert db.session.query(RegistrationCounter).one().last == 1
    assert db.session.query(Job).filter(Job.operation != "records.sync").count() == 2


@every_trouble
def test_a_page_of_answers_is_kept_though_its_file_is_not(applicant: Applicant, trouble: Trouble) -> None:
    applicant.until("details")
    typed = {"go": "next", "transaction": "details-once", **LONG}
    files = {"photo": (picture(295, 413), "我.jpg"), "signature_photo": (picture(600, 300, "PNG"), "签.png")}
    db.session.rollback()
    with trouble.begin():
        answer = applicant.send("details", **typed, **files)
        again = hidden(answer)
    assert again == {**again, **typed}
    assert "请核对，并重新选择文件" in answer.text
    assert the_application(1).mailing_address is None
    answer = applicant.client.post("/apply/details", data=again)
    assert (answer.status_code, "请上传证件照" in errors(answer)) == (422, True)
    assert PLACE * 3 in answer.text
    applicant.draw()
    assert applicant.send("details", **typed).headers["Location"].endswith("/apply/check")
    assert the_application(1).mailing_address == PLACE * 3


@pytest.mark.manual("Q6")
def test_a_locked_case_takes_no_file_and_says_so(uploader: Applicant) -> None:
    db.session.rollback()
    with breaking.locked("process_instance"):
        answer = put(uploader, "identity")
        assert hidden(answer) == {}
        assert "重新打开页面后再选择一次" in answer.text
    assert numbers("identity") == []
    assert put(uploader, "identity").status_code == 303
    assert numbers("identity") == [1]


@pytest.mark.manual("Q6")
def test_a_file_for_which_the_store_has_no_room_is_told_at_its_slot(app: Flask, uploader: Applicant) -> None:
    heavy = paper(lambda document: _pad(document, 300_000))
    breaking.settle()
    with breaking.disk_of(200_000):
        answer = put(uploader, "identity", heavy)
    assert answer.status_code == 422
    assert "系统暂时无法保存文件，不是您的文件有问题" in answer.text
    assert numbers("identity") == []
    assert _stored(app) == 2  # photo and signature; nothing half written stays
    assert put(uploader, "identity", heavy).status_code == 303
    assert numbers("identity") == [1]


@pytest.mark.manual("Q6")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # Werkzeug leaves its broken file to be collected
def test_a_file_that_cannot_even_come_in_is_asked_for_again(
    app: Flask, uploader: Applicant, caplog: pytest.LogCaptureFixture
) -> None:
    heavy = paper(lambda document: _pad(document, 900_000))  # while it comes in it needs a file of its own
    breaking.settle()
    with breaking.disk_of(600_000):
        answer = put(uploader, "identity", heavy)
    caplog.clear()
    gc.collect()
    assert hidden(answer) == {}
    assert numbers("identity") == []
    assert _stored(app) == 2
    assert put(uploader, "identity", heavy).status_code == 303
    assert numbers("identity") == [1]


def test_a_store_that_takes_nothing_is_told_at_the_field(app: Flask, applicant: Applicant) -> None:
    applicant.until("details")
    folder = _folder(app) / "photo"
    folder.write_text("in the way")
    answer = applicant.send("details", photo=(picture(295, 413), "我.jpg"), **LONG)
    assert answer.status_code == 422
    assert "系统暂时无法保存文件，不是您的文件有问题" in errors(answer)
    assert PLACE * 3 in answer.text
    folder.unlink()
    applicant.draw()
    assert applicant.send("details", **LONG).headers["Location"].endswith("/apply/check")


def test_a_document_for_which_there_is_no_room_is_asked_for_again(applicant: Applicant) -> None:
    applicant.until("reminder")
    address = f"/apply/applications/{the_application(1).id}/form.pdf"
    breaking.settle()
    with breaking.disk_of(1_000):
        answer = applicant.client.get(address)
    assert hidden(answer) == {}
    assert "重新打开" in answer.text
    assert applicant.client.get(address).data.startswith(b"%PDF")


def test_a_file_that_cannot_be_read_is_not_lost(app: Flask, applicant: Applicant) -> None:
    applicant.until("check")
    photo = the_application(1).photo
    assert photo is not None
    address, folder = f"/apply/files/{photo.id}", _folder(app) / "photo"
    folder.rename(folder.with_name("aside"))
    folder.write_text("in the way")
    answer = applicant.client.get(address)
    assert hidden(answer) == {}
    assert "系统暂时无法读取已保存的文件，文件没有丢失" in answer.text
    folder.unlink()
    folder.with_name("aside").rename(folder)
    assert applicant.client.get(address).status_code == 200


def _pad(document: Any, size: int) -> None:
    document.Root["/Padding"] = Stream(document, secrets.token_bytes(size))


def _folder(app: Flask) -> Path:
    return Path(app.extensions["settings"].instance_path) / "files"


def _stored(app: Flask) -> int:
    with app.app_context():
        return len(list(outside.get_store().kept()))
