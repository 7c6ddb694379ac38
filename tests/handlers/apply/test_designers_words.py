"""What designers say of states and in notices holds for the cases of their release."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from domain.diagrams.lint_environment import build_environment
from domain.reach import starting
from models import db
from models.cases.applications import Application
from models.cases.notices import Notice
from models.cases.states import Standing
from models.processes.instances import Definition, ReleasePart
from models.processes.states import DefinitionSort
from tests.handlers.apply.conftest import LIBRARY, Applicant, change, sources, the_application
from workflows import engine
from workflows.definitions import contents
from workflows.engine import LintRefused

STATES = LIBRARY / "accreditation" / "states.json"
NOTICES = LIBRARY / "accreditation" / "notices.json"
ADMIN = frozenset({"admin"})
Alter = Callable[[dict[str, Any]], None]


def register(who: Applicant) -> Applicant:
    """Somebody who waits to be confirmed."""
    who.until("reminder")
    who.send("reminder", go="next")
    return who


def deploy(name: str, content: dict[str, Any]) -> None:
    """Deploy one file of the accreditation."""
    with change():
        told = json.dumps(content, ensure_ascii=False).encode()
        engine.deploy_files({name: told}, by=None, environment=build_environment())


def alter_states(alter: Alter) -> None:
    """Deploy the library's states with a change."""
    content = json.loads(STATES.read_text("utf-8"))
    alter(content["states"])
    deploy("states.json", content)


def state_word(who: Applicant) -> str:
    """The word for the state on the page of one's application."""
    page = who.open(f"applications/{the_application(who.id).id}")
    found = re.search(r'<p class="state-l">(.*?)</p>', page)
    assert found
    return found[1]


def may(who: Applicant) -> set[str]:
    """What is offered to be done with one's application."""
    page = who.open(f"applications/{the_application(who.id).id}")
    return {word for word in ("修改", "撤回申请") if f">{word}<" in page}


@pytest.mark.found("D4")
def test_a_case_is_called_and_allows_what_its_release_says(applicant: Applicant, stranger: Applicant) -> None:
    register(applicant)
    alter_states(
        lambda states: states["pending_confirmation"].update(label="等待核对", allows=["confirm", "upload"])
    )
    assert (state_word(applicant), may(applicant)) == ("网报待确认", {"修改", "撤回申请"})
    register(stranger)
    assert (state_word(stranger), may(stranger)) == ("等待核对", set())
    number = the_application(stranger.id).id
    assert stranger.client.get(f"/apply/applications/{number}/change").status_code == 409
    assert stranger.client.get(f"/apply/applications/{number}/withdraw").status_code == 409


@pytest.mark.found("D5")
def test_a_state_may_have_any_name_and_counts_as_it_says(applicant: Applicant) -> None:
    with change():
        files = {
            file: content.replace(b'"pending_confirmation"', b'"in_the_queue"')
            for file, content in sources().items()
        }
        engine.deploy_files(files, by=None, environment=build_environment())
    register(applicant)
    found = the_application(1)
    assert (found.state, found.standing) == ("in_the_queue", Standing.CONFIRMING)
    assert (state_word(applicant), may(applicant)) == ("网报待确认", {"修改", "撤回申请"})
    assert db.session.query(Notice).filter_by(application_id=found.id).count() == 1


@pytest.mark.found("D4")
def test_a_notice_says_what_the_release_of_its_case_says(applicant: Applicant, stranger: Applicant) -> None:
    register(applicant)
    content = json.loads(NOTICES.read_text("utf-8"))
    said = {"title": "撤回了", "text": "{number} 已经撤回。", "sms": "短信：{number}"}
    deploy("notices.json", content | {"withdrawn": said})
    register(stranger)
    told = []
    for who in (applicant, stranger):
        number = the_application(who.id).id
        who.client.post(f"/apply/applications/{number}/withdraw", data={"reason": ""})
        notice = db.session.query(Notice).filter_by(application_id=number, template="withdrawn").one()
        told.append((notice.title, notice.text, notice.channels))
    mine, other = (the_application(who.id).registration_number for who in (applicant, stranger))
    assert told == [
        ("申请已撤回", f"报名号 {mine}：您的申请已撤回。", None),
        ("撤回了", f"{other} 已经撤回。", {"sms": f"短信：{other}"}),
    ]


