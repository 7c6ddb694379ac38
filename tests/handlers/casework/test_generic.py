"""Any diagram can be tried: two people drive a process that Zige knows nothing about."""

from __future__ import annotations

import pytest

from domain.diagrams import lint_environment
from models import db
from models.base.database import writing
from models.processes.instances import ProcessInstance
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_decision import take
from tests.handlers.pagecheck import faults
from workflows import engine

pytestmark = pytest.mark.corrupts("no_process")  # the world's own case has not begun


@pytest.mark.manual("D1")
def test_two_people_drive_a_leave_request(world: World, signed_in: SignedIn) -> None:
    designer, employee, manager = signed_in("designer"), signed_in("employee"), signed_in("manager")
    assert "请假" in designer.get("/work/processes").text
    sent = {"business_key": "leave:42", "variables": '{"days": 3}'}
    assert designer.post("/work/processes/leave/start", data=sent).status_code == 302
    assert "leave:42" in employee.get("/work/").text
    assert "leave:42" not in manager.get("/work/").text
    item_id = take(employee, "request_leave")
    assert faults(employee.get(f"/work/tasks/{item_id}").text) == []
    answer = employee.post(f"/work/tasks/{item_id}", data={"act": "submit", "data": '{"reason": "探亲"}'})
    assert answer.status_code == 302, answer.text
    assert "“填写请假单”已提交。" in employee.get(answer.location).text
    item_id = take(manager, "approve_leave")
    sent = {"act": "submit", "rows.0.name": "approved", "rows.0.value": "true"}
    answer = manager.post(f"/work/tasks/{item_id}", data=sent)
    assert answer.status_code == 302, answer.text
    db.session.rollback()
    assert db.session.query(ProcessInstance).filter_by(business_key="leave:42").one().state == "completed"


def test_a_free_form_takes_an_object_only(world: World, signed_in: SignedIn) -> None:
    signed_in("designer").post("/work/processes/leave/start", data={})
    employee = signed_in("employee")
    item_id = take(employee, "request_leave")
    answer = employee.post(f"/work/tasks/{item_id}", data={"act": "submit", "data": "三天"})
    assert answer.status_code == 422
    assert "三天" in answer.text
    assert the_item("request_leave").state == "claimed"


def test_starting_is_for_designers_and_refuses_the_unsound(world: World, signed_in: SignedIn) -> None:
    assert signed_in("clerk").get("/work/processes").status_code == 403
    assert signed_in("clerk").post("/work/processes/leave/start").status_code == 403
    designer = signed_in("designer")
    assert designer.post("/work/processes/nothing/start").status_code == 404
    for sent, sentence in (
        ({"variables": "{"}, "不是有效的 JSON"),
        ({"variables": "[1]"}, "请填写一个 JSON 对象"),
        ({"business_key": "application:1"}, "认定申请只能由申请人报名产生"),
    ):
        answer = designer.post("/work/processes/leave/start", data=sent)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert db.session.query(ProcessInstance).count() == 0


@pytest.mark.found("X4")
def test_what_begins_with_a_row_has_no_start_page(world: World, signed_in: SignedIn) -> None:
    designer = signed_in("designer")
    listed = designer.get("/work/processes").text
    assert 'href="/work/processes/leave/start"' in listed
    for key in ("accreditation", "decision", "background_check", "messaging", "account_request", "identity"):
        assert f">{key}</code>" in listed
        assert f"/work/processes/{key}/start" not in listed
        assert designer.get(f"/work/processes/{key}/start").status_code == 403
        answer = designer.post(f"/work/processes/{key}/start", data={"variables": '{"application": 1}'})
        assert answer.status_code == 403
    assert db.session.query(ProcessInstance).count() == 0


BARE = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="bare_file" targetNamespace="t">
<process id="bare" name="搬运" isExecutable="true"><laneSet id="lanes"><lane id="lane" name="employee">
<flowNodeRef>carry</flowNodeRef></lane></laneSet><manualTask id="carry" name="搬资料"/></process>
</definitions>"""


def test_a_plain_task_is_done_with_one_button(world: World, signed_in: SignedIn) -> None:
    """A diagram that says nothing but who does what: no start, no end, no form."""
    writing.set(True)
    sources = {"bare.bpmn": BARE.encode()}
    engine.deploy_files(sources, by=None, environment=lint_environment.build_environment())
    db.session.commit()
    writing.set(None)
    sent = {"business_key": "bare:1"}
    assert signed_in("designer").post("/work/processes/bare/start", data=sent).status_code == 302
    employee = signed_in("employee")
    item_id = take(employee, "carry")
    page = employee.get(f"/work/tasks/{item_id}").text
    assert faults(page) == []
    assert ('value="draft"' in page, "提交办理结果" in page, ">完成<" in page) == (False, False, True)
    assert employee.post(f"/work/tasks/{item_id}", data={"act": "submit"}).status_code == 302
    db.session.rollback()
    ended = db.session.query(ProcessInstance).filter_by(business_key="bare:1").one()
    assert (ended.state, ended.end_element) == ("completed", "carry")
