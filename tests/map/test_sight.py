"""What the API tells of a case beside what the same person's pages tell: variables, elements, people."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from handlers.casework.tasks import element_names
from models import db
from models.authorities.places import Authority
from models.base.database import writing
from models.cases.applications import Application, Opinion
from models.cases.notices import AuditEntry
from models.persons.people import Person, Post
from models.processes.instances import WorkItem
from tests.handlers.api.calling import Caller
from tests.handlers.api.test_leave_request import refused, told
from tests.handlers.api.test_library_forms import caller
from tests.handlers.casework.conftest import NUMBER, STAFF, SignedIn, World, office, signed_in, world
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered
from workflows.clock import now

__all__ = ["office", "registered", "signed_in", "world"]

# More people than the small world has: a superior authority, somebody at every place, an administrator, and
# a post that is called like an applicant.
MORE: dict[str, tuple[tuple[str, str | None], ...]] = {
    "above": (("authority.first", "authority:2"), ("check.officer", "authority:2")),
    "everywhere": (("authority.decide", None),),
    "everywhere_site": (("site.clerk", None),),
    "admin": (("admin", None),),
    "called_applicant": (("applicant", None),),
}
# Who sees the case at all, and who of them sees what was found of offences and records.
SEE = {
    *("clerk", "clerk2", "supervisor", "both", "officer", "officer2", "check_supervisor", "first", "second"),
    *("decider", "certificates", "secretary", "chair", "everywhere", "everywhere_site"),
}
SEE_FINDINGS = {"officer", "officer2", "check_supervisor", "first", "second", "decider", "everywhere"}
# Who of them knows what experts said before their conclusion.
SEE_EXPERTS = SEE_FINDINGS | {"secretary", "chair"}
THOUGHT = "材料齐全，工作经历一段待查"
PRIVATE = {"checks", "findings", "first", "second", "decision"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case in which something was found, and was judged to be nothing; a second review waits."""

    application: int
    instance: int
    names: dict[str, str]  # the elements of its release
    people: dict[str, str]  # login → name


@pytest.fixture
def case(registered: World, signed_in: SignedIn) -> Case:
    """Hits, verdicts on them, and the first review."""
    for login, posts in MORE.items():
        _hire(registered, login, posts)
    clerk = signed_in("clerk")
    clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=judged(*ALL, materials="conform"))
    answer_registers("found")
    for element, login in (("verify_finding", "officer"), ("confirm_finding", "check_supervisor")):
        for _ in range(_waiting(element)):
            checker = signed_in(login)
            send(checker, take(checker, element), finding="clear", document="复函3号")
    second = signed_in("second")
    send(second, take(second, "first_review"), first="grant", text=THOUGHT)
    return _case(registered)


def _hire(world: World, login: str, posts: tuple[tuple[str, str | None], ...]) -> None:
    writing.set(True)
    person = Person(kind="staff", login=login, name=f"员工{login}", password_hash="-", created_at=now())
    person.posts = [Post(role=role, place=place) for role, place in posts]
    db.session.add(person)
    db.session.get_one(Authority, 2).level = "city"
    db.session.flush()
    world.people[login] = person.id
    db.session.commit()
    writing.set(None)


def _waiting(element: str) -> int:
    db.session.rollback()
    live = WorkItem.state.in_(("open", "claimed"))
    return db.session.scalar(select(func.count()).where(WorkItem.element == element, live)) or 0


def _case(world: World) -> Case:
    db.session.rollback()
    instance = db.session.get_one(Application, world.application).instance_id or 0
    people = dict(db.session.execute(select(Person.login, Person.name).where(Person.kind == "staff")).all())
    return Case(
        application=world.application,
        instance=instance,
        names=element_names.read_names(instance),
        people=people,
    )


def looks(login_id: int) -> int:
    """How many rows the audit log has of somebody's looks at the case."""
    db.session.rollback()
    rows = select(func.count()).where(AuditEntry.actor_id == login_id, AuditEntry.application_id.is_not(None))
    return db.session.scalar(rows) or 0


def page_of(client: FlaskClient, case: Case) -> str | None:
    """The case's page; None where there is no such page for the person."""
    answer = client.get(f"/work/cases/{case.application}")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200
    return html.unescape(answer.text)


