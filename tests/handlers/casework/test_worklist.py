"""The work list: views, filters, claiming, paging, and who sees what."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from models import db
from models.base.database import writing
from models.cases.applications import Application, Opinion, RegisterAnswer
from models.persons.people import Post
from models.processes.instances import WorkItem
from tests.handlers.casework.conftest import NUMBER, SignedIn, World, the_item
from tests.handlers.pagecheck import faults
from workflows.clock import LOCAL, now


def titles(client: FlaskClient, **query: str) -> list[str]:
    """The rows of a list, by the text of their link."""
    page = client.get("/work/", query_string=query).text
    return re.findall(r'<th scope="row" class="nowrap"><a href="[^"]*">([^<]*)</a>', page)


@pytest.mark.manual("R2")
def test_only_those_with_the_post_see_and_claim(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    assert titles(signed_in("first")) == ["2611 0000 01"]
    item_id = the_item("first_review").id
    for login in ("other_first", "clerk", "designer", "certificates"):
        client = signed_in(login)
        assert titles(client) == []
        assert client.get(f"/work/tasks/{item_id}").status_code == 404
        assert client.post(f"/work/tasks/{item_id}/claim").status_code == 404
        assert client.post("/work/claim", data={"item": item_id}).status_code == 404
        assert "成功 0 件" in client.post("/work/claim-many", data={"items": [item_id]}).text
        assert (
            client.post(f"/work/tasks/{item_id}", data={"act": "submit", "first": "grant"}).status_code == 404
        )
    assert the_item("first_review").state == "open"


@pytest.mark.manual("R10")
@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("clerk", 200),
        ("supervisor", 200),
        ("first", 200),
        ("officer", 200),
        ("certificates", 200),
        ("other_clerk", 404),
        ("other_first", 404),
        ("other_certificates", 404),
        ("expert", 404),
        ("designer", 404),
    ],
)
def test_a_case_is_open_to_its_own_place_only(
    world: World, signed_in: SignedIn, login: str, status: int
) -> None:
    world.start("decision")
    client = signed_in(login)
    assert client.get(f"/work/cases/{world.application}").status_code == status
    assert client.post(f"/work/cases/{world.application}/document-number").status_code == status
    for words in ("2611000001", "郑雨桐", NUMBER, "0024"):
        found = "2611 0000 01" in client.get("/work/cases", query_string={"q": words}).text
        assert found == (status == 200)


def test_filters_and_search(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first = signed_in("first")
    for query in ({"element": "first_review"}, {"kind": "junior"}, {"place": "authority:1"}, {"q": "雨桐"}):
        assert titles(first, **query) == ["2611 0000 01"]
        assert "1 件</span></h1>" in first.get("/work/", query_string=query).text
    for query in ({"element": "decide"}, {"kind": "senior"}, {"place": "site:2"}, {"q": "无此人"}):
        assert titles(first, **query) == []
        page = first.get("/work/", query_string=query).text
        assert "没有符合条件的任务" in page
        assert "0 件</span></h1>" in page  # the number of what is shown, and not of the view


@pytest.mark.manual("R2")
def test_claim_next_release_and_hand_over(world: World, signed_in: SignedIn) -> None:
    world.start("confirmation", plan={"mode": "on_site", "until": (now() + timedelta(days=9)).isoformat()})
    clerk = signed_in("clerk")
    clerk.post(f"/work/desk/{world.application}/arrived")
    item_id = the_item("check_materials").id
    assert titles(clerk, view="mine") == ["2611 0000 01"]
    assert clerk.post(f"/work/tasks/{item_id}/release").status_code == 302
    assert the_item("check_materials").state == "open"
    assert clerk.post("/work/claim-next").location == f"/work/tasks/{item_id}"
    page = clerk.get(f"/work/tasks/{item_id}/hand-over").text
    assert "员工clerk2" in page
    assert "员工other_clerk" not in page
    wrong = clerk.post(f"/work/tasks/{item_id}/hand-over", data={"to": world.people["other_clerk"]})
    assert wrong.status_code == 422
    for to in ("", "abc", str(10**30)):
        both = clerk.post(f"/work/tasks/{item_id}/hand-over", data={"to": to}).text
        assert re.findall(r'href="#(to|reason)"', both) == ["to", "reason"]
        assert "请选择接手人。" in both
    sent = {"to": world.people["clerk2"], "reason": "换班"}
    assert clerk.post(f"/work/tasks/{item_id}/hand-over", data=sent).status_code == 302
    assert the_item("check_materials").assignee_id == world.people["clerk2"]
    empty = clerk.post("/work/claim-next", follow_redirects=True)
    assert "目前没有您可以领取的任务。“我的任务”里也没有待办的。" in empty.text
    assert "看我的任务" not in empty.text
    holder = signed_in("clerk2").post("/work/claim-next", follow_redirects=True)
    assert "目前没有您可以领取的任务。您手上还有 1 件，在“我的任务”里。" in holder.text
    assert '<a class="btn" href="/work/?view=mine">看我的任务</a>' in holder.text
    sought = {"element": "first_review"}
    narrowed = signed_in("clerk2").post("/work/claim-next", data=sought, follow_redirects=True)
    assert "这个条件下没有您可以领取的任务，可以清除筛选。您手上还有 1 件" in narrowed.text


@pytest.mark.manual("R2")
def test_those_who_did_an_earlier_stage_are_not_offered_it(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    add_second_reviewer(world)
    finish(signed_in("second"), "first_review", first="grant")
    item_id = the_item("second_review").id
    reviewer = signed_in("officer")
    reviewer.post(f"/work/tasks/{item_id}/claim")
    page = reviewer.get(f"/work/tasks/{item_id}/hand-over").text
    assert "没有可以接手的人" in page
    assert "员工second不能接手：“初审”由同一人办理过" in page
    assert faults(page) == []
    sent = {"to": world.people["second"], "reason": "换班"}
    refused = reviewer.post(f"/work/tasks/{item_id}/hand-over", data=sent)
    assert (refused.status_code, "“初审”由同一人办理过" in refused.text) == (422, True)
    assert the_item("second_review").assignee_id == world.people["officer"]


def add_second_reviewer(world: World) -> None:
    """Let the check officer do second reviews too."""
    writing.set(True)
    db.session.add(Post(person_id=world.people["officer"], role="authority.second", place="authority:1"))
    db.session.commit()
    writing.set(None)


def finish(client: FlaskClient, element: str, **answers: str) -> None:
    """Claim an item and complete it."""
    item_id = the_item(element).id
    client.post(f"/work/tasks/{item_id}/claim")
    client.post(f"/work/tasks/{item_id}", data={"act": "submit", **answers})


@pytest.mark.corrupts("item_stray")
@pytest.mark.manual("R2")
def test_bulk_claim_has_a_result_for_each(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    copies(world, 2)
    ids = [row.id for row in db.session.query(WorkItem).filter_by(element="first_review")]
    signed_in("second").post(f"/work/tasks/{ids[0]}/claim")
    answer = signed_in("first").post("/work/claim-many", data={"items": [*ids, 4711]})
    assert "成功 2 件，共 4 件" in answer.text
    assert "已由" in answer.text
    none = signed_in("first").post("/work/claim-many", follow_redirects=True)
    assert "请先勾选要领取的任务" in none.text


@pytest.mark.corrupts("item_stray")
def test_pages_follow_each_other_without_gap_or_repeat(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    copies(world, 60)
    first, seen, address = signed_in("first"), [], "/work/"
    while address:
        page = first.get(address).text
        seen += re.findall(r'<tr data-row="/work/tasks/(\d+)"', page)
        follow = re.search(r'rel="next" href="([^"]*)"', page)
        address = follow.group(1).replace("&amp;", "&") if follow else ""
    assert len(seen) == len(set(seen)) == 61


def test_done_items_are_listed_and_readable(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first = signed_in("first")
    item_id = the_item("first_review").id
    first.post(f"/work/tasks/{item_id}/claim")
    first.post(f"/work/tasks/{item_id}", data={"act": "submit", "first": "grant"})
    assert titles(first, view="done") == ["2611 0000 01"]
    assert titles(first, view="mine") == []
    assert "已办结" in first.get(f"/work/tasks/{item_id}").text


@pytest.mark.parametrize(
    "address",
    [
        "/work/",
        "/work/?view=mine",
        "/work/?view=done",
        "/work/cases?q=2611000001",
        "/work/cases/{case}",
        "/work/tasks/{item}",
    ],
)
def test_pages_are_sound(world: World, signed_in: SignedIn, address: str) -> None:
    world.start("decision")
    first = signed_in("first")
    item_id = the_item("first_review").id
    first.post(f"/work/tasks/{item_id}/claim")
    assert faults(first.get(address.format(case=world.application, item=item_id)).text) == []


def copies(world: World, count: int) -> None:
    """More items like the one that is open, as a busy day would have."""
    writing.set(True)
    db.session.rollback()
    one = db.session.query(WorkItem).filter_by(element="first_review").one()
    for number in range(count):
        db.session.add(
            WorkItem(
                instance_id=one.instance_id,
                process_key=one.process_key,
                task_id=f"{number:032}",
                element=one.element,
                name=one.name,
                role=one.role,
                form_key=one.form_key,
                place=one.place,
                created_at=one.created_at,
                due_at=one.due_at if number % 3 else None,
            )
        )
    db.session.commit()
    writing.set(None)


@pytest.mark.manual("R10")
def test_background_findings_are_for_those_who_check_and_decide(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    writing.set(True)
    case = {"application_id": world.application, "person_id": world.people["officer"], "at": now()}
    db.session.add(Opinion(stage="verify", verdict="hit", text="复函3号载明", **case))
    db.session.add(
        RegisterAnswer(
            application_id=world.application,
            register="offence",
            finding="hit",
            request_key="one",
            answered_at=now(),
        )
    )
    db.session.commit()
    writing.set(None)
    for login, seen in (("first", True), ("officer", True), ("clerk", False), ("certificates", False)):
        page = signed_in(login).get(f"/work/cases/{world.application}").text
        assert ("复函3号载明" in page) == seen
        assert ("教职员工准入查询" in page) == seen


@pytest.mark.found("A13")
def test_the_end_of_the_legal_limit_is_written_as_every_end_of_a_day(
    world: World, signed_in: SignedIn
) -> None:
    world.start("decision")
    writing.set(True)
    application = db.session.get_one(Application, world.application)
    application.due_at = datetime(2027, 3, 5, 23, 59, 59, tzinfo=LOCAL)
    db.session.commit()
    writing.set(None)
    first = signed_in("first")
    item_id = the_item("first_review").id
    first.post(f"/work/tasks/{item_id}/claim")
    for path in (f"/work/cases/{world.application}", f"/work/tasks/{item_id}"):
        page = first.get(path).text
        assert "3月5日 24:00" in page
        assert "23:59" not in page


@pytest.mark.found("S12")
def test_nothing_is_offered_to_be_claimed_together_where_nothing_can_be(
    world: World, signed_in: SignedIn
) -> None:
    """A search finds what one holds or did; a bar that claims none of it promised what it could not do."""
    world.start("decision")
    first = signed_in("first")
    query = {"q": "2611000001"}
    assert "领取所选" in first.get("/work/", query_string=query).text
    first.post(f"/work/tasks/{the_item('first_review').id}/claim")
    held = first.get("/work/", query_string=query).text
    assert "2611 0000 01" in held
    assert "领取所选" not in held
    assert 'name="items"' not in held
    assert faults(held) == []
