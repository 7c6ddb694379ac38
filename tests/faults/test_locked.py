"""A database that somebody keeps from being written: a page that says so, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from handlers.entry.access import COOKIE
from models import db
from tests.faults import breaking


@pytest.fixture
def locked(app: Flask) -> Iterator[Flask]:
    """The app, which does not wait for long, while another connection keeps everybody from writing."""
    with breaking.locked(*db.metadata.tables):
        yield app


def test_what_was_typed_can_be_sent_again(locked: Flask) -> None:
    client = locked.test_client()
    client.set_cookie(COOKIE, "somebody")
    answer = client.post(
        "/account/forgotten",
        data={
            "transaction": "t-1",
            "document_kind": "resident_id",
            "document_number": "11010519491231002X",
            "name": "郑雨桐",
            "mobile": "13800000000",
            "note": "材料“齐全”",
            "box": ["a", "b"],
        },
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert "本次提交没有生效" in page
    assert 'name="transaction" value="t-1"' in page
    assert "材料“齐全”" in page
    assert page.count('name="box"') == 2


def test_a_password_is_never_repeated(locked: Flask) -> None:
    client = locked.test_client()
    client.set_cookie(COOKIE, "somebody")
    answer = client.post("/account/sign-in", data={"login": "a", "password": "do not repeat"})
    assert answer.status_code == 503
    assert "do not repeat" not in answer.get_data(as_text=True)
