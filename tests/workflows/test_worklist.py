"""The life of a work item: rights, races, expiry, separation of duties, repetition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields
from sqlalchemy import delete, select, update

from models import db
from models.base.errors import (
    AlreadyClaimed,
    AlreadyDone,
    DomainError,
    Invalid,
    NotAllowed,
    NotClaimed,
    NotFound,
    SeparationOfDuties,
    Withdrawn,
)
from models.persons.people import Person, Post
from models.processes.instances import Duty, ProcessInstance, WorkItem
from tests.workflows.engine.diagrams.drawing import END, START, boundary, flow, flows, timer
from tests.workflows.office import Office, at_once, drawn, task, writes
from workflows import addressees, engine, forms, vocabulary, worklist
from workflows.addressees import Addressee
from workflows.clock import now
from workflows.engine.expressions import ExpressionError
from workflows.forms import Form, FormContext
from workflows.vocabulary import Term, TermSort


def refusal(act: Callable[[], Any]) -> DomainError | None:
    """What an act is refused with; nothing when it is carried out."""
    try:
        with writes():
            act()
    except DomainError as found:
        return found
    return None


def claimed(office: Office, instance_id: int, element: str, login: str) -> int:
    """Claim the newest item of an element; its id."""
    item_id = office.item(instance_id, element).id
    with writes():
        worklist.claim_item(item_id, office.people[login])
    return item_id


def done(office: Office, instance_id: int, element: str, login: str, **answers: Any) -> engine.StepResult:
    """Claim and complete the newest item of an element."""
    item_id = claimed(office, instance_id, element, login)
    with writes():
        return worklist.complete_item(item_id, answers, actor=office.people[login])


@pytest.mark.parametrize(
    ("place", "may"),
    [
        (None, {"lin", "both", "far"}),
        ("site:1", {"lin", "both"}),
        ("site:2", {"both", "far"}),
        ("site:11", {"both"}),
    ],
)
def test_an_item_is_claimed_by_holders_of_its_role_at_its_place(
    office: Office, place: str | None, may: set[str]
) -> None:
    addressees.register_resolver(lambda key, role: Addressee(place=place))
    got = set()
    for login in ("lin", "chen", "both", "far", "nobody"):
        item = office.item(office.start(), "request_leave")
        found = refusal(lambda item=item, login=login: worklist.claim_item(item.id, office.people[login]))
        got |= {login} if found is None else set()
        assert found is None or type(found) is NotAllowed
    assert got == may


def test_of_twenty_who_claim_at_once_one_wins(office: Office) -> None:
    instance = office.start()
    item_id = office.item(instance, "request_leave").id
    with writes():
        office.people |= {f"clerk{number}": _hire(f"clerk{number}") for number in range(20)}
    rivals = [office.people[f"clerk{number}"] for number in range(20)]
    outcomes = at_once(office, [lambda one=one: worklist.claim_item(item_id, one) for one in rivals])
    winners = [one for one, outcome in zip(rivals, outcomes, strict=True) if outcome is None]
    assert len(winners) == 1
    assert {type(outcome) for outcome in outcomes} == {type(None), AlreadyClaimed}
    assert office.item(instance, "request_leave").assignee_id == winners[0]
    assert office.kinds(instance).count("claimed") == 1


def test_of_two_completions_at_once_one_counts(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    acts = [lambda: worklist.complete_item(item_id, {}, actor=office.people["lin"])] * 4
    outcomes = at_once(office, acts)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyDone"] * 3 + ["StepResult"]
    assert office.kinds(instance).count("completed") == 1


def test_one_transaction_id_sent_twice_at_once_acts_once(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    acts = [lambda: worklist.complete_item(item_id, {}, actor=office.people["lin"], transaction_id="t")] * 4
    first, *others = at_once(office, acts)
    assert isinstance(first, engine.StepResult)
    assert others == [first] * 3
    assert office.kinds(instance).count("completed") == 1


def test_claim_and_completion_of_items_of_one_instance_do_not_lose_updates(office: Office) -> None:
    body = START + task("a") + task("b", role="reviewer") + END
    office.deploy(
        drawn(
            body
            + '<parallelGateway id="split"/><parallelGateway id="join"/>'
            + flows("s split", "split a", "split b", "a join", "b join", "join e")
        )
    )
    instance = office.start("drawn")
    one, two = claimed(office, instance, "a", "chen"), claimed(office, instance, "b", "lin")
    outcomes = at_once(
        office,
        [
            lambda: worklist.complete_item(one, {"x": 1}, actor=office.people["chen"]),
            lambda: worklist.complete_item(two, {"y": 2}, actor=office.people["lin"]),
        ],
    )
    assert {type(outcome) for outcome in outcomes} == {engine.StepResult}
    assert office.instance(instance).state == "completed"


def test_completing_needs_the_claim(office: Office) -> None:
    instance = office.start()
    item_id = office.item(instance, "request_leave").id
    lin, both, chen = office.people["lin"], office.people["both"], office.people["chen"]
    assert type(refusal(lambda: worklist.complete_item(item_id, {}, actor=lin))) is NotClaimed
    assert type(refusal(lambda: worklist.complete_item(item_id, {}, actor=chen))) is NotAllowed
    claimed(office, instance, "request_leave", "both")
    found = refusal(lambda: worklist.complete_item(item_id, {}, actor=lin))
    assert type(found) is AlreadyClaimed
    assert "员工both" in found.sentence
    assert refusal(lambda: worklist.complete_item(item_id, {}, actor=both)) is None
    assert type(refusal(lambda: worklist.complete_item(item_id, {}, actor=both))) is AlreadyDone
    assert type(refusal(lambda: worklist.claim_item(item_id, both))) is AlreadyDone
    assert type(refusal(lambda: worklist.claim_item(10**6, both))) is NotFound


def test_an_idle_claim_runs_out_and_may_be_taken(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    office.wait(minutes=29)
    assert type(refusal(lambda: worklist.claim_item(item_id, office.people["both"]))) is AlreadyClaimed
    office.wait(minutes=1)
    claimed(office, instance, "request_leave", "both")
    found = refusal(lambda: worklist.complete_item(item_id, {}, actor=office.people["lin"]))
    assert type(found) is AlreadyClaimed


def test_an_expired_claim_that_nobody_took_still_completes(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    office.wait(days=2)
    with writes():
        worklist.complete_item(item_id, {"days": 3}, actor=office.people["lin"])
    assert office.instance(instance).elements == ["approve_leave"]


@pytest.mark.parametrize(
    "act",
    [
        worklist.prolong_claim,
        worklist.claim_item,
        lambda item_id, actor: worklist.save_draft(item_id, {"reason": "探"}, actor),
    ],
)
def test_working_on_an_item_prolongs_its_claim(office: Office, act: Callable[[int, int], None]) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    office.wait(minutes=20)
    with writes():
        act(item_id, office.people["lin"])
    office.wait(minutes=20)
    assert type(refusal(lambda: worklist.claim_item(item_id, office.people["both"]))) is AlreadyClaimed


def test_a_released_item_is_free_again(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    assert type(refusal(lambda: worklist.release_item(item_id, office.people["both"]))) is AlreadyClaimed
    with writes():
        worklist.release_item(item_id, office.people["lin"])
    assert type(refusal(lambda: worklist.release_item(item_id, office.people["lin"]))) is NotClaimed
    claimed(office, instance, "request_leave", "both")
    assert office.kinds(instance) == ["started", "claimed", "released", "claimed"]


def test_an_item_is_handed_over_to_someone_who_may_work_on_it(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    lin, both, chen = (office.people[login] for login in ("lin", "both", "chen"))
    for to, reason, expected in (
        (chen, "休假", NotAllowed),
        (both, "  ", Invalid),
        (10**6, "休假", NotAllowed),
    ):
        found = refusal(
            lambda to=to, reason=reason: worklist.hand_over_item(item_id, to, actor=lin, reason=reason)
        )
        assert type(found) is expected
    assert (
        type(refusal(lambda: worklist.hand_over_item(item_id, lin, actor=both, reason="要")))
        is AlreadyClaimed
    )
    with writes():
        worklist.hand_over_item(item_id, both, actor=lin, reason="休假")
    assert type(refusal(lambda: worklist.complete_item(item_id, {}, actor=lin))) is AlreadyClaimed
    assert refusal(lambda: worklist.complete_item(item_id, {}, actor=both)) is None


def test_nobody_is_handed_an_item_after_leaving(office: Office) -> None:
    item_id = claimed(office, office.start(), "request_leave", "lin")
    with writes():
        db.session.execute(
            update(Person).where(Person.id == office.people["both"]).values(disabled_at=office.at)
        )
    found = refusal(
        lambda: worklist.hand_over_item(
            item_id, office.people["both"], actor=office.people["lin"], reason="调岗"
        )
    )
    assert type(found) is NotAllowed


def test_duties_are_kept_apart_on_every_path(office: Office) -> None:
    instance = office.start()
    done(office, instance, "request_leave", "both")
    item_id = office.item(instance, "approve_leave").id
    both, chen = office.people["both"], office.people["chen"]
    found = refusal(lambda: worklist.claim_item(item_id, both))
    assert type(found) is SeparationOfDuties
    assert "填写请假单" in found.sentence
    assert "审批请假" in found.sentence
    with writes():
        outcomes = worklist.claim_items([item_id], both)
    assert type(outcomes[0].refusal) is SeparationOfDuties
    claimed(office, instance, "approve_leave", "chen")
    found = refusal(lambda: worklist.hand_over_item(item_id, both, actor=chen, reason="休假"))
    assert type(found) is SeparationOfDuties
    with writes():  # as an operator might, past all of the above
        db.session.execute(update(WorkItem).where(WorkItem.id == item_id).values(assignee_id=both))
    assert type(refusal(lambda: worklist.complete_item(item_id, {}, actor=both))) is SeparationOfDuties


def test_one_s_own_stage_may_be_repeated(office: Office) -> None:
    body = START + task("a", duty="first_review") + task("b", duty="second_review", notBy="first_review")
    again = '<exclusiveGateway id="g" default="g_e"/>' + flow("g", "a", "again") + flow("g", "e")
    office.deploy(drawn(body + END + again + flows("s a", "a b", "b g")))
    instance = office.start("drawn")
    for again in (True, True, False):
        done(office, instance, "a", "lin")
        assert type(refusal(lambda: claimed(office, instance, "b", "lin"))) is SeparationOfDuties
        done(office, instance, "b", "chen", again=again)
    assert office.instance(instance).state == "completed"
    assert len(db.session.scalars(select(Duty)).all()) == 2


@pytest.mark.parametrize(
    ("groups", "excluded"),
    [
        ("first_review", True),
        ("intake, first_review", True),
        ("first_review,intake", True),
        ("firstXreview", False),
        ("first_review_again", False),
        ("a_first_review", False),
    ],
)
def test_a_list_of_groups_names_whole_groups(office: Office, groups: str, excluded: bool) -> None:
    office.deploy(
        drawn(START + task("a", duty="first_review") + task("b") + END + flows("s a", "a b", "b e"))
    )
    instance = office.start("drawn")
    done(office, instance, "a", "lin")
    with writes():
        db.session.execute(update(WorkItem).where(WorkItem.element == "b").values(not_by=groups))
    found = refusal(lambda: worklist.claim_item(office.item(instance, "b").id, office.people["lin"]))
    assert (type(found) is SeparationOfDuties) == excluded


def test_a_transaction_id_answers_again_what_it_answered_first(office: Office) -> None:
    instance = office.start()
    item_id = claimed(office, instance, "request_leave", "lin")
    lin = office.people["lin"]
    with writes():
        first = worklist.complete_item(item_id, {"days": 2}, actor=lin, transaction_id="one")
    done(office, instance, "approve_leave", "chen")
    with writes():
        again = worklist.complete_item(item_id, {"days": 9}, actor=lin, transaction_id="one")
    assert again == first
    assert again.state == "active"
    assert office.instance(instance).state == "completed"
    other = claimed(office, office.start(), "request_leave", "lin")
    found = refusal(lambda: worklist.complete_item(other, {}, actor=lin, transaction_id="one"))
    assert type(found) is worklist.TransactionTaken
    found = refusal(
        lambda: worklist.complete_item(item_id, {}, actor=office.people["both"], transaction_id="one")
    )
    assert type(found) is worklist.TransactionTaken


def test_a_withdrawn_item_names_its_cause_and_keeps_the_draft(office: Office) -> None:
    late = boundary("late", "a", timer("'PT1H'")).replace("<boundaryEvent", '<boundaryEvent name="超时"')
    office.deploy(drawn(START + task("a") + late + END + flows("s a", "a e", "late e")))
    instance = office.start("drawn")
    item_id = claimed(office, instance, "a", "lin")
    lin = office.people["lin"]
    with writes():
        worklist.save_draft(item_id, {"opinion": "写到一半"}, lin)
    office.wait(hours=1)
    with writes():
        engine.fire_due_timers(instance)
    for act in (
        lambda: worklist.complete_item(item_id, {}, actor=lin),
        lambda: worklist.claim_item(item_id, lin),
        lambda: worklist.save_draft(item_id, {}, lin),
    ):
        found = refusal(act)
        assert type(found) is Withdrawn
        assert "超时" in found.sentence
    kept = worklist.drafts.find_draft(item_id, lin)
    assert kept is not None
    assert kept.typed == {"opinion": "写到一半"}


def test_an_item_given_to_a_person_needs_no_claim(office: Office) -> None:
    nobody = office.people["nobody"]
    addressees.register_resolver(lambda key, role: Addressee(assignee=nobody))
    instance = office.start()
    item_id = office.item(instance, "request_leave").id
    assert type(refusal(lambda: worklist.claim_item(item_id, office.people["lin"]))) is AlreadyClaimed
    with writes():
        worklist.save_draft(item_id, {"days": 1}, nobody)
        worklist.claim_item(item_id, nobody)
    office.wait(days=30)
    assert office.item(instance, "request_leave").state == "open"
    with writes():
        worklist.complete_item(item_id, {"days": 1}, actor=nobody)
    assert office.instance(instance).elements == ["approve_leave"]


def test_who_loses_the_post_loses_the_claim(office: Office) -> None:
    item_id = claimed(office, office.start(), "request_leave", "lin")
    lin = office.people["lin"]
    with writes():
        db.session.execute(delete(Post).where(Post.person_id == lin))
    assert type(refusal(lambda: worklist.complete_item(item_id, {}, actor=lin))) is NotAllowed
    assert type(refusal(lambda: worklist.claim_item(item_id, lin))) is NotAllowed


def test_many_claims_have_a_result_each(office: Office) -> None:
    items = [office.item(office.start(), "request_leave").id for _ in range(3)]
    with writes():
        worklist.claim_item(items[1], office.people["both"])
    with writes():
        outcomes = worklist.claim_items([*items, 10**6], office.people["lin"])
    assert [type(one.refusal) for one in outcomes] == [type(None), AlreadyClaimed, type(None), NotFound]
    db.session.rollback()
    held = select(WorkItem.id).where(WorkItem.assignee_id == office.people["lin"]).order_by(WorkItem.id)
    assert list(db.session.scalars(held)) == [items[0], items[2]]


class DaysSchema(Schema):
    """How long a leave is."""

    days = fields.Integer(required=True, strict=True)


def _save(case: FormContext, answers: dict[str, Any]) -> dict[str, Any]:
    case.instance.business_key = f"days:{answers['days']}"
    db.session.flush()
    return {"long": answers["days"] > 3, "who": case.actor}


def test_a_form_checks_keeps_facts_and_tells_decisions(office: Office) -> None:
    forms.register_form(Form(key="form", title="天数", schema=DaysSchema, view=lambda case: {}, save=_save))
    office.deploy(drawn(START + task("a", formKey="form") + task("b") + END + flows("s a", "a b", "b e")))
    instance = office.start("drawn")
    item_id = claimed(office, instance, "a", "lin")
    lin = office.people["lin"]
    for answers, wrong in (({}, {"days"}), ({"days": "x"}, {"days"}), ({"days": 1, "more": 2}, {"more"})):
        found = refusal(lambda answers=answers: worklist.complete_item(item_id, answers, actor=lin))
        assert isinstance(found, Invalid)
        assert set(found.fields) == wrong
    assert office.instance(instance).business_key is None
    with writes():
        worklist.complete_item(item_id, {"days": 5}, actor=lin)
    assert office.instance(instance).business_key == "days:5"
    assert engine.read_variables(instance) == {"long": True, "who": lin}


def test_what_a_form_does_not_declare_is_not_written(office: Office) -> None:
    told = {"days": 1, "application": 5}
    form = Form(
        key="form",
        title="天数",
        schema=DaysSchema,
        view=lambda case: {},
        save=lambda case, typed: told,
        decides={"days": None},
    )
    forms.register_form(form)
    office.deploy(drawn(START + task("a", formKey="form") + task("b") + END + flows("s a", "a b", "b e")))
    instance = office.start("drawn")
    item_id = claimed(office, instance, "a", "lin")
    office.app.config["PRODUCTION"] = True  # elsewhere it is a fault of the form, which tests see
    with writes():
        worklist.complete_item(item_id, {"days": 1}, actor=office.people["lin"])
    assert engine.read_variables(instance) == {"days": 1}


def test_nobody_writes_variables_at_a_task_of_a_case_without_a_form(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"variables": {"case": vocabulary.name_subject("case")}}
    term = Term(sort=TermSort.SUBJECT, name="case", label="办件", english="case", details=told)
    monkeypatch.setitem(vocabulary._terms, (TermSort.SUBJECT, "case"), term)
    office.deploy(drawn(START + task("a") + task("b") + END + flows("s a", "a b", "b e")))
    instance = office.start("drawn", key="case:1")
    item_id = claimed(office, instance, "a", "lin")
    lin = office.people["lin"]
    found = refusal(lambda: worklist.complete_item(item_id, {"case": 5}, actor=lin))
    assert isinstance(found, Invalid)
    assert set(found.fields) == {"case"}
    with writes():
        worklist.complete_item(item_id, {}, actor=lin)
    assert engine.read_variables(instance) == {}


def test_what_the_step_refuses_leaves_nothing_behind(office: Office) -> None:
    forms.register_form(Form(key="form", title="天数", schema=DaysSchema, view=lambda case: {}, save=_save))
    body = START + task("a", duty="first", formKey="form") + '<exclusiveGateway id="g" default="g_e"/>' + END
    office.deploy(drawn(body + flows("s a", "a g") + flow("g", "a", "unknown_name") + flow("g", "e")))
    instance = office.start("drawn")
    item_id = claimed(office, instance, "a", "lin")
    found = refusal(lambda: worklist.complete_item(item_id, {"days": 5}, actor=office.people["lin"]))
    assert type(found) is ExpressionError
    assert office.item(instance, "a").state == "claimed"
    assert office.instance(instance).business_key is None
    assert db.session.scalars(select(Duty)).all() == []
    assert db.session.get_one(ProcessInstance, instance).revision == 1


def test_production_has_no_tasks_without_a_form(office: Office) -> None:
    item_id = claimed(office, office.start(), "request_leave", "lin")
    office.app.config["PRODUCTION"] = True
    found = refusal(lambda: worklist.complete_item(item_id, {"days": 1}, actor=office.people["lin"]))
    assert type(found) is NotAllowed


@pytest.mark.found("T2")
def test_a_post_called_like_applicants_opens_nothing_of_theirs(office: Office) -> None:
    item_id = office.item(office.start(), "request_leave").id
    with writes():
        db.session.execute(update(WorkItem).where(WorkItem.id == item_id).values(role="applicant"))
        sly = _hire("sly", role="applicant")
    assert type(refusal(lambda: worklist.claim_item(item_id, sly))) is NotAllowed
    assert worklist.count_open_items(sly) == 0


def test_the_badge_counts_what_may_be_claimed(office: Office) -> None:
    for _ in range(3):
        instance = office.start()
    claimed(office, instance, "request_leave", "both")
    assert worklist.count_open_items(office.people["lin"]) == 2
    assert worklist.count_open_items(office.people["chen"]) == 0


def _hire(login: str, role: str = "site.clerk") -> int:
    person = Person(kind="staff", login=login, name=login, password_hash="-", created_at=now())
    person.posts = [Post(role=role)]
    db.session.add(person)
    db.session.flush()
    return person.id
