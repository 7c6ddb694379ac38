"""The work list: what may be claimed, what one holds, what is due, what was done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask import flash, g, redirect, request, url_for
from marshmallow import fields, validate

from domain.reach import scope
from domain.wording.masking import group_registration_number
from handlers.casework.blueprint import pages
from handlers.casework.worklist import return_links
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.queries import QuerySchema
from models import db
from models.authorities import places
from models.base import codes
from models.base.database import single_statement
from models.base.errors import DomainError
from models.listing import worklists
from models.processes.instances import WorkItem
from models.processes.states import ItemState
from translations import gettext, lazy_gettext
from workflows import worklist
from workflows.clock import now

VIEWS = {
    "open": lazy_gettext("可领取"),
    "mine": lazy_gettext("我的任务"),
    "due": lazy_gettext("即将到期"),
    "done": lazy_gettext("已办"),
}
EMPTY_VIEWS = {
    "open": (lazy_gettext("没有可以领取的任务"), lazy_gettext("新的任务到达后会出现在这里。")),
    "mine": (lazy_gettext("您手上没有任务"), lazy_gettext("请从“可领取”中领取一件。")),
    "due": (lazy_gettext("没有即将到期的任务"), lazy_gettext("两天内到期和已经逾期的任务会出现在这里。")),
    "done": (lazy_gettext("您还没有办结的任务"), lazy_gettext("办结的任务会出现在这里，可以随时查看。")),
}
SEARCH_TITLE = lazy_gettext("查找结果")  # a search looks in all views, and says in which one a task is
NEWEST_FIRST = frozenset({"done", "found"})
PAGE_SIZE = 25
MOST_CLAIMED = 50


class WorklistQuery(QuerySchema):
    """What the address of a list says."""

    view = fields.String(load_default="open", validate=validate.OneOf(VIEWS))
    element = fields.String(load_default="", validate=validate.Length(max=120))
    kind = fields.String(load_default="", validate=validate.OneOf(["", *codes.KINDS]))
    place = fields.String(load_default="", validate=validate.Length(max=40))
    words = fields.String(load_default="", data_key="q", validate=validate.Length(max=80))
    after = fields.String(load_default="", validate=validate.Length(max=200))


@dataclass(frozen=True, kw_only=True)
class ClaimResult:
    """What became of one item of a bulk act."""

    item_id: int
    sentence: str
    claimed: bool


@pages.get("/", endpoint="worklist")
@allow("staff")
@show("casework/worklist.html")
@ask(WorklistQuery)
def worklist_page(asked: dict[str, Any]) -> Page:
    """One view, narrowed and paged."""
    return _build_page(asked)


@pages.post("/claim")
@allow("staff")
@show("casework/worklist.html")
@ask(WorklistQuery)
def claim(asked: dict[str, Any]) -> Page:
    """Claim one item from the list and open it."""
    item_id = request.form.get("item", type=row_numbers.read_number) or 0
    scope.find_item(g.principal, item_id)
    try:
        with single_statement():
            worklist.claim_item(item_id, g.principal.person_id)
            db.session.commit()
    except DomainError as refusal:
        return _show_refused(asked, item_id, refusal)
    return redirect(url_for("casework.task", item_id=item_id, **return_links.return_query()))


@pages.post("/claim-next")
@allow("staff")
@show("casework/worklist.html")
@ask(WorklistQuery)
def claim_next(asked: dict[str, Any]) -> Page:
    """Claim the most urgent item of the view that is still free."""
    item_id = db.session.scalar(worklists.select_next(_build_asker(), _build_narrowing(asked)))
    if item_id is None:
        flash(_nothing_to_claim(asked), "info")
        return redirect(url_for("casework.worklist", **_view_query(asked)))
    try:
        worklist.claim_item(item_id, g.principal.person_id)
    except DomainError as refusal:  # a post was taken away since the request began
        return _show_refused(asked, item_id, refusal)
    db.session.commit()
    return redirect(url_for("casework.task", item_id=item_id, **return_links.return_query()))


@pages.post("/claim-many")
@allow("staff")
@show("casework/worklist.html")
@ask(WorklistQuery)
def claim_many(asked: dict[str, Any]) -> Page:
    """Claim several items; each has a result of its own."""
    wanted = list(dict.fromkeys(request.form.getlist("items", type=row_numbers.read_number)))[:MOST_CLAIMED]
    if not wanted:
        flash(gettext("请先勾选要领取的任务。"), "warn")
        return redirect(url_for("casework.worklist", **_view_query(asked)))
    outcomes = [_claim_one(item_id) for item_id in wanted]
    db.session.commit()
    return _show_outcomes(asked, outcomes)


def _nothing_to_claim(asked: dict[str, Any]) -> str:
    """That there is nothing, and where what the person has already is."""
    narrowed = _build_narrowing(asked) != worklists.WorklistFilter()
    own = db.session.scalar(worklists.select_count(_build_asker(), "mine", worklists.WorklistFilter())) or 0
    nothing = (
        gettext("这个条件下没有您可以领取的任务，可以清除筛选。")
        if narrowed
        else gettext("目前没有您可以领取的任务。")
    )
    return nothing + (
        gettext("您手上还有 %(own)s 件，在“我的任务”里。", own=own)
        if own
        else gettext("“我的任务”里也没有待办的。")
    )


def _show_refused(asked: dict[str, Any], item_id: int, refusal: DomainError) -> Page:
    db.session.rollback()
    refused = ClaimResult(item_id=item_id, sentence=refusal.sentence, claimed=False)
    return _show_outcomes(asked, [refused]), refusal.status


def _show_outcomes(asked: dict[str, Any], outcomes: list[ClaimResult]) -> dict[str, Any]:
    labels = _label_items([one.item_id for one in outcomes])
    return _build_page(asked) | {"outcomes": outcomes, "labels": labels}


def _claim_one(item_id: int) -> ClaimResult:
    try:
        scope.find_item(g.principal, item_id)
        with db.session.begin_nested():
            worklist.claim_item(item_id, g.principal.person_id)
    except DomainError as refusal:
        return ClaimResult(item_id=item_id, sentence=refusal.sentence, claimed=False)
    return ClaimResult(item_id=item_id, sentence=gettext("已领取"), claimed=True)


def _label_items(wanted: list[int]) -> dict[int, str]:
    """What the items are called; one that the person may not see has its number only."""
    query = worklists.select_rows(_build_asker(), "visible", worklists.WorklistFilter()).where(
        WorkItem.id.in_(wanted)
    )
    unknown = {item_id: gettext("任务 %(number)s", number=item_id) for item_id in wanted}
    return unknown | {row.id: _item_label(row) for row in db.session.execute(query)}


def _item_label(row: Any) -> str:
    case = (
        f"{group_registration_number(row.registration_number)} {row.applicant}"
        if row.registration_number
        else ""
    )
    unnamed = gettext("任务 %(number)s", number=row.id)
    return gettext("%(case)s（%(task)s）", case=case or row.business_key or unnamed, task=row.name)


def _build_asker() -> worklists.Asker:
    return worklists.Asker(person_id=g.principal.person_id, posts=g.principal.posts, now=now())


def _build_narrowing(asked: dict[str, Any]) -> worklists.WorklistFilter:
    names = worklists.WorklistFilter.__dataclass_fields__
    return worklists.WorklistFilter(**{name: asked[name] for name in names})


def _view_query(asked: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The parts of the address that make a view, without the page."""
    values = {"view": asked["view"], **asdict(_build_narrowing(asked)), **changed}
    values["q"] = values.pop("words")
    return {name: value for name, value in values.items() if value and (name, value) != ("view", "open")}


