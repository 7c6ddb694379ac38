"""Stages in words."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask

from domain.wording import dates
from handlers.diagrams import timeline_events
from handlers.diagrams.timeline_events import DiagramWords
from workflows.diagrams.layout import Figure
from workflows.diagrams.outline import Stage

WORDS = DiagramWords(
    here="当前", end="已结束", states={"done": "已办", "ahead": "未到", "again": "将重新办理"}
)
REVIEW = Figure(id="first_review", kind="userTask", name="初审", lane="认定机构")
MOMENT, UNTIL = datetime(2026, 4, 20, 1, 0, tzinfo=UTC), datetime(2026, 4, 24, 9, 0, tzinfo=UTC)


def test_what_was_done_has_its_time(app: Flask) -> None:
    event = timeline_events.build_event(Stage(figure=REVIEW, state="done", at=MOMENT), WORDS)
    assert (event["title"], event["text"], event["when"], event["past"]) == ("初审", "已办", MOMENT, True)


def test_what_is_ahead_says_who_will_act(app: Flask) -> None:
    event = timeline_events.build_event(Stage(figure=REVIEW, state="again"), WORDS)
    assert (event["text"], event["when"], event["past"]) == ("将重新办理", "认定机构", False)


def test_what_is_here_says_who_since_and_until(app: Flask) -> None:
    stage = Stage(figure=REVIEW, state="here", since=MOMENT)
    event = timeline_events.build_event(stage, WORDS, "周敏", UNTIL)
    assert event["title"] == "初审（当前）"
    assert (event["text"], event["who"], event["now"]) == ("周敏", "认定机构", True)
    assert event["when"] == f"{dates.format_moment(MOMENT)} 起，截止 {dates.format_deadline(UNTIL)}"


def test_an_end_has_no_beginning(app: Flask) -> None:
    event = timeline_events.build_event(Stage(figure=REVIEW, state="end", since=MOMENT, at=MOMENT), WORDS)
    assert event["title"] == "初审（已结束）"
    assert "起" not in event["when"]
