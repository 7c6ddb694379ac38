"""Windows and calendar moved by staff: what is told before, and what becomes of the cases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from domain.deadlines import legal_limit
from handlers.entry.access import COOKIE
from models import db
from models.authorities.calendar import CalendarDay
from models.authorities.plans import Plan, PlanSite
from models.base.database import writing
from models.cases.applications import Application, RegistrationCounter
from models.cases.credentials import ExamCertificate
from models.cases.notices import AuditEntry, Notice
from models.persons.people import Person, SignIn
from models.processes.instances import Job, ProcessInstance, Wait, WorkItem
from tests.handlers import pagecheck
from tests.standings import standing_in
from workflows import clock, engine
from workflows.background.worker import Worker
from workflows.clock import LOCAL, now

SignedIn = Callable[[str], FlaskClient]
NUMBER = "330802200403120023"
OTHERS = "zhoumin"  # first review, no plans


@pytest.fixture
def signed_in(world: Flask) -> SignedIn:
    """A browser in which somebody of the sample world is signed in."""

    def sign_in(login: str) -> FlaskClient:
        token = f"token of {login}"
        person = db.session.scalars(select(Person).where(Person.login == login)).one()
        writing.set(True)
        db.session.add(
            SignIn(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                person_id=person.id,
                created_at=now(),
                last_seen_at=now(),
                expires_at=now() + timedelta(hours=8),
            )
        )
        db.session.commit()
        writing.set(None)
        client = world.test_client()
        client.set_cookie(COOKIE, token)
        return client

    return sign_in


@pytest.fixture
def plan(world: Flask) -> Plan:
    """The open plan of 柯城区."""
    return next(one for one in db.session.scalars(select(Plan)) if one.authority.name == "柯城区教育局")


def case(plan: Plan, **arrangement: Any) -> Application:
    """A registered application whose process waits for the applicant to come."""
    writing.set(True)
    person = db.session.scalars(select(Person).where(Person.login == NUMBER)).one()
    exam = ExamCertificate(
        person_id=person.id,
        route="national_exam",
        number="20263300000009",
        kind="junior",
        subject="数学",
        valid_until=date(2039, 6, 30),
        synced_at=now(),
    )
    db.session.add(exam)
    db.session.flush()
    made = Application(
        person_id=person.id,
        live_person_id=person.id,
        exam_certificate_id=exam.id,
        live_exam_certificate_id=exam.id,
        plan_id=plan.id,
        authority_id=plan.authority_id,
        site_id=db.session.scalars(select(PlanSite.site_id).where(PlanSite.plan_id == plan.id)).first(),
        registration_number="2604000001",
        registered_at=now(),
        created_at=now(),
        exam_route="national_exam",
        kind="junior",
        subject="数学",
    )
    db.session.add_all([made, RegistrationCounter(period="2604", last=1)])
    db.session.flush()
    until = plan.confirm_until.isoformat()
    started = engine.start_instance(
        "confirmation",
        business_key=made.business_key,
        variables={"application": made.id, "plan": {"mode": "on_site", "until": until, **arrangement}},
        actor=None,
    )
    made.instance_id = started.id
    made.state, made.standing = standing_in("pending_confirmation").values()
    db.session.commit()
    writing.set(None)
    return made


def typed(plan: Plan, **changes: datetime | str) -> dict[str, str]:
    """The form of a plan's windows, as a browser sends it."""
    values = {
        name: getattr(plan, name) for name in ("apply_from", "apply_until", "confirm_from", "confirm_until")
    }
    shown = {**values, "reason": "因台风延长", **changes}
    return {
        name: value if isinstance(value, str) else f"{value.astimezone(LOCAL):%Y-%m-%dT%H:%M}"
        for name, value in shown.items()
    }


def tick(world: Flask, by: timedelta = timedelta()) -> None:
    """Let the worker do what is due after a while."""
    writing.set(True)
    if by:
        clock.advance_clock(by)
    db.session.commit()
    writing.set(None)
    Worker(app=world).run_once()
    db.session.rollback()
    db.session.expire_all()


def words(answer: object) -> str:
    """The text of a page without faults."""
    page: str = answer.text  # type: ignore[attr-defined]
    assert pagecheck.faults(page) == []
    return page


