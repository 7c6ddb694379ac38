"""The pages that testers use: inbox, console, data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from simulator import create_app

KEY = {"X-Api-Key": "simulator"}


@pytest.fixture
def browser() -> Iterator[FlaskClient]:
    app = create_app(":memory:", "simulator")
    yield app.test_client()
    app.extensions["world"].store.close()


def _sms(browser: FlaskClient, to: str, text: str) -> None:
    sent = browser.post("/sms/messages", json={"to": to, "text": text}, headers=KEY | {"X-Request-Id": text})
    assert sent.status_code == 200


def _mail(browser: FlaskClient, text: str) -> None:
    body = {"to": "a@mail.example", "subject": "题", "text": text}
    sent = browser.post("/mail/messages", json=body, headers=KEY | {"X-Request-Id": "mail"})
    assert sent.status_code == 200


def test_the_inbox_is_newest_first_and_filtered(browser):
    assert "还没有消息" in browser.get("/inbox").text
    _sms(browser, "13805700126", "第一条")
    _sms(browser, "13805700126", "第二条 http://127.0.0.1:8000/reset?a=1")
    _sms(browser, "13900000000", "别人的")
    page = browser.get("/inbox?channel=sms&to=126").text
    assert page.index("第二条") < page.index("第一条")
    assert "别人的" not in page
    assert 'href="http://127.0.0.1:8000/reset?a=1"' in page


def test_the_inbox_refreshes_without_script(browser):
    assert 'http-equiv="refresh" content="5"' in browser.get("/inbox?refresh=5").text
    page = browser.get("/inbox").text
    assert "http-equiv" not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("重置：http://127.0.0.1:8000/reset?a=1&b=2。请勿转发", "http://127.0.0.1:8000/reset?a=1&amp;b=2"),
        ("（https://www.example/a）", "https://www.example/a"),
        ("见 https://www.example/a.", "https://www.example/a"),
    ],
)
def test_addresses_are_links_beside_chinese_punctuation(browser, text, address):
    _mail(browser, text)
    assert f'<a href="{address}">{address}</a>' in browser.get("/inbox").text


def test_an_address_cannot_carry_markup(browser):
    _mail(browser, 'http://www.example/"onclick="x"><b>')
    assert "<b>" not in browser.get("/inbox").text
    assert '"onclick' not in browser.get("/inbox").text


def test_messages_are_shown_as_text(browser):
    _sms(browser, "13805700126", "<b>粗</b>")
    assert "&lt;b&gt;" in browser.get("/inbox").text


def test_the_console_form_changes_one_register(browser):
    form = {"act": "registers", "mode-offence": "down", "pending_seconds": "7", "identity_tries": "3"}
    assert browser.post("/control", data=form).status_code == 302
    state = browser.get("/state").json
    assert state["behaviours"]["offence"]["mode"] == "down"
    assert state["behaviours"]["identity"]["mode"] == "normal"
    assert state["numbers"]["pending_seconds"] == 7


def test_the_console_form_decides_about_a_person(browser):
    form = {"act": "person", "number": "330802200403120023", "check": "offence", "outcome": "hit"}
    browser.post("/control", data=form)
    assert browser.get("/state").json["found"] == {"330802200403120023": {"offence": "hit"}}
    assert "有记录" in browser.get("/control").text


@pytest.mark.parametrize("form", [{}, {"mode-offence": "down"}, {"act": "odd", "mode-offence": "down"}])
def test_a_form_that_does_not_say_what_it_changes_is_refused(browser, form):
    answer = browser.post("/control", data=form)
    assert answer.status_code == 400
    assert "没有说明要做什么" in answer.text
    assert browser.get("/state").json["behaviours"]["offence"]["mode"] == "normal"


@pytest.mark.parametrize(
    "settings",
    [
        {"registers": {"offence": {"mode": "odd"}}},
        {"registers": {"nothing": {"mode": "down"}}},
        {"people": {"1": {"offence": "odd"}}},
        {"pending_seconds": -1},
    ],
)
def test_unknown_settings_are_refused(browser, settings):
    assert browser.post("/control", json=settings).status_code == 400


def test_reset_leaves_the_seed_only(browser):
    _sms(browser, "13805700126", "第一条")
    browser.post("/control", json={"registers": {"sms": {"mode": "down"}}})
    browser.post("/control", data={"act": "reset"})
    assert browser.get("/messages").json == {"messages": []}
    assert browser.get("/state").json["behaviours"]["sms"]["mode"] == "normal"
    assert "郑雨桐" in browser.get("/people").text


def test_a_person_is_added_by_form_and_by_json(browser):
    form = {"document_kind": "resident_id", "document_number": "330802199901010016", "name": "赵新"}
    assert browser.post("/people", data=form).status_code == 302
    assert "3324012" in browser.get("/people").text.split("赵新")[1]
    added = browser.post(
        "/people", json={"document_kind": "hkm_pass", "document_number": "H99999999", "name": "陈大文"}
    )
    assert added.status_code == 201
    body = {"document_kind": "hkm_pass", "document_number": "H99999999", "name": "陈大文"}
    answer = browser.post("/registers/identity/check", json=body, headers=KEY | {"X-Request-Id": "1"})
    assert answer.json["code"] == "MATCH"


@pytest.mark.parametrize(
    "person",
    [
        {"document_kind": "resident_id", "document_number": "330802199901010017", "name": "赵新"},
        {"document_kind": "resident_id", "document_number": "330802200403120023", "name": "别名"},
        {"document_kind": "hkm_pass", "document_number": "", "name": "陈大文"},
    ],
)
def test_an_unsound_person_is_refused(browser, person):
    assert browser.post("/people", json=person).status_code == 400
    page = browser.post("/people", data=person)
    assert page.status_code == 400
    assert f'value="{person["name"]}"' in page.text, "what was typed is still there"


def test_the_registers_want_key_and_request_id(browser):
    assert browser.post("/registers/identity/check", json={}).status_code == 401
    assert browser.post("/registers/identity/check", json={}, headers=KEY).status_code == 400
    named = KEY | {"X-Request-Id": "1"}
    assert browser.post("/registers/identity/check", json={}, headers=named).status_code == 400
    assert browser.post("/registers/odd/check", json={}, headers=named).status_code == 404


def test_a_file_keeps_what_happened(tmp_path):
    path = str(tmp_path / "new" / "simulator.db")
    first = create_app(path, "simulator")
    first.extensions["world"].behave("mail", mode="down")
    first.extensions["world"].store.close()
    second = create_app(path, "simulator")
    assert second.extensions["world"].behaviour("mail").mode == "down"
    second.extensions["world"].store.close()
