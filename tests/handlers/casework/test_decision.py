"""Background checks, experts and the three people of the decision."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from models import db
from models.base.database import writing
from models.cases.applications import Application, Opinion, RegisterAnswer
from models.processes.instances import Job
from tests.handlers import pagecheck
from tests.handlers.casework.conftest import SignedIn, World, the_item
from workflows import engine


def take(client: FlaskClient, element: str) -> int:
    """Claim the open item of an element."""
    item_id = the_item(element, "open").id
    answer = client.post(f"/work/tasks/{item_id}/claim")
    assert answer.status_code == 302, answer.text
    return item_id


def send(client: FlaskClient, item_id: int, **values: object) -> None:
    """Complete an item; it must be taken."""
    answer = client.post(f"/work/tasks/{item_id}", data={"act": "submit", **values})
    assert answer.status_code == 302, answer.text


@pytest.mark.manual("R6")
def test_three_people_decide(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    first, second, decider = signed_in("first"), signed_in("second"), signed_in("decider")
    send(first, take(first, "first_review"), first="grant")
    send(second, take(second, "second_review"), second="agree")
    page = decider.get(f"/work/tasks/{take(decider, 'decide')}").text
    assert "拟予以认定" in page
    assert "员工first" in page
    send(decider, the_item("decide").id, decision="granted")
    db.session.rollback()
    stages = [(row.stage, row.verdict) for row in db.session.query(Opinion).order_by(Opinion.id)]
    assert stages == [("first", "grant"), ("second", "agree"), ("decision", "granted")]
    assert db.session.get_one(Application, world.application).decided_at is not None


@pytest.mark.manual("R6")
def test_second_review_is_not_for_the_first_reviewer(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    second = signed_in("second")  # holds both posts
    send(second, take(second, "first_review"), first="grant")
    item_id = the_item("second_review").id
    answer = second.post(f"/work/tasks/{item_id}/claim")
    assert answer.status_code == 403
    assert "郑雨桐" in answer.text
    assert the_item("second_review").state == "open"


@pytest.mark.parametrize(
    ("element", "login", "values", "sentence"),
    [
        ("first_review", "first", {}, "请选择初审意见。"),
        ("first_review", "first", {"first": "perhaps"}, "请选择初审意见。"),
        ("first_review", "first", {"first": "refuse"}, "请说明拟不予认定或重新核查的理由。"),
        ("first_review", "first", {"first": "recheck", "text": "  "}, "请说明拟不予认定或重新核查的理由。"),
        ("first_review", "first", {"first": "grant", "text": "长" * 1001}, "理由不超过 1000 个字。"),
        ("second_review", "second", {"second": "return"}, "请说明退回初审的理由。"),
        ("decide", "decider", {"decision": "refused"}, "请说明不予认定或退回的理由。"),
    ],
)
def test_an_opinion_needs_its_reason(
    world: World, signed_in: SignedIn, element: str, login: str, values: dict[str, str], sentence: str
) -> None:
    world.start("decision")
    for step, who, kept in (
        ("first_review", "first", {"first": "grant"}),
        ("second_review", "second", {"second": "agree"}),
        ("decide", "decider", {}),
    ):
        client = signed_in(who)
        item_id = take(client, step)
        if step == element:
            answer = client.post(f"/work/tasks/{item_id}", data={"act": "submit", **values})
            assert answer.status_code == 422
            assert sentence in answer.text
            return
        send(client, item_id, **kept)


@pytest.mark.corrupts  # the decision alone, without the case around it
@pytest.mark.manual("R6")
def test_a_refusal_keeps_its_reasons(world: World, signed_in: SignedIn) -> None:
    world.start("decision")
    for step, who, kept in (
        ("first_review", "first", {"first": "refuse", "text": "学历不符合要求"}),
        ("second_review", "second", {"second": "agree"}),
        ("decide", "decider", {"decision": "refused", "text": "学历不符合要求"}),
    ):
        client = signed_in(who)
        send(client, take(client, step), **kept)
    assert [row.text for row in db.session.query(Opinion).order_by(Opinion.id)][-1] == "学历不符合要求"


@pytest.fixture
def unanswered(world: World) -> World:
    """A register that cannot be reached, so that a person checks."""
    world.start("background_check", register="offence")
    writing.set(True)
    job = db.session.query(Job).filter_by(operation="registers.query").one()
    assert engine.fail_service(job.task_id or "", "unavailable")
    db.session.commit()
    writing.set(None)
    return world


def test_a_check_by_hand_needs_a_ground(unanswered: World, signed_in: SignedIn) -> None:
    officer = signed_in("officer")
    item_id = take(officer, "check_by_hand")
    assert "教职员工准入查询" in officer.get(f"/work/tasks/{item_id}").text
    answer = officer.post(f"/work/tasks/{item_id}", data={"act": "submit", "finding": "clear"})
    assert answer.status_code == 422
    assert "请填写凭证编号或者说明依据。" in answer.text
    told = pagecheck.list_told_errors(officer.post(f"/work/tasks/{item_id}", data={"act": "submit"}).text)
    assert told == ["请选择核查结果。", "请填写凭证编号或者说明依据。"]
    send(officer, item_id, finding="clear", document="浙查〔2026〕15号")
    row = db.session.query(RegisterAnswer).one()
    assert (row.register, row.finding, row.by_hand) == ("offence", "clear", unanswered.people["officer"])


@pytest.mark.found("S6")
def test_a_check_is_of_the_register_that_the_task_names(unanswered: World, signed_in: SignedIn) -> None:
    officer = signed_in("officer")
    item_id = take(officer, "check_by_hand")
    assert 'name="register"' not in officer.get(f"/work/tasks/{item_id}").text
    typed = {"act": "submit", "finding": "clear", "document": "浙查〔2026〕15号"}
    answer = officer.post(f"/work/tasks/{item_id}", data=typed | {"register": "restriction"})
    assert answer.status_code == 422
    assert "这件任务核查的是“教职员工准入查询”，不能改报其他核验库的结果。" in answer.text
    assert "浙查〔2026〕15号" in answer.text
    assert db.session.query(RegisterAnswer).count() == 0
    send(officer, item_id, **typed | {"register": "offence"})
    assert db.session.query(RegisterAnswer).one().register == "offence"


def test_a_hit_is_verified_and_confirmed_by_others(unanswered: World, signed_in: SignedIn) -> None:
    officer, officer2 = signed_in("officer"), signed_in("officer2")
    send(officer, take(officer, "check_by_hand"), finding="hit", reason="查询单显示有记录")
    item_id = the_item("verify_finding").id
    assert officer.post(f"/work/tasks/{item_id}/claim").status_code == 403
    send(officer2, take(officer2, "verify_finding"), finding="hit", document="复函3号")
    supervisor = signed_in("check_supervisor")
    send(supervisor, take(supervisor, "confirm_finding"), finding="hit", document="复函3号")
    assert [row.stage for row in db.session.query(Opinion).order_by(Opinion.id)] == [
        "check",
        "verify",
        "confirm",
    ]


@pytest.mark.manual("R6")
def test_experts_are_appointed_judge_and_conclude(world: World, signed_in: SignedIn) -> None:
    world.start("expert_review", clock={})
    secretary = signed_in("secretary")
    item_id = take(secretary, "appoint_experts")
    page = secretary.get(f"/work/tasks/{item_id}").text
    assert "员工expert2" in page
    assert "员工other_expert" not in page
    none = secretary.post(f"/work/tasks/{item_id}", data={"act": "submit"})
    assert "请至少选择一位评审专家。" in none.text
    foreign = {"act": "submit", "experts": [world.people["other_expert"]]}
    answer = secretary.post(f"/work/tasks/{item_id}", data=foreign)
    assert answer.status_code == 422
    assert "只能从本机构的评审专家中选择。" in answer.text
    send(secretary, item_id, experts=[world.people["expert"], world.people["expert2"]])
    for login in ("expert", "expert2"):
        _judge(world, signed_in(login), login)
    chair = signed_in("chair")
    send(chair, take(chair, "conclude_opinions"), committee="pass")
    stages = [row.stage for row in db.session.query(Opinion).order_by(Opinion.id)]
    assert stages == ["experts", "expert", "expert", "committee"]


def _judge(world: World, expert: FlaskClient, login: str) -> None:
    from models.processes.instances import WorkItem

    db.session.rollback()
    mine = db.session.query(WorkItem).filter_by(element="give_opinion", assignee_id=world.people[login]).one()
    item_id = mine.id
    assert "郑雨桐" in expert.get("/work/?view=mine").text
    if mine.state == "open":
        expert.post(f"/work/tasks/{item_id}/claim")
    refused = expert.post(f"/work/tasks/{item_id}", data={"act": "submit", "opinion": "pass"})
    assert refused.status_code == 422
    assert "请填写评语。" in refused.text
    send(expert, item_id, opinion="pass", text="教学设计规范")
    assert expert.get(f"/work/cases/{world.application}").status_code == 200


@pytest.mark.found("S8")
def test_the_case_of_an_expert_who_is_away_goes_to_another(world: World, signed_in: SignedIn) -> None:
    world.start("expert_review", clock={})
    secretary = signed_in("secretary")
    send(secretary, take(secretary, "appoint_experts"), experts=[world.people["expert"]])
    item = the_item("give_opinion")
    item_id = item.id
    assert item.assignee_id == world.people["expert"]
    given = {"to": str(world.people["expert2"]), "reason": "出国"}
    for stranger in ("other_expert", "first"):
        answer = signed_in(stranger).post(f"/work/tasks/{item_id}/hand-over", data=given)
        assert answer.status_code == 404
    assert secretary.post(f"/work/tasks/{item_id}/hand-over", data=given).status_code == 302
    assert the_item("give_opinion").assignee_id == world.people["expert2"]
