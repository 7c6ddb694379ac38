"""The turns of a case: returned, set back, withdrawn, refused, and what becomes of its exam certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from domain.cases import revisions
from handlers.apply.forms import change_authority
from models import db
from models.authorities.plans import PlanSite
from models.base.database import writing
from models.base.errors import Invalid
from models.cases.application_changes import ApplicationChange
from models.cases.applications import Application, Opinion, RegisterAnswer
from models.cases.notices import Notice
from models.persons.files import StoredFile
from models.processes.instances import Job, ProcessInstance, WorkItem
from tests.handlers.apply.conftest import DETAILS
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_check import ALL, _day, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered, state_of
from tests.handlers.pagecheck import faults
from workflows import engine
from workflows.clock import advance_clock, now

__all__ = ["registered"]
BAD = ("conform", "not_conform", "missing")


@pytest.fixture
def case(registered: World) -> World:
    """A registered case whose exam certificate is reserved, and whose applicant can sign in."""
    writing.set(True)
    own = db.session.get_one(Application, registered.application)
    own.live_exam_certificate_id = own.exam_certificate_id
    registered.people["applicant"] = own.person_id
    db.session.commit()
    writing.set(None)
    return registered


def the_case(world: World) -> Application:
    """The case, read anew."""
    db.session.rollback()
    return db.session.get_one(Application, world.application)


def marks() -> list[str]:
    """What the register of exams is told, in order."""
    db.session.rollback()
    rows = db.session.query(Job).filter_by(operation="exams.mark").order_by(Job.id)
    return [row.parameters["act"] for row in rows]


def wait(days: int) -> None:
    """Let days pass."""
    writing.set(True)
    advance_clock(timedelta(days=days))
    db.session.commit()
    writing.set(None)


def fire(case: World) -> None:
    """Do what is due in the case."""
    instance = the_case(case).instance_id
    db.session.rollback()
    writing.set(True)
    engine.fire_due_timers(instance or 0)
    db.session.commit()
    writing.set(None)


def confirm(client: FlaskClient, world: World, **sent: str) -> None:
    """Check the materials: everything conforms, or what is said."""
    values = judged(*ALL, materials="conform") | sent
    answer = client.post(f"/work/tasks/{arrive(client, world)}", data=values)
    assert answer.status_code == 302, answer.text


def decline(client: FlaskClient, world: World) -> None:
    """Do not accept the case."""
    confirm(client, world, materials="ineligible", opinion="不在本机构认定范围内")


def decide(signed_in: SignedIn, decision: str, **more: str) -> None:
    """Go through the three reviews."""
    answer_registers()
    for step, who, kept in (
        ("first_review", "first", {"first": "grant"}),
        ("second_review", "second", {"second": "agree"}),
        ("decide", "decider", {"decision": decision, **more}),
    ):
        client = signed_in(who)
        send(client, take(client, step), **kept)


@pytest.mark.manual("Q8", "R3")
def test_the_applicant_sees_which_why_and_by_when_corrects_and_says_so(
    case: World, signed_in: SignedIn
) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    sent = judged(*BAD, materials="incomplete", correct_until=_day(3), opinion="请一次补齐")
    clerk.post(f"/work/tasks/{arrive(clerk, case)}", data=sent)
    assert state_of(case) == "correction"
    status = applicant.get(f"/apply/applications/{case.application}").text
    item = the_item("correct_materials")
    page = applicant.get(f"/apply/tasks/{item.id}").text
    for text in (status, page):
        assert faults(text) == []
        assert "体检合格证明" in text
        assert "缺少盖章" in text
        assert "请一次补齐" in text
        assert "截止" in text
    assert f"/apply/applications/{case.application}/change" in status
    answer = applicant.post(f"/apply/tasks/{item.id}", data={"transaction": "done"})
    assert answer.status_code == 303
    assert the_item("check_materials").state == "open"
    titles = [one.template for one in db.session.query(Notice).order_by(Notice.id)]
    assert "correction" in titles
    assert titles.count("pending_confirmation") <= 1


@pytest.mark.manual("Q8", "R4")
def test_an_approved_second_return_asks_the_applicant_again(case: World, signed_in: SignedIn) -> None:
    clerk, supervisor = signed_in("clerk"), signed_in("supervisor")
    sent = judged(*BAD, materials="incomplete", correct_until=_day(3))
    clerk.post(f"/work/tasks/{arrive(clerk, case)}", data=sent)
    again = sent | {"transaction_id": "again", "findings.2.reason": "体检表过期", "opinion": "仍有一项"}
    clerk.post(f"/work/tasks/{arrive(clerk, case)}", data=again)
    assert state_of(case) == "pending_confirmation"  # nothing is asked before the supervisor has agreed
    item_id = take(supervisor, "approve_return")
    assert "体检表过期" in supervisor.get(f"/work/tasks/{item_id}").text
    send(supervisor, item_id, return_allowed="true", reason="首次告知时体检表尚在有效期内")
    assert state_of(case) == "correction"
    page = signed_in("applicant").get(f"/apply/tasks/{the_item('correct_materials').id}").text
    assert "体检表过期" in page
    assert "仍有一项" in page


@pytest.mark.manual("Q8")
def test_coming_to_the_desk_is_as_good_as_saying_so(case: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    sent = judged(*BAD, materials="incomplete", correct_until=_day(3))
    clerk.post(f"/work/tasks/{arrive(clerk, case)}", data=sent)
    item_id = the_item("correct_materials").id
    arrive(clerk, case)
    db.session.rollback()
    assert db.session.get_one(WorkItem, item_id).state == "withdrawn"


@pytest.mark.manual("Q4", "R3")
@pytest.mark.corrupts("file_missing")  # rows of pictures, without the pictures
def test_a_change_stops_the_clerk_and_shows_before_and_now(case: World, signed_in: SignedIn) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    item_id = arrive(clerk, case)
    clerk.get(f"/work/tasks/{item_id}")
    seen = the_case(case).revision
    _fill_in(case)
    changed = applicant.post(
        f"/apply/applications/{case.application}/change/details", data=_details(the_case(case).revision)
    )
    assert changed.status_code == 303, changed.text
    sent = judged(*ALL, materials="conform", opinion="保留这句话") | {"revision": str(seen)}
    answer = clerk.post(f"/work/tasks/{item_id}", data=sent)
    assert answer.status_code == 409
    for words in ("通讯地址", "旧址一号", "新址二号", "保留这句话"):
        assert words in answer.text
    assert db.session.query(Opinion).count() == 0
    case_page = clerk.get(f"/work/cases/{case.application}").text
    assert "旧址一号" in case_page
    assert faults(case_page) == []
    again = clerk.post(f"/work/tasks/{item_id}", data=sent | {"revision": str(the_case(case).revision)})
    assert again.status_code == 302, again.text


def _fill_in(case: World) -> None:
    writing.set(True)
    own = the_case(case)
    writing.set(True)
    own.mailing_address, own.photo_id, own.undertaking_id = "旧址一号", _file("photo"), _file("undertaking")
    db.session.commit()
    writing.set(None)


def _file(kind: str) -> int:
    row = StoredFile(
        key=f"k-{kind}", kind=kind, media_type="image/png", size=1, sha256="0" * 64, created_at=now()
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _details(revision: int) -> dict[str, str]:
    return {**DETAILS, "mailing_address": "新址二号", "revision": str(revision), "go": "next"}


@pytest.mark.manual("Q4")
def test_the_site_stays_while_the_desk_has_the_case(case: World, signed_in: SignedIn) -> None:
    writing.set(True)
    own = the_case(case)
    db.session.add_all([PlanSite(plan_id=own.plan_id, site_id=number) for number in (1, 2)])
    db.session.commit()
    writing.set(None)
    change_authority.use_site(the_case(case), 2)
    db.session.rollback()
    arrive(signed_in("clerk"), case)
    with pytest.raises(Invalid) as refused:
        change_authority.use_site(the_case(case), 2)
    assert refused.value.fields["site"] == [change_authority.SITE_BUSY]


@pytest.mark.manual("R8")
def test_set_back_from_review_makes_what_was_checked_stale(case: World, signed_in: SignedIn) -> None:
    confirm(signed_in("clerk"), case)
    first = signed_in("first")
    writing.set(True)
    db.session.add(
        RegisterAnswer(
            application_id=case.application,
            register="offence",
            finding="clear",
            request_key="k",
            answered_at=now(),
        )
    )
    db.session.commit()
    writing.set(None)
    address = f"/work/cases/{case.application}/set-back"
    page = first.get(address)
    assert page.status_code == 200
    assert faults(page.text) == []
    assert first.post(address, data={"reason": "字" * 401}).status_code == 422
    assert first.post(address, data={"reason": "学科与证书不一致"}).status_code == 302
    own = the_case(case)
    assert (own.state, own.accepted_at) == ("pending_confirmation", None)
    assert own.live_exam_certificate_id == own.exam_certificate_id
    assert all(row.stale for row in db.session.query(RegisterAnswer))
    told = db.session.query(Notice).filter_by(template="set_back").one()
    assert "学科与证书不一致" in told.text
    status = signed_in("applicant").get(f"/apply/applications/{case.application}").text
    assert "学科与证书不一致" in status
    assert revisions.is_changeable(own)
    # The old requests to the registers are dropped; it can be confirmed and reviewed anew.
    db.session.rollback()
    assert {job.state for job in db.session.query(Job).filter_by(operation="registers.query")} == {"dropped"}
    confirm(signed_in("clerk"), case, transaction_id="anew")
    assert state_of(case) == "pending_decision"
    decide(signed_in, "granted")
    assert state_of(case) == "granted"
    assert first.get(address).status_code == 409
    assert first.post(address, data={"reason": "晚了"}).status_code == 409


@pytest.mark.manual("R8")
def test_set_back_after_the_window_leaves_time_to_confirm(case: World, signed_in: SignedIn) -> None:
    confirm(signed_in("clerk"), case)
    wait(12)
    signed_in("first").post(f"/work/cases/{case.application}/set-back", data={"reason": "材料有疑"})
    fire(case)
    assert state_of(case) == "pending_confirmation"
    assert arrive(signed_in("clerk"), case)


@pytest.mark.manual("R8")
def test_set_back_after_not_accepted_takes_person_and_certificate_again(
    case: World, signed_in: SignedIn
) -> None:
    decline(signed_in("clerk"), case)
    own = the_case(case)
    assert (own.state, own.live_person_id, own.live_exam_certificate_id) == ("not_accepted", None, None)
    answer = signed_in("decider").post(
        f"/work/cases/{case.application}/set-back", data={"reason": "复核后应予受理"}
    )
    assert answer.status_code == 302
    own = the_case(case)
    assert (own.state, own.live_person_id) == ("pending_confirmation", own.person_id)
    assert own.live_exam_certificate_id == own.exam_certificate_id
    assert marks() == ["release", "use"]


@pytest.mark.manual("R8")
@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        ("live_person_id", "申请人已有另一件正在办理的申请"),
        ("live_exam_certificate_id", "考试合格证明已用于另一件申请"),
    ],
)
@pytest.mark.corrupts
def test_set_back_says_what_was_taken_meanwhile(
    case: World, signed_in: SignedIn, taken: str, sentence: str
) -> None:
    decline(signed_in("clerk"), case)
    writing.set(True)
    own = the_case(case)
    writing.set(True)
    value = own.person_id if taken == "live_person_id" else own.exam_certificate_id
    db.session.add(
        Application(
            person_id=own.person_id,
            plan_id=own.plan_id,
            authority_id=own.authority_id,
            created_at=now(),
            **{taken: value},
        )
    )
    db.session.commit()
    writing.set(None)
    answer = signed_in("first").post(
        f"/work/cases/{case.application}/set-back", data={"reason": "留住这个理由"}
    )
    assert answer.status_code == 409
    assert sentence in answer.text
    assert "留住这个理由" in answer.text
    assert (state_of(case), marks()) == ("not_accepted", ["release"])


@pytest.mark.manual("R8")
def test_only_those_who_review_may_set_back(case: World, signed_in: SignedIn) -> None:
    address = f"/work/cases/{case.application}/set-back"
    decline(signed_in("clerk"), case)
    assert signed_in("other_first").get(address).status_code == 404
    assert signed_in("other_first").post(address, data={"reason": "x"}).status_code == 404
    assert signed_in("clerk").get(address).status_code == 409
    assert signed_in("clerk").post(address, data={"reason": "x"}).status_code == 409
    assert state_of(case) == "not_accepted"


def test_withdrawing_at_the_desk_ends_everything(case: World, signed_in: SignedIn) -> None:
    clerk, applicant = signed_in("clerk"), signed_in("applicant")
    item_id = arrive(clerk, case)
    clerk.post(f"/work/tasks/{item_id}", data=judged("missing") | {"act": "draft", "opinion": "先记下"})
    address = f"/apply/applications/{case.application}/withdraw"
    page = applicant.get(address)
    assert faults(page.text) == []
    for words in ("报名号作废", "释放", "重新报名"):
        assert words in page.text
    refused = applicant.post(address, data={"reason": "字" * 401})
    assert refused.status_code == 422
    assert "不超过 400 个字" in refused.text
    assert applicant.post(address, data={"reason": "准备考研"}).status_code == 303
    own = the_case(case)
    assert (own.state, own.live_person_id, own.live_exam_certificate_id) == ("withdrawn", None, None)
    assert own.ended_at is not None
    assert db.session.get_one(ProcessInstance, own.instance_id).state == "completed"
    shown = clerk.get(f"/work/tasks/{item_id}").text
    assert "这件任务已由流程撤销" in shown
    assert "先记下" in shown
    assert marks() == ["release"]
    assert "准备考研" in signed_in("first").get(f"/work/cases/{case.application}").text
    assert applicant.post(address).status_code == 303  # a second click ends nothing twice
    assert db.session.query(Notice).filter_by(template="withdrawn").count() == 1


def test_withdrawing_in_review_drops_what_was_not_sent(case: World, signed_in: SignedIn) -> None:
    confirm(signed_in("clerk"), case)
    db.session.rollback()
    asked = db.session.query(Job).filter_by(operation="registers.query", state="due").count()
    assert asked
    applicant = signed_in("applicant")
    assert applicant.post(f"/apply/applications/{case.application}/withdraw").status_code == 303
    assert state_of(case) == "withdrawn"
    assert {job.state for job in db.session.query(Job).filter_by(operation="registers.query")} == {"dropped"}
    left = db.session.query(WorkItem).filter(WorkItem.state.in_(("open", "claimed")))
    assert left.count() == 0


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_after_the_decision_nothing_is_withdrawn(case: World, signed_in: SignedIn, outcome: str) -> None:
    confirm(signed_in("clerk"), case)
    decide(signed_in, outcome, text="理由")
    applicant = signed_in("applicant")
    answer = applicant.post(f"/apply/applications/{case.application}/withdraw")
    assert answer.status_code == 409
    assert "作出认定结论之前可以撤回" in answer.text
    assert state_of(case) == outcome


@pytest.mark.manual("Q1")
def test_a_refusal_at_confirmation_tells_reasons_and_remedies(case: World, signed_in: SignedIn) -> None:
    decline(signed_in("clerk"), case)
    page = signed_in("applicant").get(f"/apply/applications/{case.application}").text
    for words in ("不在本机构认定范围内", "行政复议", "60 日", "行政诉讼", "6 个月"):
        assert words in page
    assert faults(page) == []
    assert marks() == ["release"]


@pytest.mark.manual("Q1", "R6")
def test_a_refusal_at_the_decision_tells_reasons_and_remedies(case: World, signed_in: SignedIn) -> None:
    confirm(signed_in("clerk"), case)
    decide(signed_in, "refused", text="体检结论不合格")
    own = the_case(case)
    assert (own.state, own.live_person_id, own.live_exam_certificate_id) == ("refused", None, None)
    page = signed_in("applicant").get(f"/apply/applications/{case.application}").text
    for words in ("体检结论不合格", "行政复议", "行政诉讼"):
        assert words in page
    assert marks() == ["release"]


@pytest.mark.manual("Q1")
def test_a_lapse_gives_the_certificate_back(case: World, signed_in: SignedIn) -> None:
    wait(11)
    fire(case)
    own = the_case(case)
    assert (own.state, own.live_exam_certificate_id) == ("lapsed", None)
    assert marks() == ["release"]


def test_a_granted_application_keeps_its_certificate_used(case: World, signed_in: SignedIn) -> None:
    confirm(signed_in("clerk"), case)
    decide(signed_in, "granted")
    own = the_case(case)
    assert (own.live_person_id, own.live_exam_certificate_id) == (None, own.exam_certificate_id)
    assert marks() == []
    assert db.session.query(ApplicationChange).count() == 0
