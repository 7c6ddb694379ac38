"""What the web processes are told by the front, and how they are replaced."""

from __future__ import annotations

import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import select

from models import db
from models.persons.people import SignIn
from tests import shared_app, solving, stores
from tests.launcher.conftest import PATIENCE, Started, end, eventually, start
from tests.stores import Store

PASSWORD = "a long enough one 1"
FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6",
    "REMOTE_ADDR": "6.6.6.6",
}


def _sign_in(site: Started, headers: dict[str, str], app: Flask) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"{site.url}/account/sign-in", headers=headers, timeout=PATIENCE)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        puzzle = re.search(r'name="puzzle_name" value="([^"]+)"', page.text)
        assert token is not None
        assert puzzle is not None
        solved = {"puzzle_name": puzzle[1], "puzzle": solving.solve(app, puzzle[1])}
        typed = {"csrf_token": token[1], "login": "chief", "password": PASSWORD, **solved}
        return session.post(page.url, data=typed, headers=headers, timeout=PATIENCE, allow_redirects=False)


@pytest.mark.found("X5")
def test_nobody_forges_an_address(site: Started) -> None:
    with shared_app.opened(site.store.settings, shared_app.LIVE) as app:
        words = ["admin", "create", "--login", "chief", "--name", "陈主任", "--password", PASSWORD]
        assert app.test_cli_runner().invoke(args=words).exit_code == 0
        answer = _sign_in(site, FORGED, app)
        assert answer.status_code == 303
        assert "evil" not in answer.headers["Location"]
        with app.app_context():
            assert db.session.scalars(select(SignIn.address)).all() == ["127.0.0.1"]


@pytest.mark.found("X11")
def test_web_processes_are_replaced_without_losing_a_request(template: Store, tmp_path: Path) -> None:
    few = {"GUNICORN_CMD_ARGS": "--max-requests 10 --max-requests-jitter 3"}
    with stores.copied(template, tmp_path / "instance") as store:
        site = start(store, tmp_path, **few)
        before = _web_processes(site)
        with ThreadPoolExecutor(4) as several:
            answers = list(several.map(lambda _: site.get("/account/sign-in").status_code, range(80)))
        after = _web_processes(site)
        end(site)
    assert answers == [200] * 80
    assert not before & after
    assert len(before) == len(after) == 2


@pytest.mark.found("X6")
def test_while_the_web_process_is_away_the_front_says_so(own_site: Started) -> None:
    own_site.process.send_signal(signal.SIGSTOP)  # so that it starts nothing again meanwhile
    web = own_site.program("gunicorn")
    for one in [web, *web.children()]:
        one.kill()
    page, problem = own_site.get("/"), own_site.get("/api/v1/tasks")
    own_site.process.send_signal(signal.SIGCONT)
    assert (page.status_code, problem.status_code) == (503, 503)
    assert "系统正在重新启动" in page.text
    assert problem.json()["code"] == "unavailable"
    eventually(lambda: own_site.get("/account/sign-in").status_code == 200)


def _web_processes(site: Started) -> set[int]:
    return {one.pid for one in site.program("gunicorn").children()}