def test_a_notice_that_is_left_out_is_not_sent(applicant: Applicant) -> None:
    alter_states(lambda states: states["withdrawn"].pop("notice"))
    register(applicant)
    applicant.client.post(f"/apply/applications/{the_application(1).id}/withdraw", data={"reason": ""})
    assert the_application(1).standing == Standing.WITHDRAWN
    assert db.session.query(Notice).filter_by(template="withdrawn").count() == 0


def test_a_service_numbers_its_cases(applicant: Applicant) -> None:
    content = json.loads((LIBRARY / "accreditation" / "service.json").read_text("utf-8"))
    deploy("service.json", content | {"number": {"prefix": "ZJ{yy}", "digits": 5}})
    register(applicant)
    assert re.fullmatch(r"ZJ\d\d00001", the_application(1).registration_number or "")


@pytest.mark.found("D4")
def test_a_case_of_a_release_without_such_files_goes_by_the_newest(applicant: Applicant) -> None:
    with change():
        plain = {
            file: re.sub(rb'\n +<spiffworkflow:property name="(act|onlyFor)".*?/>', b"", content)
            for file, content in sources().items()
        }
        engine.deploy_files(plain, by=None, environment=build_environment())
    register(applicant)
    number = the_application(1).id
    with change():
        # As a release was before states, notices and services could be deployed.
        held = db.session.query(Definition.id).filter(
            Definition.sort.not_in([DefinitionSort.PROCESS, DefinitionSort.DECISION])
        )
        db.session.query(ReleasePart).filter(ReleasePart.definition_id.in_(held)).delete()
        db.session.get_one(Application, number).states_sha256 = None
    contents.find_contents.cache_clear()
    alter_states(lambda states: states["pending_confirmation"].update(label="等待核对"))
    assert (state_word(applicant), may(applicant)) == ("等待核对", {"修改", "撤回申请"})
    applicant.client.post(f"/apply/applications/{the_application(1).id}/withdraw", data={"reason": ""})
    assert the_application(1).standing == Standing.WITHDRAWN


@pytest.mark.found("E16")
def test_a_moved_case_is_called_and_allows_what_its_new_release_says(applicant: Applicant) -> None:
    register(applicant)
    alter_states(lambda states: states["pending_confirmation"].update(label="等待核对", allows=["withdraw"]))
    told = db.session.query(Notice).count()
    with change():
        release = engine.find_newest_release("accreditation")
        engine.migrate_instance(the_instance(1), release.id, actor=None)
    assert (state_word(applicant), may(applicant)) == ("等待核对", {"撤回申请"})
    assert db.session.query(Notice).count() == told


def the_instance(person: int) -> int:
    """The instance of a person's application."""
    found = db.session.query(Application.instance_id).filter_by(person_id=person).scalar()
    assert found is not None
    return int(found)


@pytest.mark.found("D5")
@pytest.mark.parametrize("key", ["accreditation", "review", "messaging", "account_request", "identity"])
def test_what_a_service_begins_is_not_started_alone(world: None, key: str) -> None:
    with pytest.raises(starting.BegunByPages):
        starting.check_start(key, None, ADMIN)


def test_a_service_is_begun_by_the_roles_that_it_names(world: None) -> None:
    review = {"key": "plain_review", "title": "评审", "entry": "expert_review", "starts": ["site.clerk"]}
    deploy("service.json", review)
    assert starting.may_begin("expert_review", frozenset({"site.clerk"}))
    assert not starting.may_begin("expert_review", ADMIN)
    assert starting.may_begin("decision", ADMIN)


def test_an_application_is_begun_where_its_service_lets_applicants(applicant: Applicant) -> None:
    content = json.loads((LIBRARY / "accreditation" / "service.json").read_text("utf-8"))
    deploy("service.json", content | {"starts": ["site.clerk"]})
    applicant.start()
    assert the_application(1) is None


@pytest.mark.found("D4")
def test_a_draft_is_numbered_by_the_service_of_its_release(applicant: Applicant) -> None:
    applicant.until("notes")
    content = json.loads((LIBRARY / "accreditation" / "service.json").read_text("utf-8"))
    deploy("service.json", content | {"number": {"prefix": "ZJ{yy}", "digits": 5}})
    applicant.send("notes")
    applicant.send("undertaking", answer="agree")
    assert re.fullmatch(r"\d{10}", the_application(1).registration_number or "")


