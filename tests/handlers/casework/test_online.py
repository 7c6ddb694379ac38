"""Full online review: each material beside the data, a verdict on each, and what follows from them."""

from __future__ import annotations

import io
import re
import secrets
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from pikepdf import Pdf
from werkzeug.test import TestResponse

from domain.cases import materials, revisions
from domain.outside import uploads
from models import db
from models.authorities.plans import PlanMaterial
from models.base.database import writing
from models.cases.applications import Application, MaterialFinding, Opinion
from models.cases.materials import select_material_versions
from models.cases.notices import AuditEntry, Notice
from models.processes.instances import WorkItem
from tests.handlers import pagecheck
from tests.handlers.casework.conftest import MATERIALS, SignedIn, World, the_item
from workflows.clock import LOCAL, now

KEYS = tuple(key for key, _ in MATERIALS)
ALL = ("conform", "conform", "conform")
BAD = ("conform", "conform", "not_conform")


def paper(pages: int = 1) -> bytes:
    """A PDF of empty pages."""
    with Pdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        target = io.BytesIO()
        document.save(target)
        return target.getvalue()


@pytest.fixture
def uploading(world: World) -> World:
    """The case waits for its applicant's files; a fourth material may be given."""
    writing.set(True)
    application = db.session.get_one(Application, world.application)
    db.session.add(
        PlanMaterial(plan_id=application.plan_id, position=9, key="more", name="补充材料", required=False)
    )
    world.people["applicant"] = application.person_id
    db.session.commit()
    until = (now() + timedelta(days=10)).astimezone(LOCAL).isoformat()
    world.start("online_review", plan={"mode": "online", "until": until})
    return world


@pytest.fixture
def waiting(uploading: World, signed_in: SignedIn) -> World:
    """The files are there, and the review waits."""
    put(uploading, *KEYS)
    send_in(signed_in("applicant"))
    return uploading


@pytest.fixture
def clerk(waiting: World, signed_in: SignedIn) -> FlaskClient:
    """The clerk who has claimed the review."""
    client = signed_in("clerk")
    assert claim(client).status_code == 302
    return client


def put(world: World, *keys: str, pages: int = 1) -> None:
    """Put a file into some slots, as the applicant's page does."""
    for key in keys:
        upload = uploads.store_upload("material", f"{key}.pdf", paper(pages))
        writing.set(True)
        application = db.session.get_one(Application, world.application)
        slot = next(one for one in materials.list_slots(application) if one.key == key)
        materials.add_material_version(application, slot, upload, now())
        db.session.commit()
        writing.set(False)


def send_in(applicant: FlaskClient, **more: str) -> None:
    """Complete the applicant's task."""
    db.session.rollback()
    query = db.session.query(WorkItem).filter(WorkItem.element.in_(("upload_materials", "replace_materials")))
    item = query.filter_by(state="open").one().id
    data = {"transaction": secrets.token_hex(8), **more}
    assert applicant.post(f"/apply/tasks/{item}", data=data).status_code == 303


def claim(client: FlaskClient, element: str = "review_materials") -> TestResponse:
    """Claim the open item of an element."""
    return client.post(f"/work/tasks/{the_item(element).id}/claim")


def day(days: int) -> str:
    """A day from now."""
    return (now() + timedelta(days=days)).astimezone(LOCAL).date().isoformat()


def decided(*verdicts: str, **more: str) -> dict[str, str]:
    """What the page sends."""
    sent = {"act": "submit", "revision": "1", "conclusion": "by_items", "opinion": ""}
    sent |= {"transaction_id": secrets.token_hex(8), **more}
    for place, verdict in enumerate(verdicts):
        sent[f"findings.{place}.key"] = KEYS[place]
        sent[f"findings.{place}.verdict"] = verdict
        sent.setdefault(f"findings.{place}.reason", "" if verdict == "conform" else "缺少盖章")
    return sent


def judge(client: FlaskClient, *verdicts: str, **more: str) -> TestResponse:
    """Send the decision."""
    return client.post(f"/work/tasks/{the_item('review_materials').id}", data=decided(*verdicts, **more))


def page_of(client: FlaskClient) -> str:
    """The page of the review; nothing is wrong with it."""
    answer = client.get(f"/work/tasks/{the_item('review_materials').id}")
    assert answer.status_code == 200
    assert pagecheck.faults(answer.text) == []
    return answer.text