def _build_page(asked: dict[str, Any]) -> dict[str, Any]:
    asker, narrowing, view = _build_asker(), _build_narrowing(asked), _current_view(asked)
    found = db.session.execute(_ordered_query(asker, asked).limit(PAGE_SIZE + 1)).all()
    shown = found[:PAGE_SIZE]
    counts = _count_views(asker)
    whole = narrowing == worklists.WorklistFilter() and view in counts
    return {
        "views": [
            {
                "key": key,
                "name": name,
                "url": url_for("casework.worklist", **({"view": key} if key != "open" else {})),
                "count": counts.get(key),
            }
            for key, name in VIEWS.items()
        ],
        "view": view,
        "title": VIEWS.get(view, SEARCH_TITLE),
        "where": _describe_view,
        "total": counts[view] if whole else db.session.scalar(worklists.select_count(asker, view, narrowing)),
        "rows": shown,
        "now": asker.now,
        "asked": asked,
        "kept": _view_query(asked),
        "narrowed": narrowing != worklists.WorklistFilter(),
        "empty": EMPTY_VIEWS[asked["view"]],
        "here": _page_address(asked),
        "stages": db.session.execute(worklists.select_stages(asker)).all(),
        "kinds": codes.KINDS,
        "short_kinds": codes.SHORT_KINDS,
        "places": _list_places(),
        "first_url": url_for("casework.worklist", **_view_query(asked)) if asked["after"] else None,
        "next_url": url_for("casework.worklist", **_view_query(asked), after=_build_cursor(view, shown[-1]))
        if len(found) > PAGE_SIZE
        else None,
    }