def places(files: dict[str, bytes]) -> set[tuple[str | None, str]]:
    """Where some files are refused beside what is deployed, and by which rules."""
    with change(), pytest.raises(LintRefused) as refused:
        engine.deploy_files(files, by=None, environment=build_environment())
    return {(one.element, one.rule) for one in refused.value.problems}


def told(name: str, content: dict[str, Any]) -> dict[str, bytes]:
    """A file as it is deployed."""
    return {name: json.dumps(content, ensure_ascii=False).encode()}


def test_states_that_deployed_diagrams_name_stay(world: None) -> None:
    content = json.loads(STATES.read_text("utf-8"))
    for stage in content["stages"]:
        stage["ends"] = [one for one in stage.get("ends", ()) if one != "withdrawn"]
    del content["states"]["withdrawn"]
    assert places(told("states.json", content)) == {("states", "lost-public-state")}
    other = {"key": "accreditation", "states": {"zz": {"label": "z"}}}
    assert places(told("states.json", other)) == {("states", "lost-public-state")}


@pytest.mark.parametrize(
    ("state", "standing"),
    [("withdrawn", "confirming"), ("pending_confirmation", "abandoned"), ("correction", None)],
)
def test_a_state_counts_as_what_its_place_is(world: None, state: str, standing: str | None) -> None:
    content = json.loads(STATES.read_text("utf-8"))
    content["states"][state].pop("countsAs")
    if standing is not None:
        content["states"][state]["countsAs"] = standing
    assert places(told("states.json", content)) == {(f"states.{state}.countsAs", "state-standing")}


def test_a_state_stands_in_one_set_of_all_that_are_deployed(world: None) -> None:
    content = {"key": "zz", "states": {"draft": {"label": "z"}}}
    assert places(told("x.states.json", content)) == {("states.draft", "duplicate-definition")}


@pytest.mark.parametrize(
    ("changed", "place", "rule"),
    [
        ({"key": "a"}, "subject", "duplicate-subject"),
        ({"entry": "registration"}, "entry", "entry-is-called"),
        ({"subject": "thread"}, "subject", "changed-subject"),
        ({"starts": ["nobody"]}, "starts.0", "unknown-role"),
        ({"sheets": {"certificate": "certificate"}}, "sheets", "sheet"),
        (
            {"sheets": {"certificate": "certificate", "application_form": "correction"}},
            "sheets.application_form",
            "sheet",
        ),
    ],
)
def test_a_service_fits_what_is_deployed(world: None, changed: dict[str, Any], place: str, rule: str) -> None:
    content = json.loads((LIBRARY / "accreditation" / "service.json").read_text("utf-8"))
    assert (place, rule) in places(told("service.json", content | changed))


@pytest.mark.found("E4")
def test_a_called_process_throws_nothing_that_its_deployed_callers_do_not_catch(world: None) -> None:
    name, source = next((name, one) for name, one in sources().items() if name.endswith("registration.bpmn"))
    error = b'<bpmn:error id="broken" name="broken" errorCode="broken" /><bpmn:process '
    thrown = source.replace(b"<bpmn:process ", error, 1)
    end = re.search(rb'<bpmn:endEvent id="registration_done"[^>]*>', thrown)
    assert end is not None
    definition = b'<bpmn:errorEventDefinition id="broken_now" errorRef="broken" />'
    start = thrown.index(b"</bpmn:endEvent>", end.end())
    thrown = thrown[:start] + definition + thrown[start:]
    assert ("registration", "uncaught") in places({name: thrown})


def test_a_state_that_nobody_describes_stops_the_case_and_is_not_passed_over(applicant: Applicant) -> None:
    register(applicant)
    with change():
        # As it is between a new version of the product and the first deployment on it.
        own = db.session.query(Definition.id).filter(Definition.sort == DefinitionSort.STATES)
        db.session.query(ReleasePart).filter(ReleasePart.definition_id.in_(own)).delete()
        db.session.query(Definition).filter(Definition.sort == DefinitionSort.STATES).delete()
    contents.find_contents.cache_clear()
    found = the_application(1)
    number, payload = found.instance_id, {"application": found.id, "reason": ""}
    with pytest.raises(contents.UndefinedName), change():
        engine.perform_act(number, "application.withdraw", payload, actor=1)
    assert (the_application(1).state, the_application(1).standing) == (
        "pending_confirmation",
        Standing.CONFIRMING,
    )