def the_case(world: World) -> Application:
    """The case, read anew."""
    db.session.rollback()
    return db.session.get_one(Application, world.application)


def rounds() -> list[tuple[int, str]]:
    """What was found, round by round."""
    db.session.rollback()
    rows = db.session.query(MaterialFinding).order_by(MaterialFinding.round, MaterialFinding.id)
    return [(row.round, row.verdict) for row in rows]


@pytest.mark.found("A13")
def test_reviewers_read_the_same_count_and_what_looks_odd(waiting: World, clerk: FlaskClient) -> None:
    page = page_of(clerk)
    assert f"必交 {len(KEYS)} / {len(KEYS)}<" in page
    assert page.count("第 1 页是空白的") == len(KEYS)  # the files of these tests are


@pytest.mark.manual("R4")
def test_each_material_stands_beside_the_data(waiting: World, clerk: FlaskClient) -> None:
    page = page_of(clerk)
    assert "核验通过" in page
    assert "衢州学院" in page
    assert '<iframe class="viewer viewer--pdf" name="viewer"' in page
    assert "选交、没有上传：补充材料" in page
    found = re.findall(r'<a href="([^"]+)" target="viewer" data-doc="(\d)"', page)
    assert [place for _, place in found] == ["0", "1", "2"]
    for address, _ in found:
        answer = clerk.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        assert answer.data.startswith(b"%PDF-")
    db.session.rollback()
    assert db.session.query(AuditEntry).filter_by(action="file.viewed").count() == 3


@pytest.mark.manual("R4", "R10")
def test_other_places_see_neither_case_nor_file(waiting: World, signed_in: SignedIn) -> None:
    file = db.session.scalars(select_material_versions(waiting.application)).first()
    assert file is not None
    path = f"/work/cases/{waiting.application}/files/{file.file_id}"
    for login in ("other_clerk", "other_first", "designer"):
        assert signed_in(login).get(path).status_code == 404
        assert signed_in(login).get(f"/work/tasks/{the_item('review_materials').id}").status_code == 404
    assert signed_in("first").get(path).status_code == 200


def test_a_file_of_another_person_is_no_file_of_the_case(waiting: World, signed_in: SignedIn) -> None:
    upload = uploads.store_upload("material", "x.pdf", paper())
    writing.set(True)
    foreign = uploads.add_upload_row(upload, waiting.people["clerk"], now())
    db.session.commit()
    path = f"/work/cases/{waiting.application}/files/{foreign}"
    assert signed_in("clerk").get(path).status_code == 404


@pytest.mark.manual("R4")
def test_all_conform_accepts(waiting: World, clerk: FlaskClient) -> None:
    assert judge(clerk, *ALL).status_code == 302
    assert the_case(waiting).accepted_at is not None
    opinion = db.session.query(Opinion).one()
    assert (opinion.stage, opinion.verdict) == ("confirmation", "conform")


@pytest.mark.found("A13")
def test_the_review_tells_everything_that_is_wrong_at_once(clerk: FlaskClient) -> None:
    answer = judge(clerk, "missing", "doubtful", "conform", **{"findings.0.reason": ""})
    assert pagecheck.list_told_errors(answer.text) == [
        "身份证件：请写明不符合或缺少的原因。",
        "学历证书：请选择核对结果。",
        "请填写补正截止日期。",
    ]


@pytest.mark.manual("R4")
@pytest.mark.parametrize(
    ("verdicts", "more", "sentence"),
    [
        (("conform", "conform"), {}, "还有 1 项没有核对：体检合格证明。"),
        (BAD, {}, "请填写补正截止日期。"),
        (BAD, {"correct_until": "2020-01-01"}, "补正截止须晚于现在。"),
        (BAD, {"correct_until": "2999-01-01"}, "补正截止不能晚于"),
        (BAD, {"correct_until": "明天"}, "请按“2026-04-24”的格式填写日期。"),
        (BAD, {"findings.2.reason": "", "correct_until": "2999-01-01"}, "请写明不符合或缺少的原因。"),
        (ALL, {"conclusion": "ineligible"}, "请说明不予受理的理由"),
        (ALL, {"conclusion": "perhaps"}, "请选择整体结论。"),
        (("conform", "conform", "doubtful"), {}, "请选择核对结果。"),
        (ALL, {"revision": ""}, "请刷新页面"),
    ],
)
def test_a_wrong_decision_is_refused_and_keeps_what_was_typed(
    clerk: FlaskClient, verdicts: tuple[str, ...], more: dict[str, str], sentence: str
) -> None:
    written = {} if "理由" in sentence else {"opinion": "请补齐"}
    answer = judge(clerk, *verdicts, **more, **written)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>错误：" in answer.text
    assert ("请补齐" in answer.text) == bool(written)
    assert the_item("review_materials").state == "claimed"
    assert rounds() == []


