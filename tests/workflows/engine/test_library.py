"""The library runs like stock SpiffWorkflow runs it, and a changed diagram changes what happens."""

from __future__ import annotations

import pytest

from tests.workflows.engine import library
from tests.workflows.engine.shortening import without_second_review
from tests.workflows.engine.walking import prepare, walk_for
from tests.workflows.engine.world import World
from workflows import engine

WALKS = {
    "accreditation": {},
    "account_request": {"request": 1, "sort": "mobile"},
    "identity": {"told": False},
    "review": {"exam_route": "other"},  # with experts
    "certificate": {"plan": None},
    "confirmation": {"plan": {"until": "2026-04-01T00:00:00+08:00"}},
    "messaging": {
        "reply_wanted": True,
        "reply_until": "2026-04-01T00:00:00+08:00",
        "by_process": False,
        "by_applicant": False,
    },
    "online_review": {"plan": {"until": "2026-04-01T00:00:00+08:00"}},
}


@pytest.mark.parametrize("process", WALKS)
def test_the_library_goes_where_stock_goes(world: World, process: str) -> None:
    trail = library.trail(process, **WALKS[process])
    prepare(world, trail)
    assert [world.person(name) for name in ("expert", "another")] == [1, 2]
    assert walk_for(world, trail, acts=120) >= 120


def _to_first_review(world: World) -> int:
    case = world.start("decision", application="case:1")
    assert world.open(case) == ["first_review"]
    return case


def test_a_changed_diagram_changes_what_happens(world: World) -> None:
    prepare(world, library.trail("decision"))
    running = _to_first_review(world)
    changed = without_second_review(library.SOURCES["decision.bpmn"])
    assert b'id="second_review"' not in changed
    deployment = world.deploy({**library.SOURCES, "decision.bpmn": changed}, **library.environment())
    assert sorted(key for key, _ in deployment.releases) == ["accreditation", "decision", "review"]
    following = _to_first_review(world)

    for case in (running, following):
        world.complete(case, "first_review", first="pass")
    assert world.open(running) == ["second_review"]
    assert world.open(following) == ["decide"]
    assert world.item(following, "decide").not_by == "first_review"

    world.complete(running, "second_review", second="agree")
    for case in (running, following):
        world.complete(case, "decide", decision="granted")
        assert world.row(case).state == "completed"


def test_deploying_only_review_releases_what_reaches_it(world: World) -> None:
    prepare(world, library.trail("review"))
    content = library.SOURCES["review.bpmn"].replace("预警经办人".encode(), "提醒经办人".encode())
    deployment = world.deploy({**library.SOURCES, "review.bpmn": content}, **library.environment())
    assert sorted(deployment.releases) == [("accreditation", 2), ("review", 2)]
    again = world.deploy({**library.SOURCES, "review.bpmn": content}, **library.environment())
    assert again.releases == ()


def test_a_withdrawal_in_review_takes_every_open_item_along(world: World) -> None:
    prepare(world, library.trail("accreditation"))
    case = world.start("accreditation", application="case:1", **library.VARIABLES)
    for step in library.PAGES.values():
        world.complete(case, step, go="next", step="")
    world.complete(case, "read_reminder")
    engine.deliver_message("arrived", "case:1", {"application": "case:1"}, actor=None)
    assert world.row(case).public_state == "pending_confirmation"
    world.complete(case, "check_materials", materials="conform")
    assert world.open(case) == ["verify_finding"]
    assert world.row(case).public_state == "pending_decision"
    engine.deliver_message("withdrawn", "case:1", {"application": "case:1", "reason": "不办了"}, actor=None)
    row = world.row(case)
    assert (row.state, row.public_state, row.end_element) == ("completed", "withdrawn", "withdrawn")
    assert world.item(case, "verify_finding").withdrawn_by == "撤回"
    assert world.waits(case) == []
