"""The undertaking is signed on a phone and appears at the desk."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from handlers.apply.pictures import signing_links
from tests.handlers.apply.conftest import DETAILS, Applicant, change, picture, the_application
from tests.handlers.test_limits import side_by_side
from tests.standings import standing_in


def _scan(app: Flask) -> str:
    with app.test_request_context():
        return urlsplit(signing_links.signing_address(the_application(1))).path


def _sign(phone: FlaskClient, path: str, **more: object) -> int:
    data = {"signature_photo": (picture(800, 400), "sheet.jpg"), **more}
    return phone.post(path, data=data, content_type="multipart/form-data").status_code


@pytest.mark.manual("W4.2")
def test_signed_on_a_phone_it_appears_at_the_desk(app: Flask, applicant: Applicant) -> None:
    applicant.until("details")
    assert "sign-code.svg" in applicant.open("details")
    assert applicant.client.get("/apply/sign-code.svg").mimetype == "image/svg+xml"
    assert applicant.client.get("/apply/signature?seen=0").status_code == 204
    path, phone = _scan(app), app.test_client()
    assert "没有性侵" in phone.get(path).get_data(as_text=True)
    assert _sign(phone, path, agree="true") == 200
    shown = applicant.client.get("/apply/signature?seen=0").get_data(as_text=True)
    assert f"/apply/files/{the_application(1).undertaking_id}" in shown


@pytest.mark.manual("W4.2")
def test_a_link_signs_once_and_a_new_one_signs_again(app: Flask, applicant: Applicant) -> None:
    applicant.until("details")
    path, phone = _scan(app), app.test_client()
    assert _sign(phone, path, agree="true") == 200
    first = the_application(1).undertaking_id
    assert phone.get(path).status_code == 410
    assert _sign(phone, path, agree="true") == 410
    assert _sign(phone, _scan(app), agree="true") == 200
    assert the_application(1).undertaking_id != first


@pytest.mark.found("X9")
def test_of_many_who_sign_by_one_link_at_once_one_signs(app: Flask, applicant: Applicant) -> None:
    applicant.until("details")
    path = _scan(app)
    answers = side_by_side(app, lambda: _sign(app.test_client(), path, agree="true"), times=6)
    assert Counter(answers) == {200: 1, 410: 5}


@pytest.mark.manual("W4.2")
def test_the_promise_must_be_made(app: Flask, applicant: Applicant) -> None:
    applicant.until("details")
    path, phone = _scan(app), app.test_client()
    assert _sign(phone, path) == 422
    assert phone.post(path, data={"agree": "true"}).status_code == 422
    assert the_application(1).undertaking_id is None


def test_an_invented_link_leads_nowhere(app: Flask, applicant: Applicant) -> None:
    assert app.test_client().get("/sign/abc.def.ghi").status_code == 410


def test_nothing_is_signed_after_submitting(app: Flask, applicant: Applicant) -> None:
    applicant.until("undertaking")
    path = _scan(app)
    applicant.send("undertaking", answer="agree")
    assert _sign(app.test_client(), path, agree="true") == 410


@pytest.mark.corrupts("state")
@pytest.mark.manual("Q4", "W4.2")
def test_signing_again_after_the_number_waits_until_it_is_saved(app: Flask, applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    saved, address = the_application(1).undertaking_id, "/apply/applications/1/change/details"
    assert "sign-code.svg" in applicant.open("applications/1/change/details")
    assert applicant.client.get("/apply/sign-code.svg").mimetype == "image/svg+xml"
    path, phone = _scan(app), app.test_client()
    assert _sign(phone, path, agree="true") == 200
    assert phone.get(path).status_code == 410
    assert the_application(1).undertaking_id == saved
    assert applicant.client.get(f"/apply/signature?seen={saved}").status_code == 200
    sent = {**DETAILS, "go": "next", "revision": str(the_application(1).revision)}
    assert applicant.client.post(address, data=sent).status_code == 303
    assert the_application(1).undertaking_id != saved
    with change():
        found = the_application(1)
        found.state, found.standing = standing_in("pending_decision").values()
    assert phone.get(_scan(app)).status_code == 410
    assert applicant.client.get("/apply/sign-code.svg").status_code == 404
