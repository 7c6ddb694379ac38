"""The desk and the check of materials."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from domain.cases import revisions
from models import db
from models.base.database import writing
from models.cases.applications import Application, MaterialFinding, Opinion
from models.cases.notices import AuditEntry
from tests.handlers import pagecheck
from tests.handlers.casework.conftest import MATERIALS, NUMBER, SignedIn, World, the_item
from workflows.clock import LOCAL, advance_clock, now

ALL = ("conform", "conform", "conform")


@pytest.fixture
def waiting(world: World) -> World:
    """The case waits for its applicant to come."""
    world.start("confirmation", plan={"mode": "on_site", "until": until()})
    return world


def until() -> str:
    return (now() + timedelta(days=10)).astimezone(LOCAL).isoformat()


def _day(days: int) -> str:
    return (now() + timedelta(days=days)).astimezone(LOCAL).date().isoformat()


def arrive(client: FlaskClient, world: World) -> int:
    """Register the arrival at the desk and give back the id of the check."""
    answer = client.post(f"/work/desk/{world.application}/arrived")
    assert answer.status_code == 302, answer.text
    return the_item("check_materials", "claimed").id


def judged(*verdicts: str, **more: str) -> dict[str, str]:
    """What the page of the check sends."""
    sent = {"act": "submit", "revision": "1", "transaction_id": "once", **more}
    for place, verdict in enumerate(verdicts):
        sent[f"findings.{place}.key"] = MATERIALS[place][0]
        sent[f"findings.{place}.verdict"] = verdict
        sent.setdefault(f"findings.{place}.reason", "" if verdict == "conform" else "缺少盖章")
    return sent


@pytest.mark.manual("R3")
def test_desk_finds_by_number_and_by_document(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    for words in ("2611000001", "2611 0000 01", "２６１１００００01", NUMBER):
        page = clerk.post("/work/desk", data={"q": words}, follow_redirects=True)
        assert "郑雨桐" in page.text
        assert "到场，开始核对" in page.text
        assert NUMBER not in page.text + page.request.url


def test_desk_says_that_nothing_was_typed_and_stays_ready_for_a_scan(
    waiting: World, signed_in: SignedIn
) -> None:
    answer = signed_in("clerk").post("/work/desk", data={"q": " "})
    assert answer.status_code == 422
    assert pagecheck.faults(answer.text) == []
    assert "请扫描或者输入报名号、证件号码。" in answer.text
    assert re.search(r'<input[^>]* name="q"[^>]* autofocus', answer.text)
    assert "data-focus" not in answer.text


def test_desk_of_another_site_says_where_to_go_and_nothing_else(waiting: World, signed_in: SignedIn) -> None:
    page = signed_in("other_clerk").get("/work/desk", query_string={"q": "2611000001"}).text
    assert "确认点是“第1确认点”" in page
    assert "郑雨桐" not in page
    assert signed_in("other_clerk").post(f"/work/desk/{waiting.application}/arrived").status_code == 404


@pytest.mark.manual("R3")
def test_arrival_opens_the_check_in_the_clerks_hands(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    item = the_item("check_materials")
    assert item.assignee_id == waiting.people["clerk"]
    page = clerk.get(f"/work/tasks/{item_id}").text
    for _, name in MATERIALS:
        assert name in page
    assert "核验通过" in page
    assert "人工核验" in page


def test_arriving_twice_leads_to_the_same_check(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    assert arrive(clerk, waiting) == arrive(clerk, waiting)


def test_a_colleague_is_told_who_has_the_check(waiting: World, signed_in: SignedIn) -> None:
    arrive(signed_in("clerk"), waiting)
    answer = signed_in("clerk2").post(f"/work/desk/{waiting.application}/arrived")
    assert answer.status_code == 409
    assert "已由" in answer.text


def test_desk_refuses_outside_the_window(waiting: World, signed_in: SignedIn) -> None:
    writing.set(True)
    application = db.session.get_one(Application, waiting.application)
    application.plan.confirm_from = now() + timedelta(days=1)
    db.session.commit()
    writing.set(None)
    answer = signed_in("clerk").post(f"/work/desk/{waiting.application}/arrived")
    assert answer.status_code == 409
    assert "确认还没有开始" in answer.text


def test_desk_says_that_a_case_is_accepted(waiting: World, signed_in: SignedIn) -> None:
    _set_state(waiting, "pending_decision")
    page = signed_in("clerk").get("/work/desk", query_string={"q": NUMBER}).text
    assert "已经受理" in page
    assert "到场，开始核对" not in page


@pytest.mark.manual("R3")
def test_all_conform_accepts(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    answer = clerk.post(f"/work/tasks/{item_id}", data=judged(*ALL, materials="conform"))
    assert answer.status_code == 302, answer.text
    db.session.rollback()
    assert db.session.get_one(Application, waiting.application).accepted_at is not None
    assert {row.verdict for row in db.session.query(MaterialFinding)} == {"conform"}
    opinion = db.session.query(Opinion).one()
    assert (opinion.stage, opinion.verdict, opinion.person_id) == (
        "confirmation",
        "conform",
        waiting.people["clerk"],
    )


@pytest.mark.parametrize(
    ("verdicts", "more", "sentence"),
    [
        (("conform", "conform"), {"materials": "conform"}, "还有 1 项没有核对：体检合格证明。"),
        (("conform", "conform", "missing"), {"materials": "conform"}, "不能受理"),
        (ALL, {"materials": "incomplete", "correct_until": "2999-01-01"}, "没有需要补正的内容"),
        (("conform", "conform", "missing"), {"materials": "incomplete"}, "请填写补正截止日期。"),
        (
            ("conform", "conform", "missing"),
            {"materials": "incomplete", "correct_until": "2020-01-01"},
            "补正截止须晚于现在。",
        ),
        (
            ("conform", "conform", "missing"),
            {"materials": "incomplete", "correct_until": "2999-01-01"},
            "补正截止不能晚于",
        ),
        (
            ("conform", "conform", "missing"),
            {"materials": "incomplete", "correct_until": "明天"},
            "请按“2026-04-24”的格式填写日期。",
        ),
        (
            ("conform", "conform", "missing"),
            {"materials": "incomplete", "findings.2.reason": ""},
            "请写明不符合或缺少的原因。",
        ),
        (ALL, {"materials": "ineligible"}, "请说明不予受理的理由"),
        (ALL, {}, "请选择整体结论。"),
        (ALL, {"materials": "conform", "revision": "9" * 30}, "申报内容的版本有误"),
        (ALL, {"materials": "conform", "revision": "-1"}, "申报内容的版本有误"),
        (("conform", "conform", "doubtful"), {"materials": "conform"}, "体检合格证明：请选择核对结果。"),
    ],
)
def test_check_refuses_and_keeps_what_was_typed(
    waiting: World, signed_in: SignedIn, verdicts: tuple[str, ...], more: dict[str, str], sentence: str
) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    sent = judged(*verdicts, **more) | {"opinion": "" if "理由" in sentence else "请补齐"}
    answer = clerk.post(f"/work/tasks/{item_id}", data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>错误：" in answer.text
    if sent["opinion"]:
        assert "请补齐" in answer.text
    assert the_item("check_materials").state == "claimed"
    assert db.session.query(MaterialFinding).count() == 0


@pytest.mark.found("A13")
def test_check_tells_everything_that_is_wrong_at_once(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    sent = judged("not_conform", "doubtful", "missing") | {"findings.0.reason": "", "findings.2.reason": " "}
    told = pagecheck.list_told_errors(clerk.post(f"/work/tasks/{item_id}", data=sent).text)
    assert told == [  # as they stand on the page
        "身份证件：请写明不符合或缺少的原因。",
        "学历证书：请选择核对结果。",
        "体检合格证明：请写明不符合或缺少的原因。",
        "请选择整体结论。",
    ]


@pytest.mark.found("A13")
def test_what_is_wrong_beside_a_missing_verdict_is_told_with_it(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    sent = judged("missing", "doubtful", "conform", materials="conform")
    told = pagecheck.list_told_errors(clerk.post(f"/work/tasks/{item_id}", data=sent).text)
    assert "学历证书：请选择核对结果。" in told
    assert "还有材料不符合或缺少，不能受理；请改判该项，或者退回补正。" in told
    sent = judged("conform", "doubtful", "conform", materials="incomplete")
    told = pagecheck.list_told_errors(clerk.post(f"/work/tasks/{item_id}", data=sent).text)
    assert told == ["学历证书：请选择核对结果。", "请填写补正截止日期。"]
    sent = judged("doubtful", "conform", "conform", materials="ineligible")
    told = pagecheck.list_told_errors(clerk.post(f"/work/tasks/{item_id}", data=sent).text)
    assert told == ["身份证件：请选择核对结果。", "请说明不予受理的理由，申请人会原样看到。"]


@pytest.mark.manual("R4", "Q8")
def test_a_return_tells_everything_at_once(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    sent = judged("conform", "not_conform", "missing", materials="incomplete", correct_until=_day(3))
    answer = clerk.post(f"/work/tasks/{item_id}", data=sent | {"findings.2.stock": "超过有效期"})
    assert answer.status_code == 302, answer.text
    rows = {row.key: row for row in db.session.query(MaterialFinding)}
    assert rows["medical"].reason == "超过有效期；缺少盖章"
    assert the_item("correct_materials").role == "applicant"


@pytest.mark.manual("R4")
def test_a_second_return_needs_the_supervisor(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    bad = judged("conform", "conform", "missing", materials="incomplete", correct_until=_day(3))
    clerk.post(f"/work/tasks/{arrive(clerk, waiting)}", data=bad)
    second = arrive(clerk, waiting)
    assert "第二次退回须经主管批准" in clerk.get(f"/work/tasks/{second}").text
    clerk.post(f"/work/tasks/{second}", data=bad | {"transaction_id": "twice"})
    item_id = the_item("approve_return").id
    supervisor = signed_in("supervisor")
    supervisor.post(f"/work/tasks/{item_id}/claim")
    refused = supervisor.post(f"/work/tasks/{item_id}", data={"act": "submit", "return_allowed": "true"})
    assert refused.status_code == 422
    assert "请填写理由。" in refused.text
    sent = {"act": "submit", "return_allowed": "false", "reason": "可以当场补齐"}
    assert supervisor.post(f"/work/tasks/{item_id}", data=sent).status_code == 302
    assert the_item("check_materials").state == "open"
    assert [row.round for row in db.session.query(MaterialFinding)] == [1, 1, 1, 2, 2, 2]


def test_the_clerk_cannot_approve_their_own_return(waiting: World, signed_in: SignedIn) -> None:
    both = signed_in("both")
    bad = judged("conform", "conform", "missing", materials="incomplete", correct_until=_day(3))
    both.post(f"/work/tasks/{arrive(both, waiting)}", data=bad)
    both.post(f"/work/tasks/{arrive(both, waiting)}", data=bad | {"transaction_id": "twice"})
    item_id = the_item("approve_return").id
    for answer in (
        both.post(f"/work/tasks/{item_id}/claim"),
        both.post("/work/claim", data={"item": item_id}),
    ):
        assert answer.status_code == 403
        assert "“批准再次退回”须由另一人办理" in answer.text
    listed = both.post("/work/claim-many", data={"items": [item_id]})
    assert "成功 0 件，共 1 件" in listed.text
    assert the_item("approve_return").state == "open"


@pytest.mark.manual("R3")
def test_a_change_by_the_applicant_stops_the_check(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    writing.set(True)
    application = db.session.get_one(Application, waiting.application)
    for subject in ("化学", "物理"):  # changed twice: what the clerk saw and what is now are told
        with revisions.record_changes(application, actor=application.person_id, at=now()):
            application.subject = subject
    db.session.commit()
    writing.set(None)
    sent = judged(*ALL, materials="conform", opinion="保留这句话")
    answer = clerk.post(f"/work/tasks/{item_id}", data=sent)
    assert answer.status_code == 409
    assert "任教学科由“数学”改为“物理”" in answer.text
    assert "保留这句话" in answer.text
    assert "化学" not in answer.text
    assert 'name="revision" value="3"' in answer.text
    assert the_item("check_materials").state == "claimed"
    assert db.session.query(MaterialFinding).count() == 0


def test_a_draft_is_kept_and_shown_again(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    sent = judged("conform", "not_conform") | {"act": "draft", "opinion": "先记下"}
    assert clerk.post(f"/work/tasks/{item_id}", data=sent).status_code == 302
    page = clerk.get(f"/work/tasks/{item_id}").text
    assert "先记下" in page
    kept = re.findall(r'name="findings\.(\d)\.verdict"[^>]* value="(\w+)"[^>]* checked', page)
    assert kept == [("0", "conform"), ("1", "not_conform")]


@pytest.mark.corrupts
def test_a_withdrawn_check_keeps_the_draft_and_names_the_cause(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    clerk.post(f"/work/tasks/{item_id}", data=judged("missing") | {"act": "draft", "opinion": "先记下"})
    writing.set(True)
    item = the_item("check_materials")
    item.state, item.withdrawn_by = "withdrawn", "arrived_again"
    db.session.commit()
    writing.set(None)
    page = clerk.get(f"/work/tasks/{item_id}").text
    assert "这件任务已由流程撤销" in page
    assert "直接到场" in page
    assert "已撤销" in clerk.get("/work/?view=done").text
    assert "先记下" in page
    answer = clerk.post(f"/work/tasks/{item_id}", data=judged(*ALL, materials="conform"))
    assert answer.status_code == 409
    assert "撤销" in answer.text


def test_sending_twice_is_done_once(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    sent = judged(*ALL, materials="conform")
    assert clerk.post(f"/work/tasks/{item_id}", data=sent).status_code == 302
    assert clerk.post(f"/work/tasks/{item_id}", data=sent).status_code == 302
    assert db.session.query(Opinion).count() == 1
    other = clerk.post(f"/work/tasks/{item_id}", data=sent | {"transaction_id": "another"})
    assert other.status_code == 409


@pytest.mark.manual("R10")
def test_looking_leaves_a_trail(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    clerk.get(f"/work/tasks/{item_id}")
    answer = clerk.post(f"/work/cases/{waiting.application}/document-number")
    assert "3308 0220 0403 12 0024" in answer.text
    db.session.rollback()
    actions = [row.action for row in db.session.query(AuditEntry)]
    assert "task.viewed" in actions
    assert "document_number.viewed" in actions


def test_an_expired_claim_may_still_be_completed(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    item_id = arrive(clerk, waiting)
    writing.set(True)
    advance_clock(timedelta(minutes=45))
    db.session.commit()
    writing.set(None)
    assert "领取时间已过" in clerk.get(f"/work/tasks/{item_id}").text
    assert clerk.post(f"/work/tasks/{item_id}", data=judged(*ALL, materials="conform")).status_code == 302


def _set_state(world: World, state: str) -> None:
    writing.set(True)
    db.session.get_one(Application, world.application).state = state
    db.session.commit()
    writing.set(None)
