"""The way through the eight steps: forth, back, aside, twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from marshmallow import Schema, fields

from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate
from models.processes.instances import Wait, WorkItem
from tests.handlers.apply.conftest import (
    Applicant,
    change,
    errors,
    of,
    open_elements,
    sources,
    the_application,
)
from tests.handlers.diagrams.altering import insert_task
from workflows import engine, forms
from workflows.clock import advance_clock
from workflows.forms import registry


@pytest.mark.manual("W8")
def test_eight_steps_end_with_a_number(applicant: Applicant) -> None:
    applicant.until("reminder")
    page = applicant.open("reminder")
    number = the_application(1).registration_number
    assert number
    assert len(number) == 10
    assert number in page
    assert "衢州学院行政楼108" in page
    assert "确认时间" in page
    assert the_application(1).state == "pending_confirmation"


@pytest.mark.manual("W8")
def test_submitting_twice_shows_the_same_number(applicant: Applicant) -> None:
    applicant.until("undertaking")
    first = applicant.send("undertaking", answer="agree", transaction="T1")
    again = applicant.send("undertaking", answer="agree", transaction="T1")
    reloaded = applicant.send("undertaking", answer="agree", transaction="T2")
    places = {answer.headers["Location"] for answer in (first, again, reloaded)}
    assert places == {"/apply/reminder"}
    assert db.session.query(Application).filter(Application.registration_number.is_not(None)).count() == 1


@pytest.mark.manual("W8")
def test_numbers_of_a_month_are_unbroken(applicant: Applicant, stranger: Applicant) -> None:
    applicant.until("reminder")
    stranger.until("undertaking")
    with change():
        the_application(2).exam_certificate.used = True
    assert stranger.send("undertaking", answer="agree").status_code == 409
    with change():
        the_application(2).exam_certificate.used = False
    assert stranger.send("undertaking", answer="agree").status_code == 303
    first, second = (the_application(person).registration_number for person in (1, 2))
    assert int(second or 0) == int(first or 0) + 1


@pytest.mark.manual("W8")
def test_reminder_ends_registration(applicant: Applicant) -> None:
    applicant.until("reminder")
    assert applicant.client.post("/apply/reminder").headers["Location"] == "/apply/applications"
    assert open_elements(1) == []


@pytest.mark.manual("W8")
def test_unread_reminder_goes_on_by_itself(applicant: Applicant) -> None:
    applicant.until("reminder")
    instance = the_application(1).instance_id
    with change():
        advance_clock(timedelta(minutes=16))
    writing.set(True)
    assert engine.fire_due_timers(instance or 0)
    db.session.commit()
    writing.set(None)
    assert open_elements(1) == []
    assert applicant.client.get("/apply/reminder").headers["Location"] == "/apply/applications"


def test_the_open_step_is_the_only_one_that_shows(applicant: Applicant) -> None:
    applicant.until("authority")
    assert applicant.client.get("/apply/details").headers["Location"] == "/apply/authority"
    assert applicant.client.get("/apply/agreement").headers["Location"] == "/apply/authority"


@pytest.mark.manual("W5")
def test_back_keeps_what_was_typed_even_when_it_is_wrong(applicant: Applicant) -> None:
    applicant.until("details")
    answer = applicant.send("details", go="back", employer="衢州市某学校", postcode="12")
    assert answer.headers["Location"] == "/apply/authority"
    assert applicant.choose().headers["Location"] == "/apply/details"
    page = applicant.open("details")
    assert "衢州市某学校" in page
    assert 'value="12"' in page


def test_refused_answers_are_there_after_leaving_the_site(applicant: Applicant) -> None:
    applicant.until("details")
    assert applicant.send("details", employer="衢州市某学校").status_code == 422
    assert "衢州市某学校" in applicant.open("details")


@pytest.mark.manual("W5")
def test_change_links_lead_to_the_step_and_back_to_the_check(applicant: Applicant) -> None:
    applicant.until("check")
    page = applicant.open("check")
    assert 'name="go" value="identity"' in page
    assert "九华北大道78号8幢412室" in page
    assert applicant.send("check", go="authority").headers["Location"] == "/apply/authority"
    answer = applicant.choose(go="check", street="南湖西路1号")
    assert answer.headers["Location"] == "/apply/check"
    assert "南湖西路1号" in applicant.open("check")


@pytest.mark.manual("W5")
def test_the_scope_of_a_site_is_read_on_choosing_and_checking(applicant: Applicant) -> None:
    scopes = ("衢州学院在校学生", "柯城区户籍、持柯城区居住证人员和驻柯部队现役军人")
    applicant.until("authority")
    page = applicant.open("authority")
    assert all(page.count(f'<span class="row">确认范围：{scope}</span>') == 1 for scope in scopes)
    assert applicant.choose(basis="household").status_code == 303
    applicant.draw()
    applicant.detail()
    page = applicant.open("check")
    assert page.index("户籍所在地") < page.index("确认范围：衢州学院在校学生")
    assert scopes[1] not in page


@pytest.mark.manual("W5")
def test_another_certificate_makes_the_authority_invalid(applicant: Applicant) -> None:
    applicant.until("check")
    applicant.send("check", go="identity")
    other = of(ExamCertificate, 1, kind="kindergarten")
    assert applicant.identify(exam_certificate=other, go="check").headers["Location"] == "/apply/authority"
    assert "authority" not in the_application(1).steps
    assert applicant.choose().headers["Location"] == "/apply/details"


def test_steps_that_were_not_done_cannot_be_jumped_to(applicant: Applicant) -> None:
    applicant.until("identity")
    assert applicant.identify(go="undertaking").headers["Location"] == "/apply/authority"
    assert applicant.send("authority", go="nowhere").status_code == 422
    assert open_elements(1) == ["choose_authority"]


def test_a_page_that_never_was_is_not_found(applicant: Applicant) -> None:
    assert applicant.client.get("/apply/nonsense").status_code == 404


def test_unknown_fields_are_refused(applicant: Applicant) -> None:
    applicant.until("identity")
    assert applicant.identify(state="granted").status_code == 422
    assert the_application(1).state == "draft"


def test_an_old_page_loses_nothing(applicant: Applicant) -> None:
    applicant.until("authority")
    answer = applicant.send("agreement", agree="true")
    assert answer.headers["Location"] == "/apply/authority"
    assert "刚才填的内容已经保留" in applicant.open("authority")


def test_what_is_typed_is_kept_while_typing(applicant: Applicant) -> None:
    applicant.until("details")
    assert applicant.send("details", do="keep", employer="衢州市某学校").status_code == 204
    assert "衢州市某学校" in applicant.open("details")
    assert open_elements(1) == ["fill_details"]


@pytest.mark.manual("W7")
def test_disagreeing_abandons(applicant: Applicant) -> None:
    applicant.until("undertaking")
    answer = applicant.send("undertaking", answer="disagree")
    assert answer.headers["Location"] == "/apply/"
    assert "已放弃本次报名" in applicant.open("")
    assert the_application(1).state == "abandoned"


def deploy_with_task(flow: str) -> None:
    """The registration with a task of staff on one of its flows."""
    inserted = insert_task("registration/registration.bpmn", flow, "线下核对", role="account.clerk")
    with change():
        engine.deploy_files(
            {"registration.bpmn": inserted},
            by=None,
            environment=replace(build_environment(), production=False),
        )


def test_a_diagram_may_begin_with_something_else_than_a_step(applicant: Applicant) -> None:
    deploy_with_task("registration_started_to_read_agreement")
    assert applicant.start().headers["Location"] == "/apply/"
    assert "目前没有需要您填写的步骤" in applicant.open("")
    assert [one for (one,) in db.session.query(WorkItem.element).filter_by(state="open")] == ["inserted"]


def test_a_step_that_leads_to_others_is_not_told_as_given_up(applicant: Applicant) -> None:
    deploy_with_task("after_agreement_to_fill_identity")
    applicant.start()
    assert applicant.agree().headers["Location"] == "/apply/"
    page = applicant.open("")
    assert "目前没有需要您填写的步骤" in page
    assert "已放弃本次报名" not in page
    assert [one for (one,) in db.session.query(WorkItem.element).filter_by(state="open")] == ["inserted"]


@pytest.mark.manual("W7")
def test_the_undertaking_needs_an_answer(applicant: Applicant) -> None:
    applicant.until("undertaking")
    answer = applicant.send("undertaking")
    assert answer.status_code == 422
    assert "请选择是否同意" in errors(answer)


@pytest.mark.manual("W9")
def test_nothing_is_kept_of_an_abandoned_draft(applicant: Applicant) -> None:
    applicant.until("check")
    applicant.client.post("/apply/abandon")
    draft = the_application(1)
    assert (draft.state, draft.street, draft.photo_id, draft.resume) == ("abandoned", None, None, [])
    assert "还没有报名记录" in applicant.open("")
    assert db.session.query(Wait).filter_by(instance_id=draft.instance_id).count() == 0


@pytest.mark.manual("W9")
def test_a_draft_ends_at_its_limit(applicant: Applicant) -> None:
    applicant.until("authority")
    assert "作废" in applicant.open("authority")
    instance = the_application(1).instance_id
    with change():
        advance_clock(timedelta(hours=2, minutes=1))
    writing.set(True)
    assert engine.fire_due_timers(instance or 0)
    db.session.commit()
    writing.set(None)
    assert the_application(1).state == "abandoned"
    assert applicant.client.get("/apply/authority").headers["Location"] == "/apply/"


@pytest.mark.manual("W9")
def test_a_draft_is_shown_as_unfinished_only(applicant: Applicant) -> None:
    applicant.until("authority")
    page = applicant.open("")
    assert "未完成的填报" in page
    assert "将于" in page
    assert "还没有报名记录" in page


@pytest.mark.manual("W9")
def test_leaving_at_step_8_loses_nothing(applicant: Applicant) -> None:
    applicant.until("reminder")
    applicant.client.post("/apply/abandon")
    assert the_application(1).registration_number
    assert the_application(1).state == "pending_confirmation"


@pytest.mark.manual("W9")
def test_signing_out_abandons(applicant: Applicant) -> None:
    applicant.until("details")
    assert applicant.client.post("/account/sign-out").status_code == 303
    assert the_application(1).state == "abandoned"


class Pledge(Schema):
    """A step that nobody thought of."""

    word = fields.String(required=True, metadata={"label": "诚信承诺"})


@pytest.mark.manual("D1")
def test_a_step_that_the_diagram_adds_is_shown_in_its_place(
    applicant: Applicant, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[str] = []

    def save(case: forms.FormContext, data: dict[str, str]) -> dict[str, str]:
        kept.append(data["word"])
        return {}

    form = forms.Form(
        key="registration/pledge", title="诚信承诺", schema=Pledge, view=lambda _: {}, save=save
    )
    monkeypatch.setitem(registry._forms, form.key, form)  # nobody else's test is to know of it
    changed = sources()
    name = next(file for file in changed if file.endswith("registration.bpmn"))
    changed[name] = changed[name].replace(b'value="registration/notes"', b'value="registration/pledge"')
    with change():
        engine.deploy_files(changed, by=None, environment=build_environment())
    applicant.until("check")
    assert applicant.send("check").headers["Location"] == "/apply/pledge"
    assert "诚信承诺" in applicant.open("pledge")
    assert applicant.send("pledge").status_code == 422
    assert applicant.send("pledge", word="一定").headers["Location"] == "/apply/undertaking"
    assert kept == ["一定"]