@pytest.mark.corrupts
def test_a_longer_window_is_shown_first_and_then_moves_the_case(
    world: Flask, plan: Plan, signed_in: SignedIn
) -> None:
    made, planner = case(plan), signed_in("gaoyun")
    before, later = plan.confirm_until, plan.confirm_until + timedelta(days=3)
    seen = words(planner.post(f"/authority/plans/{plan.id}", data=typed(plan, confirm_until=later)))
    assert "1 件申请的时限随之调整" in seen
    db.session.expire_all()
    assert plan.confirm_until == before  # a preview changes nothing
    sent = typed(plan, confirm_until=later) | {"act": "confirm"}
    assert planner.post(f"/authority/plans/{plan.id}", data=sent).status_code == 302
    tick(world)
    waits = db.session.scalars(select(Wait.due_at).where(Wait.instance_id == made.instance_id)).all()
    assert later.replace(second=0, microsecond=0) in [moment for moment in waits if moment]
    notice = db.session.scalars(select(Notice).where(Notice.template == "window_moved")).one()
    assert notice.person_id == made.person_id
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.windows_moved")).one()
    assert (entry.detail["reason"], entry.detail["cases"]) == ("因台风延长", 1)
    tick(world, before + timedelta(hours=1) - now())
    assert db.session.get_one(Application, made.id).ended_at is None
    tick(world, timedelta(days=3))
    assert db.session.get_one(Application, made.id).ended_at is not None


@pytest.mark.corrupts
def test_with_full_online_handling_nobody_is_told_to_come(
    world: Flask, plan: Plan, signed_in: SignedIn
) -> None:
    writing.set(True)
    plan.mode = "online"
    db.session.commit()
    writing.set(None)
    made = case(plan)
    moves(signed_in("gaoyun"), plan)
    tick(world)
    (notice,) = db.session.scalars(select(Notice).where(Notice.application_id == made.id)).all()
    assert (notice.template, "上传并提交材料" in notice.text) == ("window_moved", True)


@pytest.mark.corrupts
@pytest.mark.manual("R8")
def test_a_window_that_opens_again_takes_nobodys_own_days(
    world: Flask, plan: Plan, signed_in: SignedIn
) -> None:
    ends = plan.confirm_until
    own = ends + timedelta(days=5)
    made, planner = case(plan, until=own.isoformat(), own=True), signed_in("gaoyun")
    writing.set(True)
    plan.apply_until = ends - timedelta(days=1)
    plan.confirm_until = now() - timedelta(seconds=1)  # over, as the case was set back after it
    db.session.commit()
    writing.set(None)
    sent = typed(plan, confirm_until=ends) | {"act": "confirm"}
    assert "件申请的时限" not in words(
        planner.post(f"/authority/plans/{plan.id}", data=typed(plan, confirm_until=ends))
    )
    assert planner.post(f"/authority/plans/{plan.id}", data=sent).status_code == 302
    tick(world)
    (waits,) = db.session.scalars(
        select(Wait.due_at).where(Wait.instance_id == made.instance_id, Wait.kind == "timer")
    )
    assert waits == own


@pytest.mark.corrupts
def test_redating_twice_does_it_once(world: Flask, plan: Plan, signed_in: SignedIn) -> None:
    made, planner = case(plan), signed_in("gaoyun")
    sent = typed(plan, confirm_until=plan.confirm_until + timedelta(days=3)) | {"act": "confirm"}
    for _ in range(2):
        planner.post(f"/authority/plans/{plan.id}", data=sent)
    tick(world)
    queued = db.session.scalars(select(Job).where(Job.operation == "cases.redate")).all()
    assert [job.state for job in queued] == ["done"]
    instance = db.session.get_one(ProcessInstance, made.instance_id)
    assert instance.state == "active"


def moves(planner: FlaskClient, plan: Plan) -> str:
    """What a window that ends three days later would do, and then does."""
    sent = typed(plan, confirm_until=plan.confirm_until + timedelta(days=3))
    seen = words(planner.post(f"/authority/plans/{plan.id}", data=sent))
    planner.post(f"/authority/plans/{plan.id}", data=sent | {"act": "confirm"})
    return seen


