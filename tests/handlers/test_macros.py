"""Every macro, drawn on the component pages: sound HTML, labels, nothing inline, icons that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask, g, request
from flask.testing import FlaskClient

from domain.reach.principal import Principal
from handlers.entry import access, assets, headers
from handlers.page import display, printable_text, telephones
from handlers.page.formfields import FormView
from handlers.preferences import routes as preferences
from handlers.preview import routes as preview
from settings import Settings
from tests.handlers import pagecheck
from workflows import clock

ROOT = Path(__file__).resolve().parents[2]
ERRORS = (400, 401, 403, 404, 409, 413, 429, 500, 503)
PAGES = ("/_components/", "/_components/staff", *(f"/_components/errors/{status}" for status in ERRORS))


@pytest.fixture(scope="module")
def small_app() -> Flask:
    """The look on its own: no database, no other pages."""
    app = Flask("zige", root_path=str(ROOT))
    app.config.update(SECRET_KEY="only for tests", TEST_CLOCK=False, SECURE=False, COOKIE_PREFIX="")
    app.config.update(FONTS=Settings().fonts, RARE_FONTS=Settings().rare_fonts)
    clock.install(app)
    display.install(app)
    assets.install(app)
    printable_text.install(app)
    telephones.install(app)
    headers.install(app)
    app.register_blueprint(preview.pages, url_prefix="/_components")
    app.register_blueprint(preferences.pages, url_prefix="/display")
    app.before_request(_sign_in)
    app.context_processor(lambda: {"principal": g.get("principal")})
    return app


@pytest.fixture
def browser(small_app: Flask) -> FlaskClient:
    """A browser without script."""
    return small_app.test_client()


def _sign_in() -> None:
    kind = request.headers.get("X-Kind", "staff" if "staff" in request.path else "applicant")
    g.principal = Principal(person_id=1, name="周敏", kind=kind, posts=frozenset())


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("kind", ["applicant", "staff"])
def test_every_page_is_sound(browser: FlaskClient, address: str, kind: str) -> None:
    answer = browser.get(address, headers={"X-Kind": kind})
    assert answer.status_code == 200
    assert pagecheck.faults(answer.text) == []


@pytest.mark.parametrize("address", PAGES)
def test_every_icon_is_in_the_sprite(browser: FlaskClient, address: str) -> None:
    drawn = set(re.findall(r"icons(?:\.\w+)?\.svg#([\w-]+)", browser.get(address).text))
    there = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/icons.svg").read_text("utf-8")))
    assert drawn
    assert drawn <= there


@pytest.mark.parametrize("address", PAGES)
def test_every_page_has_one_main_heading(browser: FlaskClient, address: str) -> None:
    page = pagecheck.read(browser.get(address).text)
    assert [one.tag for one in page.elements].count("h1") == 1
    assert [one.tag for one in page.elements].count("main") == 1


def test_every_macro_is_on_a_component_page() -> None:
    shown = "".join(path.read_text("utf-8") for path in (ROOT / "templates/preview").glob("*.html"))
    offered = re.findall(r"{% set (\w+) = _\w+\.", (ROOT / "templates/macros/ui.html").read_text("utf-8"))
    drawn_by_others = {
        "steps": "layout/steps.html",
        "actions": "macros/lists.html",
        "file_row": "macros/files.html",
        "verdict_choice": "macros/casework.html",
    }
    for name, file in drawn_by_others.items():
        source = (ROOT / "templates" / file).read_text("utf-8")
        assert re.search(rf"{{{{ [^}}]*\b{name}\(", source), name
    assert [name for name in offered if f"ui.{name}(" not in shown and name not in drawn_by_others] == []


def test_the_title_and_the_summary_name_the_errors(browser: FlaskClient) -> None:
    html = browser.get("/_components/").text
    assert "<title>错误：组件 - " in html
    assert "有 2 处需要修改" in html
    assert '<a href="#mobile">请输入 11 位手机号</a>' in html


def test_an_error_is_told_at_its_field(browser: FlaskClient) -> None:
    page = pagecheck.read(browser.get("/_components/").text)
    field = next(one for one in page.elements if one.attributes.get("id") == "mobile")
    assert field.attributes["aria-invalid"] == "true"
    assert field.attributes["aria-describedby"] == "mobile-error"
    assert field.attributes["value"] == "1380570"


def test_what_was_typed_cannot_become_markup(small_app: Flask) -> None:
    form = FormView.refused({"name": '"><script>alert(1)</script>'}, {"name": ["<b>no</b>"]})
    source = (
        '{% import "macros/ui.html" as ui %}{{ ui.field(form.field("name")) }}{{ ui.error_summary(form) }}'
    )
    with small_app.test_request_context():
        drawn = small_app.jinja_env.from_string(source).render(form=form)
    assert "<script>" not in drawn
    assert "<b>" not in drawn


def test_a_table_row_offers_three_links_and_the_rest_under_more(browser: FlaskClient) -> None:
    page = pagecheck.read(browser.get("/_components/").text)
    cell = next(one for one in page.elements if one.tag == "td" and one.attributes.get("class") == "act")
    assert cell.text.index("详情") < cell.text.index("更多") < cell.text.index("申请表预览")


def test_the_policy_forbids_inline_script(browser: FlaskClient) -> None:
    policy = browser.get("/_components/").headers["Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"


def test_the_chosen_display_is_kept_and_drawn(browser: FlaskClient) -> None:
    html = browser.get("/_components/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert token is not None
    sent = {"csrf_token": token[1], "theme": "dark", "large": "yes", "next": "/_components/staff"}
    answer = browser.post("/display", data=sent)
    assert (answer.status_code, answer.location) == (303, "/_components/staff")
    assert '<html lang="zh-CN" class="theme-dark text-large">' in browser.get("/_components/").text


def test_a_language_is_offered_when_its_catalogue_is_there(browser: FlaskClient) -> None:
    page = browser.get("/_components/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert 'name="language"' not in page, "there is nothing but Chinese to choose"
    assert browser.post("/display", data={"csrf_token": token[1], "language": "en"}).status_code == 400
    browser.set_cookie(display.COOKIE, "light.en")
    assert '<html lang="zh-CN" class="theme-light">' in browser.get("/_components/").text


def test_a_form_without_its_token_is_refused(browser: FlaskClient) -> None:
    assert browser.post("/display", data={"theme": "dark"}).status_code == 400


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"]
)
def test_the_way_back_stays_here(browser: FlaskClient, target: str) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/_components/").text)
    assert token is not None
    assert browser.post("/display", data={"csrf_token": token[1], "next": target}).location == "/"


def test_an_api_call_needs_no_form_token() -> None:
    app = Flask("api")
    app.config.update(SECRET_KEY="only for tests", SECURE=False)
    headers.install(app)
    places = Blueprint("api", "api")
    places.post("/cases")(access.allow("token")(lambda: "taken"))
    app.register_blueprint(places)
    assert app.test_client().post("/cases").text == "taken"


def test_the_page_check_sees_a_summary_that_does_not_follow_the_page() -> None:
    summary = (
        '<div class="errors"><h2>x</h2><ul><li><a href="#b">b</a></li><li><a href="#a">a</a></li></ul></div>'
    )
    inputs = '<label for="a">a</label><input id="a"><label for="b">b</label><input id="b">'
    assert pagecheck.faults(f"{summary}{inputs}") == ["the summary is out of order: ['b', 'a']"]
