"""The whole product on real ports: web, worker and simulator, and a browser for each person."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from domain import checking
from domain.sample.people import PASSWORD
from models import db
from settings import Settings
from simulator.running import RunningSimulator, running_simulator
from tests import shared_app, solving, stores
from tests.journeys import replays
from tests.renaming import Names
from workflows.background.worker import Worker

CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SignIn = Callable[[str], Page]
DRAWN, RENAMED = "as drawn", "renamed"
BOTH_LIBRARIES = pytest.mark.parametrize("library", [DRAWN, RENAMED])


@pytest.fixture
def registers() -> Iterator[RunningSimulator]:
    """The simulated registers, SMS and mail."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def library() -> str:
    """Which library the product runs on: as it is drawn, or with other names (see `tests.renaming`)."""
    return DRAWN


@pytest.fixture
def names(library: str, request: pytest.FixtureRequest) -> Names:
    """What the elements of the library are called."""
    if library == DRAWN:
        return Names(renamed=False)
    found: Names = request.getfixturevalue("renamed_template")[1]
    return found


@pytest.fixture
def started_from(library: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an app on a copy of the sample world with the library that the test asks for."""
    if library == DRAWN:
        yield request.getfixturevalue("world_settings")
        return
    with stores.copied(request.getfixturevalue("renamed_template")[0], tmp_path / "renamed") as store:
        yield store.settings


@pytest.fixture
def product(started_from: Settings, registers: RunningSimulator, names: Names) -> Iterator[Flask]:
    """The app on a copy of the sample world, with its worker running."""
    settings = replace(started_from, simulator_url=registers.url)
    with shared_app.running(settings, shared_app.LIVE) as app:
        app.extensions["names"] = names
        worker = Worker(app=app)
        thread = threading.Thread(target=_work, args=(worker,), daemon=True)
        thread.start()
        yield app
        worker.stopped.set()
        thread.join(10)
        db.session.rollback()
        found = checking.list_impossible_states()
        differing = replays.list_differing()
    assert found == []
    assert differing == []


@pytest.fixture
def address(product: Flask) -> Iterator[str]:
    """Where the site is."""
    server = make_server("127.0.0.1", 0, product, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    server.block_on_close = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Callable[[], Page]:
    """A new person's window, with an empty profile."""

    def window() -> Page:
        context = browser.new_context(
            base_url=address, locale="zh-CN", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    return window


def drag_piece(page: Page, product: Flask) -> None:
    """Move the piece of the puzzle to where a person sees that it belongs."""
    name = page.get_attribute("[name=puzzle_name]", "value")
    assert name is not None
    page.get_by_label("拼图块的位置").fill(solving.solve(product, name))


@pytest.fixture
def sign_in(open_page: Callable[[], Page], product: Flask) -> SignIn:
    """A new window in which somebody has signed in."""

    def signed_in(login: str) -> Page:
        page = open_page()
        page.goto("/account/sign-in")
        page.fill("[name=login]", login)
        page.fill("[name=password]", PASSWORD)
        drag_piece(page, product)
        page.click("form .btn--main")
        page.wait_for_url("**/apply/**" if login[:1].isdigit() else "**/work/**")
        return page

    return signed_in


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """A photograph of the right size: 295 by 413 pixels."""
    path = tmp_path / "portrait.jpg"
    image = Image.new("RGB", (295, 413), "white")
    ImageDraw.Draw(image).ellipse((80, 90, 215, 270), fill="#e8c39e")
    content = io.BytesIO()
    image.save(content, "JPEG", quality=90)
    path.write_bytes(content.getvalue())
    return path


def _work(worker: Worker) -> None:
    while not worker.stopped.is_set():
        worker.run_once()
        worker.stopped.wait(0.1)