@pytest.mark.corrupts
def test_nobody_is_called_to_a_window_that_does_not_concern_them(
    world: Flask, plan: Plan, signed_in: SignedIn
) -> None:
    made, planner = case(plan), signed_in("gaoyun")
    writing.set(True)
    payload = {"application": made.id}
    engine.deliver_message("arrived", key=str(made.id), payload=payload, actor=None)
    db.session.commit()
    writing.set(None)
    assert "件申请的时限随之调整" not in moves(planner, plan)  # the desk has the case
    tick(world)
    assert db.session.scalars(select(Notice).where(Notice.template == "window_moved")).all() == []


@pytest.mark.corrupts
def test_a_holiday_moves_the_targets_of_tasks(world: Flask, plan: Plan, signed_in: SignedIn) -> None:
    made, admin = case(plan), signed_in("admin")
    writing.set(True)
    engine.deliver_message("arrived", key=str(made.id), payload={"application": made.id}, actor=None)
    db.session.commit()
    writing.set(None)
    item = db.session.query(WorkItem).filter_by(element="check_materials").one()
    before = item.due_at
    assert before is not None
    day = before.astimezone(LOCAL).date()
    sent = {"day": day.isoformat(), "kind": "off", "reason": "本市放假", "act": "confirm"}
    admin.post(f"/authority/calendar?year={day.year}", data=sent)
    tick(world)
    after = db.session.query(WorkItem.due_at).filter_by(element="check_materials").scalar()
    assert after > before


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"confirm_until": "2020-01-01T00:00"}, "已经过去的时间不能改"),
        ({"confirm_until": "明天"}, "请填写确认截止的日期和时间"),
        ({"confirm_until": ""}, "请填写确认截止的日期和时间"),
        ({"confirm_until": "9999-12-31T23:59"}, "确认截止不能晚于"),
        ({"apply_from": "0001-01-01T00:00"}, "网报开始不能早于"),
        ({"reason": " "}, "请填写调整原因"),
        ({"reason": "长" * 201}, "调整原因不超过 200 字"),
    ],
)
def test_windows_that_cannot_be_are_refused_at_the_field(
    plan: Plan, signed_in: SignedIn, changes: dict[str, str], told: str
) -> None:
    planner = signed_in("gaoyun")
    if changes.get("confirm_until", "").startswith("2020"):
        changes = {**changes, "confirm_from": "2019-12-01T00:00", "apply_until": "2019-12-31T00:00"}
        changes["apply_from"] = "2019-11-01T00:00"
    answer = planner.post(f"/authority/plans/{plan.id}", data=typed(plan, **changes))
    assert answer.status_code == 422
    assert told in words(answer)


def test_who_has_not_seen_anothers_change_does_not_undo_it(plan: Plan, signed_in: SignedIn) -> None:
    planner = signed_in("gaoyun")
    found = re.search(r'name="seen" value="([^"]+)"', words(planner.get(f"/authority/plans/{plan.id}")))
    assert found
    later = plan.confirm_until + timedelta(days=3)
    stale = typed(plan, reason="另有原因") | {"act": "confirm", "seen": found[1]}
    planner.post(f"/authority/plans/{plan.id}", data=typed(plan, confirm_until=later) | {"act": "confirm"})
    answer = planner.post(f"/authority/plans/{plan.id}", data=stale)
    assert answer.status_code == 409
    assert "刚刚由他人调整" in words(answer)
    assert "另有原因" in answer.text
    unfit = words(planner.post(f"/authority/plans/{plan.id}", data=stale | {"reason": ""}))
    assert "刚刚由他人调整" in unfit  # said at once: the page that comes back counts as seen
    assert 'href="#reason"' in unfit
    db.session.expire_all()
    assert plan.confirm_until == later.replace(second=0, microsecond=0)


def test_an_end_before_its_beginning_is_refused(plan: Plan, signed_in: SignedIn) -> None:
    wrong = typed(plan, confirm_until=plan.confirm_from - timedelta(days=1))
    answer = signed_in("gaoyun").post(f"/authority/plans/{plan.id}", data=wrong)
    assert answer.status_code == 422
    assert "确认截止应晚于" in words(answer)


