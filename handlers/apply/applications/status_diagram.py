"""The whole way of an application as a diagram: its stages, and nothing of what goes on inside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.diagrams import picture, timeline_events
from handlers.diagrams.timeline_events import DiagramWords
from models.cases.applications import Application
from models.cases.states import Standing
from translations import lazy_gettext
from workflows.diagrams import case_progress, outline
from workflows.diagrams.outline import Stage

# A case that ended, or waits for something unusual, has nothing ahead as a rule.
PROCEEDING = frozenset({Standing.CONFIRMING, Standing.DECIDING, Standing.GRANTED})
WORDS = DiagramWords(
    here=lazy_gettext("您在这里"),
    end=lazy_gettext("办理结束"),
    states={
        "done": lazy_gettext("已办"),
        "ahead": lazy_gettext("尚未开始"),
        "again": lazy_gettext("已办过，将重新办理"),
    },
)


def draw_status_diagram(application: Application, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """The picture and its outline; `told` is what the status page says of the present stage."""
    standing = case_progress.find_case_progress(application.instance_id)
    if standing is None:
        return None
    layout, place = standing.layouts[standing.root], standing.places[standing.root]
    stages = [stage for stage in outline.list_stages(layout, place) if _is_shown(stage, application)]
    return {
        "picture": picture.draw_diagram(layout, place, WORDS),
        "outline": [
            timeline_events.build_event(one, WORDS, told["meaning"], told["by_when"]) for one in stages
        ],
    }


def _is_shown(stage: Stage, application: Application) -> bool:
    if stage.state in {"done", "here", "end"}:
        return True
    # Of the ways of confirmation a case goes the one that its plan says.
    ours = stage.figure.only_for in (None, application.plan.mode)
    return ours and application.standing in PROCEEDING
