"""What is typed into a task's form and not sent: kept for the person who typed it, shown to them again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from domain.reach import scope
from handlers.casework.worklist import return_links
from handlers.page.formfields import submitted_values
from models import db
from models.base.errors import DomainError
from models.processes.instances import WorkItem
from translations import gettext
from workflows import worklist

Typed = MultiDict[str, str]
VERDICT_ROWS = (
    "findings"  # sent by position, and a position may be another material's by the time it is shown
)
PROPOSED_CONCLUSION, PROPOSED_DAYS = "by_items", "5"  # what the forms propose


def read_draft(item: WorkItem) -> tuple[dict[str, Any], Any]:
    """What the person typed into an item, and when it was kept."""
    kept = worklist.drafts.find_draft(item.id, g.principal.person_id)
    return (kept.typed, kept.saved_at) if kept and item.done_by != g.principal.person_id else ({}, None)


def keep_for_writer(item_id: int, typed: Typed, facts: Mapping[str, Any]) -> bool:
    """Keep what was typed, also of an item that is somebody else's by now; whether there was anything."""
    if is_typed(typed, facts):
        worklist.drafts.keep_draft(item_id, submitted_values(typed), g.principal.person_id)
        db.session.commit()
        return True
    kept = worklist.drafts.find_draft(item_id, g.principal.person_id)
    return kept is not None and is_typed(kept.typed, facts)


def keep_in_background(item_id: int, typed: Typed, facts: Mapping[str, Any]) -> ResponseReturnValue:
    """What the script sends while a person types: 204, or in a sentence why it can no longer be sent."""
    try:
        worklist.save_draft(item_id, submitted_values(typed), g.principal.person_id)
    except DomainError as refusal:
        db.session.rollback()
        keep_for_writer(item_id, typed, facts)
        said = gettext("您填写的内容已经暂存，其他人看不到。")
        return refusal.sentence + said, 409, {"Content-Type": "text/plain; charset=utf-8"}
    db.session.commit()
    return "", 204


def clear_draft(item_id: int) -> ResponseReturnValue:
    """End the draft because its writer says so."""
    scope.find_item(g.principal, item_id)
    worklist.drafts.forget_draft(item_id, g.principal.person_id)
    db.session.commit()
    flash(gettext("暂存的内容已清除。"), "ok")
    return redirect(url_for("casework.task", item_id=item_id, **return_links.return_query()))


def is_typed(typed: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    """Whether a form holds anything beyond what it was shown with."""
    shown = _proposed_values(facts)
    return any(
        value.strip() and shown.get(name) != value
        for name, value in MultiDict(typed).items(multi=True)
        if name != "revision" and not name.endswith(".key")
    )


def align_verdicts(typed: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """A draft with each verdict at the place where its material stands now; of one that is gone, nothing."""
    places = {one["key"]: number for number, one in enumerate(facts.get("materials", ()))}
    if not places:
        return dict(typed)
    placed: dict[str, Any] = {}
    for name, value in typed.items():
        sort, _, rest = name.partition(".")
        number, _, part = rest.partition(".")
        if sort != VERDICT_ROWS or not part:
            placed[name] = value
        elif (place := places.get(typed.get(f"{VERDICT_ROWS}.{number}.key", ""))) is not None:
            placed[f"{VERDICT_ROWS}.{place}.{part}"] = value
    return placed


def _proposed_values(facts: Mapping[str, Any]) -> dict[str, str]:
    carried = {
        f"{VERDICT_ROWS}.{number}.verdict": one["carried"]
        for number, one in enumerate(facts.get("materials", ()))
        if one.get("carried")
    }
    day = str(facts.get("proposed") or "")[:10]
    before = {name: _as_typed(value) for name, value in facts.get("answered", {}).items()}
    return {"correct_until": day, "conclusion": PROPOSED_CONCLUSION, "days": PROPOSED_DAYS} | carried | before


def _as_typed(value: Any) -> str:
    """An answer as its input sends it."""
    return "true" if value is True else str(value)