def api_of(somebody: Caller, case: Case) -> tuple[dict[str, Any], list[dict[str, Any]]] | None:
    """What the API tells of the instance and of its events; None where it tells of none."""
    instance, events = (somebody.get(f"/instances/{case.instance}{part}") for part in ("", "/events"))
    if instance.status_code == 404:
        assert refused(events) == refused(instance) == (404, "not_found")
        return None
    return told(instance), told(events)["events"]


@pytest.mark.found("X4")
def test_the_api_tells_of_a_case_what_its_page_tells(
    app: Flask, case: Case, registered: World, signed_in: SignedIn
) -> None:
    for login in [*STAFF, *MORE]:
        somebody = caller(app, registered, login)
        page, before = page_of(signed_in(login), case), looks(somebody.person_id)
        found = api_of(somebody, case)
        assert (page is not None, found is not None) == (login in SEE, login in SEE), login
        if page is None or found is None:
            assert looks(somebody.person_id) == before, login
            continue
        instance, events = found
        assert looks(somebody.person_id) == before + 2, "a look through the API leaves a row as a page does"
        has = (bool(instance["variables"]), 'id="answers"' in page, THOUGHT in page)
        assert has == (login in SEE_FINDINGS,) * 3, login
        _names_only_what_the_page_names(case, page, instance, events)
        _leaves_out_what_the_page_leaves_out(case, page, instance, events)
        assert {event["detail"] for event in events} == {None}
        assert NUMBER not in json.dumps(found), login