@pytest.mark.manual("R4")
def test_what_was_not_uploaded_cannot_conform(uploading: World, signed_in: SignedIn) -> None:
    put(uploading, *KEYS)
    send_in(signed_in("applicant"))
    writing.set(True)
    plan = db.session.get_one(Application, uploading.application).plan_id
    db.session.query(PlanMaterial).filter_by(plan_id=plan, key="medical").update({"key": "fresh"})
    db.session.commit()
    clerk = signed_in("clerk")
    claim(clerk)
    sent = {f"findings.{place}.key": key for place, key in enumerate(("identity", "diploma", "fresh"))}
    item = the_item("review_materials").id
    answer = clerk.post(f"/work/tasks/{item}", data=decided(*ALL) | sent)
    assert answer.status_code == 422
    assert "没有上传文件，不能判为符合" in answer.text


@pytest.mark.manual("R4", "Q8")
def test_a_return_is_one_list_with_reasons_and_a_day(waiting: World, clerk: FlaskClient) -> None:
    sent = {"correct_until": day(3), "opinion": "请一次补齐", "findings.2.stock": "超过有效期"}
    assert judge(clerk, "conform", "missing", "not_conform", **sent).status_code == 302
    assert the_item("replace_materials").assignee_id == waiting.people["applicant"]
    rows = {row.key: row for row in db.session.query(MaterialFinding)}
    assert (rows["diploma"].reason, rows["medical"].reason) == ("缺少盖章", "超过有效期；缺少盖章")
    told = db.session.query(Notice).filter_by(template="correction").one()
    assert told.person_id == waiting.people["applicant"]


