"""A SQLite database whose write lock somebody holds: a page that says so, and nothing typed is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

from app import create_app
from handlers.access import COOKIE
from models import db
from settings import Settings


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Flask]:
    """An app that does not wait for locks, while another connection holds the write lock."""
    app = create_app(Settings(instance_path=str(tmp_path), secret_key="only for tests" * 3))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        db.create_all()
        db.session.remove()
        event.listen(
            db.engine, "begin", lambda one: one.exec_driver_sql("PRAGMA busy_timeout=0"), insert=True
        )
    other = sqlite3.connect(tmp_path / "zige.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield app
    other.close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


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
