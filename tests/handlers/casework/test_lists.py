"""The work list: one rule for list, number, next and claim; where an act leads; what a search finds."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from models import db
from models.base.database import writing
from models.base.errors import DomainError
from models.cases.applications import Application
from models.cases.notices import AuditEntry
from models.listing import worklists
from models.persons.people import Person, Post
from models.processes.instances import WorkItem
from tests import stores
from tests.handlers.casework.conftest import NUMBER, STAFF, SignedIn, World, the_item
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import registered
from tests.handlers.casework.test_turns import confirm, decide
from tests.handlers.pagecheck import faults
from workflows import worklist
from workflows.clock import now

__all__ = ["registered"]


def asker(world: World, login: str) -> worklists.Asker:
    """Somebody who asks for their work list."""
    posts = db.session.execute(select(Post.role, Post.place).where(Post.person_id == world.people[login]))
    held = frozenset((role, place) for role, place in posts)
    return worklists.Asker(person_id=world.people[login], posts=held, now=now())


def listed(page: str) -> list[int]:
    """The items of a list, in its order."""
    return [int(number) for number in re.findall(r'<tr data-row="/work/tasks/(\d+)"', page)]


def number_of(page: str, view: str) -> int:
    """The number that stands beside a view."""
    found = re.search(rf'<span>{view}</span><span class="n">([\d,]+)</span>', page)
    return int(found[1]) if found else pytest.fail(page)


def copy_of(element: str, count: int, *, hours: int) -> None:
    """More items like the newest one of an element, each due an hour after the other."""
    writing.set(True)
    db.session.rollback()
    one = db.session.scalars(select(WorkItem).where(WorkItem.element == element)).all()[-1]
    kept = ("instance_id", "process_key", "element", "name", "role", "form_key", "place", "duty", "not_by")
    same = {name: getattr(one, name) for name in kept}
    for number in range(count):
        row = WorkItem(**same, task_id=f"{element[:8]}{number:024}", created_at=one.created_at)
        row.due_at = now() + timedelta(hours=hours + number)
        db.session.add(row)
    db.session.commit()
    writing.set(None)


@pytest.fixture
def barred(world: World, signed_in: SignedIn) -> World:
    """Twelve urgent second reviews that `second` may not do, and one first review that they may."""
    world.start("decision")
    copy_of("first_review", 1, hours=100)
    second = signed_in("second")
    first = db.session.scalars(select(WorkItem.id).order_by(WorkItem.id)).first()
    second.post(f"/work/tasks/{first}/claim")
    assert second.post(f"/work/tasks/{first}", data={"act": "submit", "first": "grant"}).status_code == 302
    copy_of("second_review", 12, hours=1)
    return world


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S12")
def test_what_separation_of_duties_bars_is_not_offered(barred: World, signed_in: SignedIn) -> None:
    second = signed_in("second")
    page = second.get("/work/").text
    (offered,) = listed(page)
    assert number_of(page, "可领取") == 1
    assert second.post("/work/claim-next").location == f"/work/tasks/{offered}"
    assert "目前没有您可以领取的任务" in second.post("/work/claim-next", follow_redirects=True).text
    due = second.get("/work/?view=due").text
    assert len(listed(due)) == 12
    assert "data-claim" not in due  # they are shown as due, and not offered
    page = second.get(f"/work/tasks/{the_item('second_review').id}").text
    assert "您不能领取这件任务" in page
    assert "“初审”由同一人办理过" in page
    assert "/claim" not in page


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S12")
def test_list_number_and_claim_are_one_rule_for_everybody(barred: World) -> None:
    items = list(db.session.scalars(select(WorkItem.id)))
    offered = {}
    for login in STAFF:
        somebody = asker(barred, login)
        rows = db.session.execute(worklists.select_rows(somebody, "open", worklists.WorklistFilter())).all()
        count = db.session.scalar(worklists.select_count(somebody, "open", worklists.WorklistFilter()))
        first = db.session.scalar(worklists.select_next(somebody, worklists.WorklistFilter()))
        offered[login] = {row.id for row in rows}
        assert count == worklist.count_open_items(somebody.person_id) == len(rows)
        assert (first in offered[login]) == bool(rows)
        assert all(row.claimable for row in rows)
    for login, ids in offered.items():
        assert {item for item in items if _claims(item, barred.people[login])} == ids, login
    assert (len(offered["second"]), len(offered["first"])) == (1, 1)
    assert len({login for login, ids in offered.items() if ids}) == 2


def _claims(item_id: int, person: int) -> bool:
    db.session.rollback()
    writing.set(True)
    try:
        worklist.claim_item(item_id, person)
    except DomainError:
        return False
    finally:
        db.session.rollback()
        writing.set(None)
    return True


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S12")
def test_a_claim_that_ran_out_is_offered_to_others_and_stays_ones_own(
    world: World, signed_in: SignedIn
) -> None:
    world.start("decision")
    item = the_item("first_review").id
    signed_in("first").post(f"/work/tasks/{item}/claim")
    writing.set(True)
    db.session.get_one(WorkItem, item).claim_expires_at = now() - timedelta(minutes=1)
    db.session.commit()
    writing.set(None)
    assert listed(signed_in("first").get("/work/").text) == []
    assert listed(signed_in("first").get("/work/?view=mine").text) == [item]
    assert listed(signed_in("second").get("/work/").text) == [item]
    assert signed_in("second").post("/work/claim-next").location == f"/work/tasks/{item}"


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S12")
def test_no_view_reads_all_items(barred: World) -> None:
    somebody, everything = asker(barred, "second"), worklists.WorklistFilter()
    queries = [worklists.select_next(somebody, everything), worklists.select_stages(somebody)]
    for view in ("open", "mine", "due", "done", "found"):
        queries.append(worklists.select_count(somebody, view, everything))
        queries.append(
            worklists.order_by_due(worklists.select_rows(somebody, view, everything), None).limit(26)
        )
    if stores.ON_POSTGRESQL:
        db.session.execute(text("SET LOCAL enable_seqscan = off"))  # of so few rows it reads all otherwise
    for query in queries:
        plan = "\n".join(_plan(query))
        assert not re.search(r"SCAN work_item\b(?! USING INDEX)|Seq Scan on work_item", plan), plan


def _plan(query: object) -> list[str]:
    told = query.compile(db.engine, compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    explain = "EXPLAIN" if stores.ON_POSTGRESQL else "EXPLAIN QUERY PLAN"
    rows = db.session.connection().exec_driver_sql(f"{explain} {str(told).replace('%', '%%')}")
    return [str(row[-1]) for row in rows]


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S13")
def test_a_bulk_act_names_each_case(barred: World, signed_in: SignedIn) -> None:
    items = list(db.session.scalars(select(WorkItem.id).order_by(WorkItem.id)))
    answer = signed_in("second").post("/work/claim-many", data={"items": [*items, 4711]}).text
    assert answer.count("2611 0000 01 郑雨桐（初审）") == 2  # done before, and claimed now
    assert answer.count("2611 0000 01 郑雨桐（复审）：“初审”由同一人办理过") == 13
    assert "任务 4711：" in answer
    assert faults(answer) == []


def way(page: str, number: int) -> str:
    """The address behind the link of an item in a list."""
    found = re.search(rf'<th scope="row" class="nowrap"><a href="(/work/tasks/{number}[^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else pytest.fail(page)


def finished(client: FlaskClient, address: str) -> TestResponse:
    """Send a first review from its page."""
    answer = client.post(address, data={"act": "submit", "first": "grant"})
    assert answer.status_code == 302, answer.text
    return answer


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S13")
@pytest.mark.parametrize("query", [{}, {"kind": "junior", "element": "first_review"}, {"q": "郑雨桐"}])
def test_an_act_leads_back_to_the_list_with_its_filters(
    world: World, signed_in: SignedIn, query: dict[str, str]
) -> None:
    world.start("decision")
    first, item = signed_in("first"), the_item("first_review").id
    here = f"/work/?{urlencode(query)}" if query else "/work/"
    address = way(first.get(here).text, item)
    page = first.get(address).text
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', page) == ["/work/"]
    claim = re.search(rf'action="(/work/tasks/{item}/claim[^"]*)"', page)
    assert claim is not None
    claimed = first.post(claim[1].replace("&amp;", "&"))
    answer = finished(first, claimed.location)
    assert first.get(answer.location).request.path == "/work/"
    assert dict(first.get(answer.location).request.args) == query


@pytest.mark.corrupts("item_stray")
@pytest.mark.found("S13")
def test_an_act_leads_back_to_the_page_of_the_list(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    copy_of("first_review", 30, hours=1)
    first = signed_in("first")
    following = re.search(r'rel="next" href="([^"]*)"', first.get("/work/").text)
    assert following is not None
    here = following[1].replace("&amp;", "&")
    page = first.get(here).text
    for button, sent in (("claim", {"item": str(listed(page)[-1])}), ("claim-next", {})):
        back = {"back": re.search(r'name="back" value="([^"]*)"', page)[1].replace("&amp;", "&")}  # type: ignore[index]
        opened = first.post(f"/work/{button}", data=back | sent)
        release = re.search(r'action="([^"]*/release[^"]*)"', first.get(opened.location).text)
        assert release is not None
        assert first.post(release[1].replace("&amp;", "&")).location == here


@pytest.mark.found("S13")
def test_an_act_leads_back_to_the_desk(registered: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    opened = clerk.post(f"/work/desk/{registered.application}/arrived").location
    page = clerk.get(opened).text
    assert re.findall(r'<a href="([^"]*)" aria-current="page"', page) == ["/work/desk"]
    answer = clerk.post(opened, data=judged(*ALL, materials="conform"))
    assert answer.location == "/work/desk"
    assert "“核对材料”已提交。" in clerk.get("/work/desk").text


@pytest.mark.found("S13")
def test_an_act_leads_back_to_the_case_that_was_searched(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first = signed_in("first")
    found = re.search(r'href="(/work/cases/\d+\?back[^"]*)"', first.get("/work/cases?q=2611000001").text)
    assert found is not None
    case = first.get(found[1].replace("&amp;", "&")).text
    assert 'href="/work/cases?q=2611000001"' in case
    task = re.search(r'href="(/work/tasks/\d+\?back[^"]*)"', case)
    assert task is not None
    address = task[1].replace("&amp;", "&")
    first.post(address.replace("?", "/claim?"))
    assert finished(first, address).location == f"/work/cases/{world.application}"


@pytest.mark.found("S13")
@pytest.mark.parametrize(
    "back", ["https://example.org/", "//example.org/work/", "/account/sign-out", "/work\\x", "javascript:x"]
)
def test_an_act_leads_to_no_other_place(world: World, signed_in: SignedIn, back: str) -> None:
    world.start("decision")
    first, item = signed_in("first"), the_item("first_review").id
    first.post(f"/work/tasks/{item}/claim")
    assert finished(first, f"/work/tasks/{item}?{urlencode({'back': back})}").location == "/work/?view=mine"


@pytest.mark.found("S13")
def test_a_search_looks_in_all_views_and_says_where(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first, second = signed_in("first"), signed_in("second")
    item = the_item("first_review").id
    assert 'data-label="所在" class="nowrap">可领取' in first.get("/work/?view=done&q=雨桐").text
    send(first, take(first, "first_review"), first="grant")
    page = first.get("/work/?q=雨桐").text
    assert listed(page) == [item]
    assert 'class="nowrap">已办<' in page
    review = take(second, "second_review")
    page = second.get("/work/?view=due&q=2611-0000-01").text
    assert 'class="nowrap">我的任务<' in page
    assert listed(page)[0] == review
    assert faults(page) == []
    assert "没有符合条件的任务" in signed_in("other_first").get("/work/?q=雨桐").text


@pytest.mark.found("S13")
def test_a_search_says_who_has_a_task_and_what_is_barred(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    second = signed_in("second")
    take(signed_in("first"), "first_review")
    assert "由员工first办理" in second.get("/work/?q=雨桐").text
    signed_in("first").post(f"/work/tasks/{the_item('first_review').id}/release")
    send(second, take(second, "first_review"), first="grant")
    assert "须由另一人办理" in second.get("/work/?q=雨桐").text


@pytest.mark.found("S13")
def test_what_was_given_to_somebody_by_name_is_not_to_be_claimed(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    item = the_item("first_review").id
    writing.set(True)
    db.session.get_one(WorkItem, item).assignee_id = world.people["first"]
    db.session.commit()
    writing.set(None)
    for view in ("mine", "due", "open"):
        page = signed_in("first").get(f"/work/?view={view}&q=雨桐").text
        assert ("data-claim" in page, "办理<span" in page) == (False, True)
    page = signed_in("first").get("/work/?view=mine").text
    assert ("data-claim" in page, "办理<span" in page) == (False, True)
    other = signed_in("second").get(f"/work/tasks/{item}").text
    assert "指定由员工first办理" in other
    assert "/claim" not in other


@pytest.mark.found("S13")
def test_the_register_names_holders_to_its_clerk_and_the_look_is_recorded(
    registered: World, signed_in: SignedIn
) -> None:
    confirm(signed_in("clerk"), registered)
    decide(signed_in, "granted")
    page = signed_in("certificates").get("/work/certificates").text
    assert "<b>郑雨桐</b>" in page
    assert NUMBER not in page
    assert faults(page) == []
    db.session.rollback()
    (look,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "register.viewed"))
    person = db.session.get_one(Application, registered.application).person_id
    assert (look.actor_id, look.person_id) == (registered.people["certificates"], person)
    assert look.application_id == registered.application
    assert "郑雨桐" not in signed_in("other_certificates").get("/work/certificates").text
    assert signed_in("clerk").get("/work/certificates").status_code == 403


@pytest.mark.found("S13")
def test_the_resume_stands_on_the_case_and_on_every_task(registered: World, signed_in: SignedIn) -> None:
    writing.set(True)
    part = {"from": "2020-09", "until": "2024-06", "organisation": "衢州学院", "post": "学生"}
    db.session.get_one(Application, registered.application).resume = [part | {"witness": "何老师"}]
    db.session.commit()
    writing.set(None)
    clerk = signed_in("clerk")
    item = arrive(clerk, registered)
    pages = [f"/work/cases/{registered.application}", f"/work/tasks/{item}"]
    texts = [clerk.get(address).text for address in pages]
    confirm(clerk, registered)
    decide(signed_in, "granted")
    printing = the_item("print_certificate").id
    texts.append(signed_in("certificates").get(f"/work/tasks/{printing}").text)
    for page in texts:
        assert "个人简历" in page
        assert "2020年9月" in page
        assert "何老师" in page
        assert faults(page) == []


@pytest.mark.corrupts("no_process")
@pytest.mark.found("S13")
@pytest.mark.parametrize(
    ("login", "address", "entry"),
    [
        ("clerk", "/work/", "工作列表"),
        ("clerk", "/work/desk", "现场确认"),
        ("clerk", "/work/cases?q=2611", "查找案件"),
        ("certificates", "/work/certificates", "证书"),
        ("designer", "/work/processes/leave/start", "流程"),
    ],
)
def test_one_entry_of_the_header_is_current(
    world: World, signed_in: SignedIn, login: str, address: str, entry: str
) -> None:
    page = signed_in(login).get(address).text
    header = page.partition("<header")[2].partition("</header>")[0]
    assert re.findall(r'aria-current="page">([^<]*)<', header) == [entry]


@pytest.fixture
def ethnic(world: World) -> World:
    """The applicant has a name of several parts, and telephones."""
    writing.set(True)
    application = db.session.get_one(Application, world.application)
    person = db.session.get_one(Person, application.person_id)
    person.name, person.mobile = "阿卜杜拉·买买提", "13857000126"
    application.phone = "13857000127"
    db.session.commit()
    writing.set(None)
    world.start("decision")
    return world


SPELLINGS = (
    "阿卜杜拉·买买提",
    "阿卜杜拉•买买提",
    "阿卜杜拉.买买提",
    "阿卜杜拉．买买提",
    "阿卜杜拉・买买提",
    " 阿卜杜拉 · 买买提 ",
    "阿卜杜拉 买买提",
    "阿卜杜拉买买提",
    "拉•买",
    "•",
    ".",
    "２６１１００００01",
    "2611-0000-01",
    "2611 0000 01",
    "330802 20040312 0024",
    "330802-20040312-0024",
    "３３０８０２２００４０３１２００２４",
    "13857000126",
    "+86 138 5700 0126",
    "0086-138-5700-0127",
)


@pytest.mark.found("S15")
def test_a_search_finds_what_registration_keeps_however_it_is_typed(
    ethnic: World, signed_in: SignedIn
) -> None:
    first = signed_in("first")
    for words in SPELLINGS:
        for address, key in (("/work/cases", "查到的案件"), ("/work/", "2611 0000 01")):
            assert key in first.get(address, query_string={"q": words}).text, (address, words)
    for words in ("阿卜买", "13857000128", "2611000002", "·阿卜"):
        found = first.get("/work/cases", query_string={"q": words}).text
        assert ("查到的案件" in found) == (words == "·阿卜"), words


@pytest.mark.found("S15")
def test_the_desk_reads_numbers_however_they_are_typed(ethnic: World, signed_in: SignedIn) -> None:
    for words in ("2611-0000-01", "２６１１ 0000 01", "330802-20040312-0024"):
        page = signed_in("clerk").post("/work/desk", data={"q": words}, follow_redirects=True).text
        assert "阿卜杜拉·买买提" in page, words


@pytest.mark.found("S7")
def test_the_desk_offers_a_supervisor_only_what_it_does(registered: World, signed_in: SignedIn) -> None:
    supervisor, address = signed_in("supervisor"), "/work/desk?q=2611000001"
    page = supervisor.get(address).text
    assert "郑雨桐" in page
    assert ("到场，开始核对" in page, "由本确认点的经办人员办理" in page) == (False, True)
    assert supervisor.post(f"/work/desk/{registered.application}/arrived").status_code == 404
    for login in ("clerk", "both"):
        assert "到场，开始核对" in signed_in(login).get(address).text
    arrive(signed_in("clerk"), registered)
    assert "材料正由员工clerk核对" in signed_in("clerk2").get(address).text
    assert "继续核对" in signed_in("clerk").get(address).text