def _names_only_what_the_page_names(
    case: Case, page: str, instance: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    assert instance["elements"]
    for element in [*instance["elements"], *(event["element"] for event in events if event["element"])]:
        assert case.names.get(element, element) in page, element
    for login in {event["actor"] for event in events if event["actor"] in case.people}:
        assert case.people[login] in page, login


def _leaves_out_what_the_page_leaves_out(
    case: Case, page: str, instance: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    if 'id="answers"' in page:
        return  # they check or decide
    hidden = {element for element, name in case.names.items() if "不利" in name and name not in page}
    told_of = {*instance["elements"], *(event["element"] for event in events)}
    assert not hidden & told_of
    assert {"verify_finding", "confirm_finding"} <= hidden
    assert not PRIVATE & instance["variables"].keys()
    assert not {"officer", "check_supervisor"} & {event["actor"] for event in events}


@pytest.mark.found("X4")
def test_opinions_are_told_to_those_whose_they_are_and_conclusions_to_all(
    case: Case, registered: World, signed_in: SignedIn
) -> None:
    everybody = [("confirmation", "conform"), ("return", "allowed"), ("withdrawal", "withdrawal")]
    everybody += [("set_back", "set_back"), ("committee", "pass"), ("committee", "fail")]
    everybody += [("decision", "granted"), ("decision", "refused")]
    experts = [("experts", "appointed"), ("expert", "pass"), ("committee", "again")]
    review = [("check", "hit"), ("verify", "hit"), ("confirm", "hit"), ("first", "refuse")]
    review += [("second", "return"), ("decision", "return")]
    _write_opinions(registered, everybody + experts + review)
    for login in sorted(SEE):
        page = page_of(signed_in(login), case) or ""
        told_of = {one for one in everybody + experts + review if f"意见-{one[0]}-{one[1]}-" in page}
        expected = set(everybody)
        expected |= set(experts) if login in SEE_EXPERTS else set()
        expected |= set(review) if login in SEE_FINDINGS else set()
        assert told_of == expected, login


@pytest.mark.found("X4")
def test_the_form_on_paper_has_conclusions_and_no_deliberation(
    case: Case, registered: World, signed_in: SignedIn
) -> None:
    _write_opinions(registered, [("committee", "again"), ("decision", "return")])
    address = f"/work/cases/{case.application}/application-form.pdf"
    text = _read(signed_in("decider").get(address).data)
    assert "意见-" not in text
    _write_opinions(registered, [("committee", "pass"), ("decision", "granted")])
    text = _read(signed_in("clerk").get(address).data)
    assert "意见-committee-pass-" in text
    assert "意见-decision-granted-" in text


def _read(content: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def _write_opinions(world: World, said: list[tuple[str, str]]) -> None:
    writing.set(True)
    for stage, verdict in said:
        row = Opinion(stage=stage, verdict=verdict, text=f"意见-{stage}-{verdict}-", at=now())
        row.application_id, row.person_id = world.application, world.people["decider"]
        db.session.add(row)
    db.session.commit()
    writing.set(None)


@pytest.mark.found("X4")
def test_the_tasks_of_the_api_are_those_that_open_as_pages(
    app: Flask, case: Case, registered: World, signed_in: SignedIn
) -> None:
    items = list(db.session.scalars(select(WorkItem.id)))
    for login in [*STAFF, *MORE]:
        somebody, client = caller(app, registered, login), signed_in(login)
        pages = {item for item in items if client.get(f"/work/tasks/{item}").status_code == 200}
        listed = {task["id"] for task in told(somebody.get("/tasks", limit=200))["tasks"]}
        opened = {item for item in items if somebody.get(f"/tasks/{item}").status_code == 200}
        assert listed == opened == pages, login


@pytest.mark.found("X4")
def test_where_a_hit_is_looked_into_is_told_as_the_activity_that_the_page_marks(
    app: Flask, registered: World, signed_in: SignedIn
) -> None:
    clerk = signed_in("clerk")
    clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=judged(*ALL, materials="conform"))
    answer_registers("found")
    case = _case(registered)
    (whole, _), (part, _) = (
        api_of(caller(app, registered, login), case) or pytest.fail(login) for login in ("officer", "clerk")
    )
    assert set(whole["elements"]) == {"verify_finding"}
    assert [case.names[element] for element in part["elements"]] == ["逐项背景核查"]
    assert part["variables"] == {}


@pytest.mark.found("X4")
def test_an_act_tells_whoever_did_it_no_more_than_a_look(
    app: Flask, registered: World, signed_in: SignedIn
) -> None:
    clerk = caller(app, registered, "clerk")
    arrive(signed_in("clerk"), registered)
    (task,) = told(clerk.get("/tasks", state="claimed"))["tasks"]
    sent = {
        "revision": 1,
        "materials": "conform",
        "findings": [{"key": key, "verdict": "conform"} for key in ("identity", "diploma", "medical")],
    }
    before = looks(clerk.person_id)
    done = told(clerk.post(f"/tasks/{task['id']}/complete", data=sent, transactionId="once"))
    assert looks(clerk.person_id) == before + 1
    assert done["variables"] == {}
    assert done["elements"] == told(clerk.get(f"/instances/{done['id']}"))["elements"] != []
    again = clerk.post(f"/tasks/{task['id']}/complete", data=sent, transactionId="once")
    assert told(again) == done


@pytest.mark.corrupts("number_early")
@pytest.mark.found("X4")
def test_an_applicant_sees_their_own_tasks_and_nothing_of_the_inside(
    app: Flask, world: World, signed_in: SignedIn
) -> None:
    world.start("accreditation", draft_limit="PT2H")
    db.session.rollback()
    world.people["own"] = db.session.get_one(Application, world.application).person_id
    writing.set(True)
    other = Person(kind="applicant", login="H08340001", name="别人", password_hash="-", created_at=now())
    db.session.add(other)
    db.session.flush()
    world.people["other"] = other.id
    db.session.commit()
    writing.set(None)
    own, stranger = caller(app, world, "own"), caller(app, world, "other")
    (task,) = told(own.get("/tasks"))["tasks"]
    assert task["assignee"] == NUMBER  # their own number
    assert told(stranger.get("/tasks"))["tasks"] == []
    assert refused(stranger.get(f"/tasks/{task['id']}")) == (404, "not_found")
    assert signed_in("other").get(f"/apply/tasks/{task['id']}").status_code == 404
    for somebody in (own, stranger):
        assert refused(somebody.get(f"/instances/{task['instance']}")) == (404, "not_found")
        assert refused(somebody.get(f"/instances/{task['instance']}/events")) == (404, "not_found")


@pytest.mark.corrupts("registration_counter")
@pytest.mark.found("X4")
def test_a_draft_is_nobodys_to_see(app: Flask, world: World) -> None:
    writing.set(True)
    application = db.session.get_one(Application, world.application)
    application.registration_number, application.state = None, "draft"
    application.live_person_id = application.live_exam_certificate_id = None
    db.session.commit()
    writing.set(None)
    instance = world.start("accreditation", draft_limit="PT2H")
    for login in ("clerk", "first", "designer"):
        assert refused(caller(app, world, login).get(f"/instances/{instance}")) == (404, "not_found")
