"""An application keeps under which versions of 用户协议 and 隐私说明 it was made."""

from __future__ import annotations

import io

import pytest

from domain.site import agreed_texts, first_texts
from models import db
from models.persons.published_texts import PublishedText
from tests.handlers.apply.conftest import Applicant, change, the_application
from workflows.clock import wall_time


def publish_first() -> list[int]:
    """Both texts in force, and the first person has agreed to them."""
    with change():
        moment = wall_time()
        first_texts.load_first_texts(moment)
        numbers = [one.id for one in agreed_texts.list_in_force(moment)]
        agreed_texts.record_consent(1, numbers, moment=moment, address="")
    return numbers


def publish_next() -> int:
    with change():
        at = wall_time()
        made = PublishedText(kind="terms", version=2, body="新的", effective_at=at, created_at=at)
        db.session.add(made)
        db.session.flush()
        return made.id


@pytest.mark.found("A7")
def test_step_one_names_both_texts_and_the_application_keeps_their_versions(applicant: Applicant) -> None:
    numbers = publish_first()
    applicant.start()
    page = applicant.open("agreement")
    assert 'href="/texts/terms/1"' in page
    assert 'href="/texts/privacy/1"' in page
    applicant.agree()
    assert the_application(1).agreed_texts == numbers


@pytest.mark.found("A7")
def test_nobody_submits_under_a_version_they_have_not_agreed_to(applicant: Applicant) -> None:
    publish_first()
    applicant.until("undertaking")
    second = publish_next()
    refused = applicant.send("undertaking", answer="agree")
    assert (refused.status_code, 'value="agree"' in refused.text) == (409, True)
    assert the_application(1).registration_number is None
    done = applicant.send("undertaking", answer="agree", agreed_texts=str(second))
    assert done.status_code == 303
    assert the_application(1).registration_number is not None


@pytest.mark.found("A7")
def test_files_are_taken_and_the_next_page_asks(applicant: Applicant) -> None:
    publish_first()
    applicant.until("details")
    publish_next()
    applicant.draw()
    asked = applicant.client.get("/apply/details")
    assert asked.location == "/account/agreement?next=/apply/details"
    nothing = {"photo": (io.BytesIO(), "")}  # an input left empty is sent too
    assert applicant.send("details", do="upload", **nothing).status_code == 409