@pytest.mark.manual("R4", "Q8")
def test_the_second_review_shows_what_is_new_and_carries_the_rest(
    waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    put(waiting, "medical", pages=2)
    send_in(signed_in("applicant"))
    assert claim(clerk).status_code == 302
    page = page_of(clerk)
    held = re.findall(r'name="findings\.(\d)\.verdict"[^>]* value="(\w+)"[^>]* checked', page)
    assert held == [("0", "conform"), ("1", "conform")]
    assert page.count("新上传") == 1
    assert "查看第 2 版" in page
    assert "查看退回的第 1 版" in page
    assert "第 1 轮：不符合，缺少盖章" in page
    both = re.findall(
        rf'href="(/work/cases/{waiting.application}/files/\d+)[^"]*" target="viewer"[^>]*>查看', page
    )
    assert len({clerk.get(address).data for address in both[-2:]}) == 2
    assert judge(clerk, *ALL).status_code == 302
    assert the_case(waiting).accepted_at is not None
    assert rounds() == [(1, one) for one in BAD] + [(2, one) for one in ALL]


@pytest.mark.manual("R4")
def test_a_second_return_needs_a_supervisors_reason(
    waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    put(waiting, "medical")
    send_in(signed_in("applicant"))
    claim(clerk)
    assert "再次退回须经主管批准" in page_of(clerk)
    judge(clerk, *BAD, correct_until=day(3))
    supervisor = signed_in("supervisor")
    claim(supervisor, "approve_return")
    item = the_item("approve_return").id
    silent = supervisor.post(f"/work/tasks/{item}", data={"act": "submit", "return_allowed": "true"})
    assert silent.status_code == 422
    assert "请填写理由。" in silent.text
    sent = {"act": "submit", "return_allowed": "true", "reason": "影像确实不清"}
    assert supervisor.post(f"/work/tasks/{item}", data=sent).status_code == 302
    assert the_item("replace_materials").state == "open"
    assert db.session.query(Opinion).filter_by(stage="return").one().text == "影像确实不清"


@pytest.mark.manual("R4")
def test_a_supervisor_who_keeps_it_sends_it_back_to_the_clerk(
    waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    put(waiting, "medical")
    send_in(signed_in("applicant"))
    claim(clerk)
    judge(clerk, *BAD, correct_until=day(3))
    supervisor = signed_in("supervisor")
    claim(supervisor, "approve_return")
    sent = {"act": "submit", "return_allowed": "false", "reason": "可以接受"}
    supervisor.post(f"/work/tasks/{the_item('approve_return').id}", data=sent)
    claim(clerk)
    assert judge(clerk, *ALL).status_code == 302
    assert the_case(waiting).accepted_at is not None


def test_nobody_approves_their_own_return(waiting: World, signed_in: SignedIn) -> None:
    both = signed_in("both")
    claim(both)
    judge(both, *BAD, correct_until=day(3))
    send_in(signed_in("applicant"), unchanged="true")
    claim(both)
    judge(both, *BAD, correct_until=day(3))
    refused = claim(both, "approve_return")
    assert refused.status_code == 403
    assert "“批准再次退回”须由另一人办理" in refused.text


@pytest.mark.manual("R4")
@pytest.mark.corrupts
def test_not_accepted_says_why(waiting: World, clerk: FlaskClient) -> None:
    reason = "不在本机构的认定范围"
    assert judge(clerk, *ALL, conclusion="ineligible", opinion=reason).status_code == 302
    assert the_case(waiting).declined_at is not None
    opinion = db.session.query(Opinion).one()
    assert (opinion.verdict, opinion.text) == ("ineligible", reason)


def test_only_the_holder_decides(waiting: World, clerk: FlaskClient, signed_in: SignedIn) -> None:
    other = signed_in("clerk2")
    assert claim(other).status_code == 409
    assert judge(other, *ALL).status_code == 409
    assert rounds() == []


@pytest.mark.manual("R4")
def test_a_change_by_the_applicant_stops_the_decision(waiting: World, clerk: FlaskClient) -> None:
    writing.set(True)
    application = db.session.get_one(Application, waiting.application)
    with revisions.record_changes(application, actor=application.person_id, at=now()):
        application.subject = "物理"
    db.session.commit()
    writing.set(None)
    answer = judge(clerk, *ALL, opinion="保留这句话")
    assert answer.status_code == 409
    assert "任教学科由“数学”改为“物理”" in answer.text
    assert "保留这句话" in answer.text
    assert rounds() == []


def test_a_draft_is_kept(clerk: FlaskClient) -> None:
    sent = decided("conform", "not_conform", act="draft", opinion="先记下")
    assert clerk.post(f"/work/tasks/{the_item('review_materials').id}", data=sent).status_code == 302
    page = page_of(clerk)
    assert "先记下" in page
    held = re.findall(r'name="findings\.(\d)\.verdict"[^>]* value="(\w+)"[^>]* checked', page)
    assert held == [("0", "conform"), ("1", "not_conform")]


def test_sending_twice_is_done_once(clerk: FlaskClient) -> None:
    item, sent = the_item("review_materials").id, decided(*ALL)
    answers: list[Any] = [clerk.post(f"/work/tasks/{item}", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert db.session.query(Opinion).count() == 1


def test_the_applicant_learns_of_a_return_when_it_is_decided(
    waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    applicant = signed_in("applicant")
    judge(clerk, *BAD, correct_until=day(3))
    assert "缺少盖章" in applicant.get(f"/apply/applications/{waiting.application}").text
    send_in(applicant, unchanged="true")
    claim(clerk)
    judge(clerk, *BAD, correct_until=day(3), **{"findings.2.reason": "仍然缺少签名"})
    own = f"/apply/applications/{waiting.application}"
    assert "退回补正" not in applicant.get("/apply/applications").text
    for page in ("/apply/applications", own, f"{own}/materials"):
        told = applicant.get(page).text
        assert [word for word in ("仍然缺少签名", "不符合", "确认结果") if word in told] == []


def test_the_desk_sends_nobody_to_a_check_on_site(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    assert "不需要到场" in clerk.get("/work/desk", query_string={"q": "2611000001"}).text
    answer = clerk.post(f"/work/desk/{waiting.application}/arrived")
    assert answer.status_code == 409
    assert "全程网办" in answer.text


@pytest.mark.manual("R4")
def test_the_case_shows_the_materials_that_count(waiting: World, clerk: FlaskClient) -> None:
    page = clerk.get(f"/work/cases/{waiting.application}").text
    for _, name in MATERIALS:
        assert name in page
    assert "medical.pdf" in page