def _count_views(asker: worklists.Asker) -> dict[str, int]:
    """How much waits in each view; what is done is not counted, as it only grows."""
    everything = worklists.WorklistFilter()
    counted = (key for key in VIEWS if key != "done")
    return {key: db.session.scalar(worklists.select_count(asker, key, everything)) or 0 for key in counted}


def _current_view(asked: dict[str, Any]) -> str:
    return "found" if asked["words"].strip() else asked["view"]


def _page_address(asked: dict[str, Any]) -> str:
    """The address of the page that is shown, to come back to."""
    return url_for("casework.worklist", **_view_query(asked), after=asked["after"] or None)


def _describe_view(row: Any) -> str:
    """In which view a task that was found is; if in none, why."""
    if row.state in (ItemState.DONE, ItemState.WITHDRAWN):
        return gettext("已撤销") if row.state == ItemState.WITHDRAWN else VIEWS["done"]
    if row.assignee_id == g.principal.person_id:
        return VIEWS["mine"]
    if row.claimable:
        return VIEWS["open"]
    return gettext("由%(name)s办理", name=row.holder) if row.holder else gettext("须由另一人办理")


def _ordered_query(asker: worklists.Asker, asked: dict[str, Any]) -> Any:
    view = _current_view(asked)
    query = worklists.select_rows(asker, view, _build_narrowing(asked))
    if view in NEWEST_FIRST:
        after = row_numbers.read_number(asked["after"]) if row_numbers.is_row_number(asked["after"]) else None
        return worklists.order_newest_first(query, after)
    return worklists.order_by_due(query, _parse_cursor(asked["after"]))


def _build_cursor(view: str, row: Any) -> str:
    return str(row.id) if view in NEWEST_FIRST else f"{(row.due_at or worklists.FAR).isoformat()}~{row.id}"


def _parse_cursor(text: str) -> tuple[datetime, int] | None:
    due, _, number = text.partition("~")
    try:
        moment = datetime.fromisoformat(due)
        return (moment, row_numbers.read_number(number)) if moment.tzinfo else None
    except ValueError:
        return None


def _list_places() -> list[tuple[str, str]]:
    """The sites and authorities of the person's posts, to narrow by; one alone needs no choice."""
    held = sorted({place for _, place in g.principal.posts if place})
    named = [(place, places.find_place_name(place)) for place in held]
    return [(place, name) for place, name in named if name]
