"""`./zige shots [PATH …] [--as NAME]`: pictures of a running site: wide, narrow, light, dark."""

from __future__ import annotations

import argparse
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from flask import Response
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app import create_app
from handlers.entry import access
from models import db
from models.base.database import writing
from models.persons.people import Person

FOLDER = Path(__file__).resolve().parents[1] / "build" / "shots"
PATHS = ("/", "/_components/", "/_components/staff", "/no-such-page")
VIEWS = [(width, scheme) for width in (1280, 360) for scheme in ("light", "dark")]
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def main() -> None:
    """Take the pictures, and say which pages are wider than their window or report an error."""
    options = argparse.ArgumentParser(prog="zige shots")
    options.add_argument("paths", nargs="*", default=PATHS)
    options.add_argument("--as", dest="person", help="the name of a sample person to sign in as")
    options.add_argument("--site", default=f"http://127.0.0.1:{os.environ.get('ZIGE_PORT', '8000')}")
    chosen = options.parse_args()
    token = session_of(chosen.person) if chosen.person else ""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_chromium(), args=["--no-sandbox", "--disable-gpu"])
        for line in pictures(browser, chosen.site, chosen.paths, token):
            print(line)
        browser.close()


def session_of(name: str) -> str:
    """A session for a sample person, opened in the database as signing in would."""
    app = create_app()
    if app.config["PRODUCTION"]:
        raise SystemExit("shots: not in production")
    with app.test_request_context():
        writing.set(True)
        person = db.session.scalar(select(Person).where(Person.name == name))
        if person is None:
            raise SystemExit(f"shots: nobody is called {name}")
        answer = access.sign_in(Response(), person.id)
        db.session.commit()
    found = re.search(rf"{access.COOKIE}=([^;]+)", answer.headers["Set-Cookie"])
    assert found is not None
    return found[1]


def pictures(browser: Browser, site: str, paths: list[str], token: str) -> Iterator[str]:
    """Every page in every view; what is reported is worth a look."""
    for width, scheme in VIEWS:
        view = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN"
        )
        if token:
            view.add_cookies([{"name": access.COOKIE, "value": token, "url": site}])
        page = view.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error, said=faults: said.append(str(error)))
        page.on(
            "console",
            lambda message, said=faults: said.append(message.text) if message.type == "error" else None,
        )
        for path in paths:
            faults.clear()
            yield from (
                f"{path} {width} {scheme}: {fault}" for fault in _one(page, site, path, f"{width}-{scheme}")
            )
            yield from (f"{path} {width} {scheme}: {fault}" for fault in faults)
        view.close()


def _one(page: Page, site: str, path: str, view: str) -> Iterator[str]:
    page.goto(site + path, wait_until="load")
    name = re.sub(r"\W+", "-", path).strip("-") or "home"
    page.screenshot(path=FOLDER / f"{name}-{view}.png", full_page=True)
    if page.evaluate(WIDER):
        yield "wider than its window"


def _chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(found for name in names if (found := shutil.which(name)))


if __name__ == "__main__":
    main()