def test_plans_are_for_planners_of_their_authority(plan: Plan, signed_in: SignedIn) -> None:
    assert signed_in(OTHERS).get("/authority/plans").status_code == 403
    other = next(one for one in db.session.scalars(select(Plan)) if one.authority_id != plan.authority_id)
    planner = signed_in("gaoyun")
    assert planner.get(f"/authority/plans/{other.id}").status_code == 404
    assert planner.post(f"/authority/plans/{other.id}", data=typed(plan)).status_code == 404
    listed = words(planner.get("/authority/plans"))
    assert plan.authority.name in listed
    assert other.authority.name not in listed


@pytest.mark.corrupts
def test_a_holiday_moves_the_legal_limit(world: Flask, plan: Plan, signed_in: SignedIn) -> None:
    made, admin = case(plan), signed_in("admin")
    writing.set(True)
    limit = legal_limit.compute_limit(plan.confirm_until, 0)
    row = db.session.get_one(Application, made.id)
    row.state, row.standing = standing_in("pending_decision").values()
    row.due_at = limit
    db.session.commit()
    writing.set(None)
    day = limit.astimezone(LOCAL).date()
    sent = {"day": day.isoformat(), "kind": "off", "reason": "本市放假"}
    year = f"/authority/calendar?year={day.year}"
    assert "1 件申请的时限随之调整" in words(admin.post(year, data=sent))
    assert db.session.get(CalendarDay, day) is None
    assert admin.post(year, data=sent | {"act": "confirm"}).status_code == 302
    tick(world)
    moved = db.session.get_one(Application, made.id).due_at
    assert moved is not None
    assert moved > limit
    assert db.session.scalars(select(Notice).where(Notice.template == "limit_moved")).one()
    assert admin.post(year, data=sent | {"act": "confirm", "kind": "usual"}).status_code == 302
    tick(world)
    assert db.session.get_one(Application, made.id).due_at == limit


def test_a_year_shows_its_holidays_and_whether_it_is_official(world: Flask, signed_in: SignedIn) -> None:
    page = words(signed_in(OTHERS).get("/authority/calendar?year=2026"))
    assert "按国务院办公厅通知" in page
    assert "国庆节" in page
    later = words(signed_in("admin").get(f"/authority/calendar?year={now().year + 2}"))
    assert "尚未公布" in later


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"day": "2026-02-30", "kind": "off", "reason": "x"}, "请填写有效的日期"),
        ({"day": "1999-01-01", "kind": "off", "reason": "x"}, "只能调整"),
        ({"day": "2026-11-30", "kind": "never", "reason": "x"}, "请选择这一天怎样安排"),
        ({"day": "2026-11-30", "kind": "off", "reason": ""}, "请填写调整原因"),
    ],
)
def test_a_day_that_cannot_be_is_refused(signed_in: SignedIn, sent: dict[str, str], told: str) -> None:
    answer = signed_in("admin").post("/authority/calendar", data=sent)
    assert answer.status_code == 422
    assert told in words(answer)


def test_only_administrators_change_the_calendar(signed_in: SignedIn) -> None:
    sent = {"day": "2026-11-30", "kind": "off", "reason": "x", "act": "confirm"}
    planner = signed_in("gaoyun")
    assert planner.post("/authority/calendar", data=sent).status_code == 403
    assert planner.post("/authority/calendar/2026/official", data=sent).status_code == 403


def test_marking_a_year_needs_its_ground(signed_in: SignedIn) -> None:
    admin, year = signed_in("admin"), now().year + 2
    admin.post(f"/authority/calendar/{year}/official", data={"official": "true", "reason": ""})
    assert "尚未公布" in words(admin.get(f"/authority/calendar?year={year}"))
    admin.post(f"/authority/calendar/{year}/official", data={"official": "true", "reason": "国办发明电"})
    assert "尚未公布" not in words(admin.get(f"/authority/calendar?year={year}"))


@pytest.mark.found("S13")
@pytest.mark.parametrize("path", ["/work/", "/authority/plans", "/authority/calendar", "/account/settings"])
def test_every_page_of_staff_names_their_post(signed_in: SignedIn, path: str) -> None:
    page = signed_in("gaoyun").get(path)
    assert page.status_code == 200
    assert '<span class="bar-role wide-only">柯城区教育局 · 计划管理</span>' in page.text
