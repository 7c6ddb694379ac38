"""Forms that designers define: what is read, what is refused, what is kept and told to the process."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import db
from models.base.errors import Invalid
from models.processes.form_answers import FormAnswer
from tests.workflows.designing import EVERY, VALUES, build_process, written
from tests.workflows.office import ROLES, Office, writes
from workflows import engine, forms, worklist
from workflows.definitions import files
from workflows.definitions.designed_forms import form_conditions, form_patterns
from workflows.definitions.designed_forms.forms import DesignedForm
from workflows.forms import Form, designed
from workflows.problems import LintRefused

pytestmark = pytest.mark.found("D4")


def read(components: Any, **more: Any) -> DesignedForm:
    """The form of a file."""
    (found,) = files.read_file("leave.form.json", written(components, **more))
    value: DesignedForm = found.value
    return value


def form_of(components: Any) -> Form:
    """The same, ready to be answered."""
    return designed.build_form(read(components), "0" * 64)


def refused(content: bytes) -> list[tuple[str | None, str]]:
    """The problems of a file, by their elements."""
    with pytest.raises(LintRefused) as found:
        files.read_file("leave.form.json", content)
    return [(one.element, one.message) for one in found.value.problems]


def wrong(components: Any, answers: Any) -> dict[str, list[str]]:
    """What is refused of answers."""
    with pytest.raises(Invalid) as found:
        forms.load_answers(form_of(components), answers)
    return found.value.fields


FULL = {
    "name": "林",
    "code": "123-4567",
    "mail": "lin@example.com",
    "phone": "+86 138 0000 0000",
    "sort": "sick",
    "reason": "发热",
    "days": 2.5,
    "people": 2,
    "day": "2026-03-02",
    "hour": "09:30",
    "moment": "2026-03-02T09:30",
    "agreed": True,
    "papers": ["annual"],
    "again": "sick",
    "tags": ["annual", "sick"],
    "home_city": "衢州",
    "home_street": "府前街",
}


def plain(loaded: dict[str, Any]) -> dict[str, Any]:
    """Answers as they are kept."""
    return {key: designed.to_plain(value) for key, value in loaded.items()}


def test_every_component_is_answered() -> None:
    assert plain(forms.load_answers(form_of(EVERY), FULL)) == FULL
    described = forms.build_json_schema(form_of(EVERY))
    jsonschema.Draft202012Validator(described).validate(FULL)
    assert set(described["properties"]) == set(FULL)


def test_what_typed_forms_send_is_read() -> None:
    typed = {
        "name": " ",
        "sort": "annual",
        "code": "",
        "days": "2",
        "people": "",
        "agreed": "true",
        "day": "",
    }
    assert wrong(EVERY, typed) == {"name": ["请填写“姓名”。"]}
    loaded = forms.load_answers(form_of(EVERY), {**typed, "name": "林"})
    assert loaded == {"name": "林", "sort": "annual", "days": 2, "agreed": True}


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"name": "字" * 21}, {"name"}),
        ({"code": "12-34"}, {"code"}),
        ({"code": "1" * 5_000}, {"code"}),
        ({"mail": "lin"}, {"mail"}),
        ({"phone": "call me"}, {"phone"}),
        ({"sort": "other"}, {"sort", "reason"}),
        ({"sort": None}, {"sort", "reason"}),
        ({"reason": ""}, {"reason"}),
        ({"days": 2.25}, {"days"}),
        ({"days": 31}, {"days"}),
        ({"people": 1.5}, {"people"}),
        ({"people": 10**16}, {"people"}),
        ({"day": "2026-02-30"}, {"day"}),
        ({"hour": "25:00"}, {"hour"}),
        ({"moment": "soon"}, {"moment"}),
        ({"papers": ["annual", "x"]}, {"papers.1"}),
        ({"papers": "annual"}, {"papers"}),
        ({"more": 1}, {"more"}),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(change: dict[str, Any], places: set[str]) -> None:
    if change.get("sort", "") in ("other", None):
        places = {"sort"} if change["sort"] == "other" else places
        answers = {key: value for key, value in FULL.items() if key != "reason"} | change
    else:
        answers = {**FULL, **change}
    found = set(wrong(EVERY, answers))
    assert places - {"reason"} <= found <= places | {"reason"}


def test_a_hidden_answer_is_none_whoever_sends_it() -> None:
    sent = {**FULL, "sort": "annual", "agreed": False}
    loaded = plain(forms.load_answers(form_of(EVERY), sent))
    assert loaded == {
        key: value for key, value in sent.items() if key not in ("reason", "home_city", "home_street")
    }
    without_city = {key: value for key, value in FULL.items() if key != "home_city"}
    assert "home_street" not in forms.load_answers(form_of(EVERY), without_city)


@pytest.mark.parametrize(
    ("condition", "answers", "holds"),
    [
        ('=kind = "first"', {"kind": "first"}, True),
        ('=kind != "first" and age >= 18', {"kind": "x", "age": 20}, True),
        ("=age > 18", {}, False),
        ('=age > 18 or kind = "a"', {"kind": "a"}, True),
        ("=not(ok)", {"ok": False}, True),
        ("=not(ok)", {}, False),
        ('=kind in ["a", "b"]', {"kind": "b"}, True),
        ('=kind in ["a", "b"]', {"kind": "c"}, False),
        ("=kind = null", {"kind": ""}, True),
        ("=kind != null", {}, False),
        ('=(kind = "a" or ok) and age < -1.5', {"ok": True, "age": -2}, True),
        ("=age = true", {"age": 1}, False),
        ('=kind < "b"', {"kind": "a"}, True),
    ],
)
def test_conditions_are_judged_as_in_feel(condition: str, answers: dict[str, Any], holds: bool) -> None:
    known = {"kind", "age", "ok"}
    found = form_conditions.read_condition(condition, lambda name: name if name in known else None)
    assert form_conditions.is_true(found, answers) is holds
    assert json.loads(json.dumps(found)) == found  # the page's script is given it


@pytest.mark.parametrize(
    "condition",
    [
        "=later = 1",
        "=if ok then 1 else 2",
        '=contains(kind, "x")',
        "=count(kind) > 1",
        "=age + 1 > 2",
        "=kind in (1, 2)",
        "=age between 1 and 2",
        "=ok and",
        "=ok ok",
        '="; import os',
        "=`my name` = 1",
        "=(" * 1 + "(" * 30 + "ok" + ")" * 31,
        "=" + "ok and " * 100 + "ok",
        "=person.name = 1",
        "=age = 1 = 1",
        "=",
    ],
)
def test_other_conditions_are_a_problem_of_their_component(condition: str) -> None:
    known = [
        {"type": "checkbox", "key": "ok"},
        {"type": "number", "key": "age"},
        {"type": "textfield", "key": "kind"},
    ]
    last = {"type": "textfield", "id": "last", "key": "later", "conditional": {"hide": condition}}
    ((place, said),) = refused(written([*known, last]))
    assert place == "last"
    assert said.startswith("conditional.hide：")


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|a)*b", "^(a?){30}$", "a?" * 30, "a*a*a*a*b", r"(a)\1", "(?=a)", "[", "(", "a**"]
)
def test_a_pattern_without_end_is_refused(pattern: str) -> None:
    part = {"type": "textfield", "id": "bomb", "key": "text", "validate": {"pattern": pattern}}
    ((place, said),) = refused(written([part]))
    assert (place, said.startswith("validate.pattern：")) == ("bomb", True)


@pytest.mark.parametrize(
    ("pattern", "fit", "unfit"),
    [
        (r"^\d{3}-\d{4}$", "123-4567", "123-4567\n"),
        (r"^\d$", "1", "１"),
        (r"^(\d{3}(-\d{4})?)$", "123", "123-"),
        ("b", "abc", "ac"),
        (r"^[\w.]+@[a-z]+$", "a.b@c", "@c"),
        ("^a|b", "cb", "c"),
    ],
)
def test_patterns_mean_what_they_mean_in_a_browser(pattern: str, fit: str, unfit: str) -> None:
    part = {"type": "textfield", "key": "text", "validate": {"pattern": pattern}}
    assert forms.load_answers(form_of([part]), {"text": fit}) == {"text": fit}
    assert set(wrong([part], {"text": unfit})) == {"text"}


LABELLED = {"type": "textfield", "id": "x", "key": "name"}


@pytest.mark.parametrize(
    ("components", "place"),
    [
        ("none", "components"),
        ([3], "components.0"),
        ([{"type": "html", "id": "x"}], "x"),
        ([{"type": "filepicker", "id": "x", "key": "file"}], "x"),
        ([{"type": "expression", "id": "x"}], "x"),
        ([{"type": ["text"], "id": "x"}], "x"),
        ([{"type": "textfield", "id": "x"}], "x"),
        ([LABELLED, {**LABELLED, "id": "y"}], "y"),
        ([{**LABELLED, "key": "csrf_token"}], "x"),
        ([{**LABELLED, "key": "and"}], "x"),
        ([{**LABELLED, "key": "a b"}], "x"),
        ([{**LABELLED, "key": "ﬁ"}], "x"),
        ([{**LABELLED, "valuesExpression": "=x"}], "x"),
        ([{**LABELLED, "properties": {"variable": True}}], "x"),
        ([{**LABELLED, "validate": {"minLength": 5, "maxLength": 2}}], "x"),
        ([{**LABELLED, "validate": {"maxLength": 10**6}}], "x"),
        ([{**LABELLED, "properties": {"deep": [[[]]]}}], "x"),
        ([{**LABELLED, "label": {"en": "Name"}}], "x"),
        ([{"type": "radio", "id": "x", "key": "sort", "values": []}], "x"),
        ([{"type": "radio", "id": "x", "key": "sort", "values": [*VALUES, VALUES[0]]}], "x"),
        ([{"type": "radio", "id": "x", "key": "sort", "values": VALUES, "defaultValue": "z"}], "x"),
        ([{"type": "number", "id": "x", "key": "days", "defaultValue": "1"}], "x"),
        ([{"type": "number", "id": "x", "key": "days", "validate": {"max": 10**30}}], "x"),
        ([{"type": "group", "id": "x", "path": "a b", "components": []}], "x"),
        ([{"type": "select", "key": "name", "values": VALUES}, {**LABELLED, "key": "name_2"}], "x"),
        ([{"type": "textfield", "key": f"k{number}"} for number in range(201)], "k200"),
        ([{"type": "spacer"}] * 100_000, ""),
    ],
)
def test_each_fault_is_a_problem_at_its_component(components: Any, place: str) -> None:
    content = written(components)
    assert [one[0] for one in refused(content)] == ([place] if place else [None])


def test_deep_and_odd_files_are_refused() -> None:
    group: Any = []
    for _ in range(300):
        group = [{"type": "group", "components": group}]
    ((place, said),) = refused(written(group))
    assert place == "components.0.0.0.0.0.0"
    assert "5" in said
    for content in (
        b"[" * 100_000,
        b"[]",
        b'{"a": NaN}',
        b'{"type": "\\ud800"}',
        b'{"a": 1, "a": 2}',
        b"\xff",
    ):
        assert refused(content)[0][0] is None
    many = "{" + ",".join(f'"k{number}": 0' for number in range(30_000)) + ', "k29999": 1}'
    assert refused(many.encode())


ANYTHING: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["=a", "(a+)+"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["required", "hide", "pattern", "variable", "zh", "value", "label"]), inner
        )
    ),
    max_leaves=6,
)
NAMES = [
    "id",
    "key",
    "label",
    "description",
    "validate",
    "conditional",
    "values",
    "properties",
    "components",
    "path",
]
COMPONENT = st.fixed_dictionaries(
    {"type": st.sampled_from([one["type"] for one in EVERY] + ["html", ""]) | ANYTHING},
    optional={
        name: ANYTHING | st.sampled_from(["a", "b_2"]) for name in [*NAMES, "defaultValue", "text", "subtype"]
    },
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(COMPONENT, max_size=4) | ANYTHING)
def test_whatever_a_file_holds_is_read_or_refused(components: Any) -> None:
    content = written(components)
    with suppress(LintRefused):
        found = read(components)
        again = files.read_kept("form", "designed", files.read_file("leave.form.json", content)[0].content)
        assert [part.key for part in again.value.parts] == [part.key for part in found.parts]
        jsonschema.Draft202012Validator.check_schema(forms.build_json_schema(designed.build_form(found, "0")))


@given(st.text(alphabet="ab01(){}[]^$.*+?|\\dw,-", max_size=14))
def test_whatever_a_pattern_is_it_is_read_or_refused(pattern: str) -> None:
    with suppress(form_patterns.BadPattern):
        assert re.compile(form_patterns.read_pattern(pattern, 20))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(FULL)), ANYTHING))
def test_whatever_is_sent_is_kept_or_refused(answers: Any) -> None:
    with suppress(Invalid):
        assert json.loads(json.dumps(plain(forms.load_answers(form_of(EVERY), answers)))) is not None


def test_variables_are_told_with_their_values() -> None:
    found = read(EVERY).list_variables()
    assert {key: one["values"] for key, one in found.items()} == {
        "sort": ["annual", "sick"],
        "days": [],
        "agreed": [True, False],
        "papers": ["annual", "sick"],
    }
    assert (found["days"]["least"], found["days"]["most"]) == (0.5, 30)


SHORT = [{"type": "radio", "key": "sort", "label": "假别", "values": VALUES, "zige": {"variable": True}}]


def deploy(form: bytes, diagram: bytes, **known: Any) -> engine.Deployment:
    """Deploy a process with its form."""
    sources = {"leave.bpmn": diagram, "leave.form.json": form}
    with writes():
        return engine.deploy_files(sources, by=None, environment=engine.Environment(roles=ROLES, **known))


def complete(office: Office, item_id: int, **answers: Any) -> None:
    """Claim and complete an item."""
    with writes():
        worklist.claim_item(item_id, office.people["lin"])
    with writes():
        worklist.complete_item(item_id, answers, actor=office.people["lin"])


def test_decision_variables_reach_the_gateway_and_all_else_is_a_fact(office: Office) -> None:
    deploy(written(EVERY), build_process())
    instance = office.start("designed_leave")
    item = office.item(instance, "fill")
    complete(office, item.id, **FULL)
    assert office.item(instance, "read").state == "open"
    (kept,) = db.session.query(FormAnswer).all()
    assert (kept.answers, kept.form_key, kept.work_item_id) == (FULL, "designed", item.id)
    assert kept.answered_by == office.people["lin"]
    assert engine.read_variables(instance) == {
        "sort": "sick",
        "days": 2.5,
        "agreed": True,
        "papers": ["annual"],
    }


def test_what_was_not_answered_is_told_as_nothing(office: Office) -> None:
    deploy(written(EVERY), build_process())
    instance = office.start("designed_leave")
    complete(office, office.item(instance, "fill").id, name="林", sort="annual")
    assert office.instance(instance).end_element == "well"
    assert engine.read_variables(instance) == {"sort": "annual", "days": None, "agreed": False, "papers": []}


def test_two_releases_with_one_key_show_their_own(office: Office) -> None:
    deploy(written(SHORT), build_process())
    first = office.start("designed_leave")
    deployed = deploy(
        written([*SHORT, {"type": "textfield", "key": "name", "label": "姓名"}]), build_process()
    )
    assert [one.changed for one in deployed.definitions if one.sort == "form"] == [True]
    assert deployed.releases == (("designed_leave", 2),)
    second = office.start("designed_leave")
    asked = {one: set(form_at(office, one).schema().fields) for one in (first, second)}
    assert asked == {first: {"sort"}, second: {"sort", "name"}}
    with pytest.raises(Invalid):
        complete(office, office.item(first, "fill").id, sort="annual", name="林")
    complete(office, office.item(second, "fill").id, sort="annual", name="林")
    assert {one.form_key for one in db.session.query(FormAnswer)} == {"designed"}
    kept = db.session.query(FormAnswer).one()
    found = forms.find_definition(kept.form_key, kept.sha256)
    assert found is not None
    assert [part.key for part in found.parts] == ["sort", "name"]


def form_at(office: Office, instance: int) -> Form:
    """The form of the task in which an instance waits."""
    found = forms.find_form_of(office.item(instance, "fill"))
    assert found is not None
    return found


def test_a_registered_form_is_found_where_its_release_has_none(office: Office) -> None:
    own = Form(
        key="designed", title="自带", schema=form_of([]).schema, view=lambda case: {}, save=lambda c, d: d
    )
    forms.register_form(own)
    with writes():
        engine.deploy_files(
            {"leave.bpmn": build_process()},
            by=None,
            environment=engine.Environment(roles=ROLES, forms=frozenset({"designed"})),
        )
    instance = office.start("designed_leave")
    assert form_at(office, instance) is own


def test_a_form_has_to_be_defined_and_may_take_no_registered_key(office: Office) -> None:
    with pytest.raises(LintRefused) as found, writes():
        engine.deploy_files(
            {"leave.bpmn": build_process()}, by=None, environment=engine.Environment(roles=ROLES)
        )
    assert {one.rule for one in found.value.problems} == {"unknown-form"}
    with pytest.raises(LintRefused) as taken:
        deploy(written(SHORT), build_process(), forms=frozenset({"designed"}))
    assert [(one.rule, one.element) for one in taken.value.problems] == [("duplicate-definition", "id")]
    deploy(written(SHORT), build_process())
    known = frozenset({("form", "designed")})
    with writes():
        engine.deploy_files(
            {"leave.bpmn": build_process("reviewer")},
            by=None,
            environment=engine.Environment(roles=ROLES, definitions=known),
        )
