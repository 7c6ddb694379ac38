"""The stages beside a diagram as events of a timeline: the same facts in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.wording import dates
from translations import gettext
from workflows.diagrams.outline import Stage


@dataclass(frozen=True, kw_only=True)
class DiagramWords:
    """How a diagram speaks to its reader."""

    here: str  # the sign at the place of the case
    end: str  # the sign where it ended
    states: Mapping[str, str]  # done, ahead, again


def build_event(
    stage: Stage, words: DiagramWords, text: str = "", due: datetime | None = None
) -> dict[str, Any]:
    """One stage; `text` and `due` tell what a present one waits for, and until when."""
    lane = stage.figure.lane
    if stage.state in words.states:
        past = stage.state == "done"
        when, who = (stage.at, lane) if past and stage.at else (lane, "")
        return {
            "title": stage.name,
            "text": words.states[stage.state],
            "when": when,
            "who": who,
            "past": past,
        }
    sign = words.end if stage.state == "end" else words.here
    when, who = (_describe_moments(stage, due), lane) if stage.since or due else (lane, "")
    title = gettext("%(stage)s（%(sign)s）", stage=stage.name, sign=sign)
    return {"title": title, "text": text, "when": when, "who": who, "now": True}


def _describe_moments(stage: Stage, due: datetime | None) -> str:
    if stage.state == "end":
        return dates.format_moment(stage.at or stage.since)
    since, until = dates.format_moment(stage.since), dates.format_deadline(due)
    if since and until:
        return gettext("%(since)s 起，截止 %(until)s", since=since, until=until)
    if since:
        return gettext("%(since)s 起", since=since)
    return gettext("截止 %(until)s", until=until) if until else ""
