"""各地报名时间: by place, kind and stage, with words; and the same as a file for one's own calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from werkzeug.test import TestResponse

from handlers.page import calendar_files
from handlers.page.calendar_files import CalendarEvent
from models import db
from models.authorities.places import Authority
from models.authorities.plans import Plan
from tests.handlers.conftest import Browser, writes
from workflows.clock import now

CALENDAR = "/calendar"


def found(visitor: Browser, query: str = "") -> list[str]:
    """The authorities that a page lists, in its order."""
    return re.findall(r'<h3 id="plan-\d+">(\S+) ', visitor.open(f"{CALENDAR}{query}"))


def test_everything_is_listed_open_ones_first(visitor: Browser) -> None:
    assert found(visitor)[-2:] == ["龙游县教育局", "衢江区教育局"]  # not begun; nowhere to be confirmed
    page = visitor.open(CALENDAR)
    stages = re.findall(r"接受报名|未开始|未设置确认点", page[page.index('id="found"') :])
    order = ["接受报名", "未开始", "未设置确认点"]
    assert all(order.index(one) <= order.index(two) for one, two in pairwise(stages))
    assert page.count("接受报名") == len([one for one in db.session.query(Plan) if _is_open(one)])


def _is_open(plan: Plan) -> bool:
    return plan.stage(now()) == "open" and bool(plan.sites)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?province=330000&city=330800&county=330825", {"龙游县教育局", "衢州市教育局"}),
        ("?province=330000&city=330700", {"金华市教育局", "婺城区教育局"}),
        ("?province=330000&city=330800&kind=senior", {"衢州市教育局"}),
        ("?stage=ahead", {"龙游县教育局"}),
        ("?q=衢州学院", {"柯城区教育局", "衢州市教育局"}),
        ("?q=衢州学院 柯城", {"柯城区教育局"}),
        ("?q=100%25", set()),
        ("?province=999999&kind=nothing&stage=never", None),
    ],
)
def test_place_kind_stage_and_words_narrow_it(visitor: Browser, query: str, names: set[str] | None) -> None:
    everything = set(found(visitor))
    assert set(found(visitor, query)) == (everything if names is None else names)


def test_a_search_without_result_says_what_to_do(visitor: Browser) -> None:
    page = visitor.open(f"{CALENDAR}?q=火星")
    assert "没有找到认定计划" in page
    assert 'href="/help#telephone"' in page


def test_what_is_over_stays_for_half_a_year(visitor: Browser) -> None:
    assert "柯城区教育局" not in found(visitor, "?stage=over")
    moment = now()
    with writes():
        plan = db.session.query(Plan).join(Authority).filter(Authority.name == "柯城区教育局").one()
        plan.apply_until, plan.confirm_until = moment - timedelta(days=9), moment - timedelta(days=1)
    assert found(visitor, "?stage=over") == ["柯城区教育局"]
    assert "柯城区教育局" not in visitor.open("/")
    with writes():
        plan.confirm_until = moment - timedelta(days=181)
    assert found(visitor, "?stage=over") == []


def test_many_plans_are_paged_and_keep_what_was_asked(visitor: Browser) -> None:
    moment = now()
    with writes():
        office = db.session.query(Authority).filter_by(name="江山市教育局").one()
        for number in range(45):
            times = {"apply_from": moment, "apply_until": moment + timedelta(days=number + 1)}
            confirm = {"confirm_from": moment, "confirm_until": moment + timedelta(days=60)}
            made = Plan(authority_id=office.id, batch=f"第{number}批", kinds=["primary"], **times, **confirm)
            db.session.add(made)
    seen = []
    for page in (1, 2, 3):
        seen += found(visitor, f"?q=江山市&page={page}")
    assert len(seen) == 45
    assert "q=%E6%B1%9F%E5%B1%B1%E5%B8%82" in visitor.open(f"{CALENDAR}?q=江山市")
    assert len(found(visitor, "?q=江山市&page=99999")) == 5


def file_of(visitor: Browser, query: str) -> str:
    answer: TestResponse = visitor.client.get(f"/calendar.ics{query}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "filename=zige.ics" in answer.headers["Content-Disposition"]
    return answer.get_data(as_text=True)


def test_the_file_has_both_windows_at_their_moments(visitor: Browser) -> None:
    plan = db.session.query(Plan).join(Authority).filter(Authority.name == "柯城区教育局").one()
    text = file_of(visitor, f"?plan={plan.id}")
    whole = text.replace("\r\n ", "")
    assert whole.count("BEGIN:VEVENT") == whole.count("END:VEVENT") == 2
    assert f"UID:plan-{plan.id}-apply@" in whole
    assert f"DTSTART:{plan.apply_from.astimezone(UTC):%Y%m%dT%H%M%SZ}" in whole
    assert f"DTEND:{plan.confirm_until.astimezone(UTC):%Y%m%dT%H%M%SZ}" in whole
    assert "SUMMARY:柯城区教育局" in whole
    assert f"calendar?plan={plan.id}" in whole
    assert "柯城区教育局" in visitor.open(f"{CALENDAR}?plan={plan.id}")
    assert file_of(visitor, "?q=火星").count("VEVENT") == 0


def test_lines_are_short_and_marks_are_escaped() -> None:
    moment = datetime(2026, 11, 30, tzinfo=UTC)
    event = CalendarEvent(
        uid="1",
        title="一二三四五六七八九十" * 9 + "，a;b,c\\d",
        start=moment,
        end=moment,
        text="第一行\n第二行",
    )
    text = calendar_files.write_calendar([event], moment)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:" + "一二三四五六七八九十" * 9 + "，a\\;b\\,c\\\\d\r\n" in whole
    assert "DESCRIPTION:第一行\\n第二行\r\n" in whole
    assert text.endswith("END:VCALENDAR\r\n")
