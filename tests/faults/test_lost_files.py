"""A stored file that is gone: found by `flask check`, told to whoever asks for it, never passed over."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from connectors.storage import open_store
from domain import checking, outside
from domain.outside import file_storage
from domain.papers import printing
from handlers.services.parameters import ApplicationParameters
from models import db
from models.persons.files import StoredFile
from models.processes.instances import Job
from tests.faults.test_sweep import grow_old, named, stored
from tests.handlers.apply.conftest import Applicant, applicant, change, the_application, town, world
from tests.handlers.apply.test_materials import online, uploader
from tests.handlers.commands.test_commands import typed
from tests.handlers.papers import paper, sent
from workflows import clock, operations
from workflows.background import jobs
from workflows.background.worker import Worker
from workflows.operations import Operation

__all__ = ["applicant", "online", "town", "uploader", "world"]
pytestmark = pytest.mark.found("X12")
PICTURE = {"Accept": "image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def drawn(applicant: Applicant) -> Applicant:
    """Somebody who uploaded photo and signature."""
    applicant.until("details")
    applicant.draw()
    return applicant


def photo() -> StoredFile:
    """The photo of the first application, read anew."""
    db.session.rollback()
    found = the_application(1).photo
    assert found is not None
    return found


def lose() -> None:
    """Take the photo out of the store behind everybody's back."""
    outside.get_store().delete(photo().key)


@pytest.mark.corrupts("file_missing", "file_size")
def test_it_is_a_finding_that_names_what_is_incomplete(app: Flask, drawn: Applicant) -> None:
    assert typed(app, "check").exit_code == 0
    row = photo()
    outside.get_store().put(row.key, b"half")
    assert [one.check for one in checking.list_impossible_states()] == ["file_size"]
    lose()
    answer = typed(app, "check")
    assert answer.exit_code == 1
    assert answer.output == (
        f"file_missing: {checking.SENTENCES['file_missing']} [stored_file:{row.id} photo application:1]\n"
    )


@pytest.mark.corrupts("store_unreachable")
def test_a_store_out_of_reach_is_said_once(app: Flask, drawn: Applicant) -> None:
    login = "region=us-east-1&access_key_id=test&secret_access_key=test"
    app.extensions["store"] = open_store(f"s3://zige/files?endpoint=http://127.0.0.1:9&{login}")
    assert db.session.query(StoredFile).count() > 1
    answer = typed(app, "check")
    assert answer.exit_code == 1
    assert [line.partition(":")[0] for line in answer.output.splitlines()] == ["store_unreachable"]


@pytest.mark.corrupts("file_missing")
def test_a_person_reads_what_happened_and_a_page_shows_no_broken_picture(drawn: Applicant) -> None:
    address = f"/apply/files/{photo().id}"
    assert drawn.client.get(address).status_code == 200
    lose()
    page = drawn.client.get(address, headers=PAGE)
    assert page.status_code == 404
    assert "找不到它的内容" in page.text
    picture = drawn.client.get(address, headers=PICTURE)
    assert picture.mimetype == "image/svg+xml"
    assert "文件缺失" in picture.text


@pytest.mark.corrupts("file_missing")
def test_no_form_is_made_without_its_photo(drawn: Applicant) -> None:
    application = the_application(1)
    assert printing.print_application_form(application, background=False).startswith(b"%PDF")
    lose()
    with pytest.raises(file_storage.PictureLost) as refused:
        printing.print_application_form(the_application(1), background=False)
    assert "照片或签名的文件缺失" in refused.value.sentence


@pytest.fixture
def printing_job() -> Iterator[str]:
    """An outward operation that prints a form."""
    name = "test.print_form"

    def prepare(_call: object, application: int) -> dict[str, int]:
        return {"application": application}

    def perform(request: dict[str, int], _key: str) -> None:
        printing.print_application_form(the_application(request["application"]), background=False)

    operation = Operation(
        name=name,
        kind="outward",
        summary=name,
        parameters=ApplicationParameters,
        prepare=prepare,
        perform=perform,
    )
    operations.register_operation(operation)
    yield name
    operations._operations.pop(name)


@pytest.mark.corrupts("file_missing")
def test_in_a_job_it_is_an_incident_with_the_reason(
    app: Flask, applicant: Applicant, printing_job: str
) -> None:
    applicant.until("reminder")
    lose()
    with change():
        jobs.enqueue_job(printing_job, {"application": 1}, key="print")
    for _ in range(50):
        Worker(app=app).run_once()
        with change():
            clock.advance_clock(timedelta(hours=6))
    db.session.rollback()
    job = db.session.query(Job).filter_by(key="print").one()
    assert job.state == "dead"
    assert "照片或签名的文件缺失" in (job.error or "")
    assert "照片或签名的文件缺失" in typed(app, "jobs", "list", "--dead").output


def test_a_refused_material_leaves_no_file(uploader: Applicant) -> None:
    everything = stored()
    files = {"file": FileStorage(io.BytesIO(paper("nobody")), "nobody.pdf")}
    answer = uploader.client.post("/apply/applications/1/materials/nobody", **sent(files))
    assert answer.status_code == 404
    assert stored() == everything == named()


def test_what_another_rejected_form_stored_is_swept_when_it_is_old(app: Flask, drawn: Applicant) -> None:
    everything = stored()
    files = {"proof": FileStorage(io.BytesIO(paper("enrolment")), "enrolment.pdf")}
    answer = drawn.client.post("/profile/enrolment/enter", **sent(files))
    assert answer.status_code == 422
    assert len(stored() - everything) == 1  # the form that came back carries it for half an hour
    grow_old(app)
    assert typed(app, "files", "sweep").exit_code == 0
    assert stored() == named() <= everything
