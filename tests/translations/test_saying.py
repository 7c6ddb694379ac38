"""A sentence is kept and compared by its Chinese, and said in the language of whoever reads it."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import flask_babel
import pytest
from flask import Flask, jsonify, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import String, literal, select

from domain.wording import dates
from handlers.page.display import COOKIE
from models import db
from models.base.errors import DomainError, Invalid, NotAllowed
from tests.translations.catalogue import led_to, make_catalogue
from translations import (
    gettext,
    gettext_plural,
    join_choices,
    join_clauses,
    join_facts,
    join_sentences,
    join_words,
    lazy_gettext,
    lazy_gettext_plural,
    ngettext,
    office_language,
    say_source,
    source_of,
)

MALE, FEMALE = lazy_gettext("男"), lazy_gettext("女")
GREETING = lazy_gettext("%(name)s，您好。")
FILLED = lazy_gettext("第 %(number)s 步", number=3)
PAGES = lazy_gettext_plural("共 %(num)s 页，第 %(page)s 页")
ENGLISH = {
    "男": "male",
    "女": "female",
    "%(name)s，您好。": "Hello %(name)s.",
    "第 %(number)s 步": "step %(number)s",
    ("共 %(num)s 页，第 %(page)s 页",) * 2: ("one page", "page %(page)s of %(num)s"),
    "、": ", ",
    "；": "; ",
    "%(first)s 或 %(second)s": "%(first)s or %(second)s",
    "%(before)s%(after)s": "%(before)s %(after)s",
    "您没有办理此事项的权限。": "You may not do this.",
    "请在 Authorization 请求头中提供有效的访问令牌。": "Send a valid token in the header Authorization.",
    "首页": "Home",
    "文件太大": "The file is too large",
    ("共 %(num)s 笔",) * 2: ("%(num)s stroke", "%(num)s strokes"),
}


@pytest.fixture
def english(app: Flask, tmp_path: Path) -> Iterator[FlaskClient]:
    """A browser whose reader chose English, of an app that has a catalogue of it."""
    make_catalogue(tmp_path, ENGLISH)
    with led_to(app, tmp_path):
        browser = app.test_client()
        browser.set_cookie(COOKIE, "system.en")
        yield browser


@pytest.fixture
def reading(app: Flask, english: FlaskClient) -> Iterator[None]:
    """A request of that reader."""
    with app.test_request_context(headers={"Cookie": f"{COOKIE}=system.en"}):
        yield


def test_without_an_app_the_chinese_is_said() -> None:
    assert (str(MALE), f"{MALE}", gettext("男")) == ("男", "男", "男")
    assert GREETING % {"name": "郑雨桐"} == "郑雨桐，您好。"
    assert gettext("第 %(number)s 步", number=3) == str(FILLED) == "第 3 步"
    assert gettext_plural("共 %(num)s 页，第 %(page)s 页", num=1, page=1) == "共 1 页，第 1 页"
    assert ngettext("%(num)s 页", "%(num)s 页", 2) == "2 页"
    assert join_words([MALE, FEMALE]) == "男、女"
    assert join_sentences([GREETING % {"name": "周敏"}, "", "请进。"]) == "周敏，您好。请进。"
    with office_language():
        assert str(MALE) == "男"


@pytest.mark.usefixtures("reading")
def test_showing_translates_and_comparing_does_not() -> None:
    assert (str(MALE), f"{MALE}", f"{MALE:>6}", "%s" % MALE) == ("male", "male", "  male", "male")  # noqa: UP031
    assert "{}".format(MALE) == "male"  # noqa: UP032
    assert GREETING % {"name": "Li"} == "Hello Li."
    assert str(FILLED) == "step 3"
    assert MALE == "男"
    assert hash(MALE) == hash("男")
    assert {"男": 1}[MALE] == 1
    assert {MALE: 1}["男"] == 1
    assert sorted([MALE, FEMALE]) == ["女", "男"]
    assert source_of(MALE) == "男"
    assert type(source_of(MALE)) is str
    assert say_source("男") == "male"


@pytest.mark.usefixtures("reading")
def test_a_number_has_its_form() -> None:
    assert gettext_plural("共 %(num)s 页，第 %(page)s 页", num=1, page=1) == "one page"
    assert gettext_plural("共 %(num)s 页，第 %(page)s 页", num=5, page=2) == "page 2 of 5"
    assert PAGES % {"num": 1, "page": 1} == "one page"
    assert PAGES % {"num": 5, "page": 2} == "page 2 of 5"


@pytest.mark.usefixtures("reading")
def test_lists_are_joined_as_the_language_joins_them() -> None:
    assert join_words([MALE, FEMALE]) == "male, female"
    assert join_clauses([MALE, FEMALE]) == "male; female"
    assert join_choices([MALE, FEMALE, "x"]) == "male or female or x"
    assert join_sentences([GREETING % {"name": "Li"}, "", "Come in."]) == "Hello Li. Come in."
    assert join_facts((MALE, None, "", 3)) == "male　3"
    assert "、".join([MALE, FEMALE]) == "男、女", "so nothing that is shown is joined by `join` itself"


@pytest.mark.usefixtures("reading")
def test_copies_are_sentences_still() -> None:
    for made in (copy.copy(FILLED), copy.deepcopy(FILLED), pickle.loads(pickle.dumps(FILLED))):
        assert made == "第 3 步"
        assert str(made) == "step 3"
    assert pickle.loads(pickle.dumps(PAGES)) % {"num": 1, "page": 1} == "one page"


@pytest.mark.usefixtures("reading")
def test_json_of_an_answer_is_said_and_json_that_is_kept_is_not() -> None:
    told = {MALE: [FILLED, (FEMALE, 1)], "rest": {"why": FEMALE}}
    assert jsonify(told).json == {
        "male": ["step 3", ["female", 1]],
        "rest": {"why": "female"},
    }
    assert json.loads(json.dumps(told)) == {
        "男": ["第 3 步", ["女", 1]],
        "rest": {"why": "女"},
    }


@pytest.mark.both_databases
@pytest.mark.usefixtures("reading")
def test_a_database_is_given_the_source() -> None:
    assert db.session.scalar(select(literal(MALE, String()))) == "男"
    kept = select(literal(FEMALE, String()).label("label")).subquery()
    found = select(kept.c.label).where(kept.c.label == "女", kept.c.label.in_([MALE, FEMALE]))
    assert db.session.scalars(found).all() == ["女"]


@pytest.mark.usefixtures("reading")
def test_a_template_says_sentences() -> None:
    shown = render_template_string(
        "{{ one }}|{{ one ~ '<!>' }}|{{ [one, other] | join('/') }}|{{ '<b>%s</b>' | safe | format(one) }}"
        "|{{ [one, other] | join_words }}|{{ '%s' | format(one) }}"
        "|{{ gettext_plural('共 %(num)s 页，第 %(page)s 页', num=1, page=1) }}|{{ one == '男' }}",
        one=MALE,
        other=FEMALE,
    )
    assert shown == "male|male&lt;!&gt;|male/female|<b>male</b>|male, female|male|one page|True"


@pytest.mark.usefixtures("reading")
def test_a_refusal_speaks_to_whoever_tried() -> None:
    assert NotAllowed().sentence == str(NotAllowed()) == "You may not do this."
    assert type(DomainError(MALE).sentence) is str
    assert DomainError(MALE).sentence == "male"
    assert Invalid({"sex": [FEMALE]}).fields == {"sex": ["female"]}


@pytest.mark.usefixtures("reading")
def test_what_is_kept_is_said_in_the_language_of_the_office() -> None:
    day = dates.format_day(dates.date(2026, 4, 9))
    with office_language():
        kept = str(MALE), dates.format_day(dates.date(2026, 4, 9)), join_words([MALE, FEMALE])
    assert kept == ("男", "2026年4月9日", "男、女")
    assert (day, str(MALE)) == ("Apr 9, 2026", "male"), "and afterwards in the reader's again"


def test_a_page_and_its_scripts_speak_english(app: Flask, english: FlaskClient) -> None:
    page = english.get("/").text
    assert '<html lang="en"' in page
    assert ">Home</a>" in page
    brought = page.partition('<script type="application/json" id="sentences">')[2].partition("</script>")[0]
    sentences = json.loads(brought)
    assert sentences["文件太大"] == "The file is too large"
    assert sentences["共 %(num)s 笔"] == ["%(num)s stroke", "%(num)s strokes"]
    assert sentences["缩放"] == "缩放", "what has no translation yet"


def test_a_page_in_chinese_brings_no_sentences_along(client: FlaskClient) -> None:
    assert 'id="sentences"' not in client.get("/").text


def test_an_answer_of_the_api_speaks_to_whoever_asks(client: FlaskClient, english: FlaskClient) -> None:
    asked = "/api/v1/tasks"
    assert english.get(asked).json["detail"] == "Send a valid token in the header Authorization."
    flask_babel.refresh()  # the context of the test outlives the request
    assert client.get(asked).json["detail"] == "请在 Authorization 请求头中提供有效的访问令牌。"


def test_what_was_said_before_a_redirect_is_said_by_the_next_page(english: FlaskClient) -> None:
    with english.session_transaction() as session:
        session["_flashes"] = [("ok", source_of(MALE))]
    assert "<div>male</div>" in english.get("/").text
