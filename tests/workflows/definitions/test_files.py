"""Files of states, services and notices: what is wrong with them is told where it stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.wording import terms as terms
from tests.workflows.engine.diagrams.drawing import definitions, process, straight, user
from workflows import vocabulary
from workflows.definitions import files
from workflows.engine import Environment
from workflows.engine.lint import lint_files
from workflows.problems import LintRefused
from workflows.vocabulary import TermSort

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
STATES = json.loads((LIBRARY / "accreditation" / "states.json").read_text("utf-8"))
SAID = {"title": "x", "text": "x"}
GONE = {"key": "x", "title": "x", "entry": "gone"}
NOTIFYING = {"label": "x", "notice": {"name": "no"}}
SERVICE = json.loads((LIBRARY / "accreditation" / "service.json").read_text("utf-8"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def refusals(name: str, content: Any) -> list[tuple[str | None, str]]:
    """Where a file is refused, and with what."""
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    try:
        files.read_file(name, raw)
    except LintRefused as refused:
        return [(one.element, one.message) for one in refused.problems]
    return []


@pytest.mark.parametrize(
    "path", sorted(LIBRARY.rglob("*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_the_library_is_read(path: Path) -> None:
    found = files.read_file(path.name, path.read_bytes())
    assert found
    for one in found:
        assert files.read_kept(one.sort, one.key, one.content).value == one.value


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        ({"label": ""}, "states.draft.label", "请写一段文字"),
        ({"label": {"zh": "甲", "fr": "x"}}, "states.draft.label", "请写一段文字"),
        ({"tone": "pink"}, "states.draft.tone", "可以用：bad、info、ok、warn。也可以留空。"),
        ({"countsAs": "drat"}, "states.draft.countsAs", "draft"),
        ({"allows": ["chnge"]}, "states.draft.allows.0", "change"),
        ({"acts": "nobdy"}, "states.draft.acts", "是不是“nobody”？可以用：applicant"),
        ({"notice": {"name": "x", "exceptAfter": ["nowhere"]}}, "states.draft", "没有“nowhere”"),
        ({"refusal": {"title": "x", "reason": "mood"}}, "states.draft.refusal.reason", "没有“mood”"),
        ({"labell": "x"}, "states.draft.labell", "没有这个字段"),
    ],
)
def test_a_wrong_state_is_told_at_its_value(change: dict[str, Any], place: str, said: str) -> None:
    states = {**STATES["states"], "draft": {**STATES["states"]["draft"], **change}}
    found = refusals("states.json", {**STATES, "states": states})
    assert [(at, said in message) for at, message in found] == [(place, True)]


def test_a_stage_names_only_states_of_its_file() -> None:
    stages = [{"title": "x", "states": ["nowhere"]}]
    ((place, said),) = refusals("states.json", {**STATES, "stages": stages})
    assert (place, "没有“nowhere”" in said) == ("stages.0", True)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"entry": ""}, "entry"),
        ({"subject": "case"}, "subject"),
        ({"notices": {"moon": "set_back"}}, "notices.moon.key"),
        ({"number": {"prefix": "{year}"}}, "number.prefix"),
        ({"number": {"prefix": "{yy"}}, "number.prefix"),
        ({"number": {"prefix": "报{yy}"}}, "number.prefix"),
        ({"number": {"prefix": "{yyyy}{mm}{dd}", "digits": 10}}, "number.prefix"),
        ({"number": {"digits": 0}}, "number.digits"),
        ({"card": {}}, "card.title"),
    ],
)
def test_a_wrong_service_is_told_at_its_value(change: dict[str, Any], place: str) -> None:
    assert [at for at, _ in refusals("service.json", {**SERVICE, **change})] == [place]


@pytest.mark.parametrize(
    ("notice", "place", "said"),
    [
        ("text", "mine", "请写一个 JSON 对象"),
        ({"title": "x"}, "mine.text", ""),
        ({"title": "x", "text": "{numbr}"}, "mine.text", "number"),
        ({"title": "x", "text": "{number"}, "mine.text", "花括号没有成对"),
        ({"title": "x", "text": "{number!r}"}, "mine.text", "只能写一个数据项"),
        ({"title": "x", "text": "{number.__class__}"}, "mine.text", "只能写一个数据项"),
        ({"title": "x", "text": "x", "when": "online"}, "mine.when", "variants"),
        ({"title": "x", "text": "x", "variants": [{"title": "y", "text": "y"}]}, "mine.variants", "when"),
        (
            {"title": "x", "text": "x", "variants": [{"title": "y", "text": "y", "when": "sunny"}]},
            "mine.variants.0",
            "没有“sunny”",
        ),
        ({"title": "x" * 61, "text": "x"}, "mine.title", "不能超过 60"),
    ],
)
def test_a_wrong_notice_is_told_at_its_value(notice: Any, place: str, said: str) -> None:
    assert [(at, said in message) for at, message in refusals("notices.json", {"mine": notice})] == [
        (place, True)
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{\n  "a": 1\n\n  "b": 2\n}', "第 2 行第 8 列之后少了逗号或括号"),
        (b'{\n  "a": 1,\n}', "第 2 行第 9 列的逗号多了"),
        (b'{"a": [1, 2,]}', "第 1 行第 12 列的逗号多了"),
        (b'{"a": }', "第 1 行第 7 列"),
    ],
)
def test_a_missing_comma_is_told_where_it_is_missing(content: bytes, said: str) -> None:
    ((_, told),) = refusals("states.json", content)
    assert told.rstrip("。").endswith(said)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"a": 1, "a": 2}',
        b"\xff\xfe",
        b'{"a": NaN}',
        b"[" * 100_000,
        b'"' + b"x" * 600_000 + b'"',
    ],
)
def test_what_is_no_object_is_refused_in_words(content: bytes) -> None:
    for name in ("states.json", "service.json", "notices.json"):
        ((place, said),) = refusals(name, content)
        assert said
        assert place is None or place == "a"


@given(ANYTHING)
def test_nothing_makes_it_fail(content: Any) -> None:
    for name in ("states.json", "service.json", "notices.json", "x.letter.json", "x.form.json"):
        refusals(name, content)


def test_the_same_content_is_the_same_definition_whatever_the_order() -> None:
    turned = dict(reversed(list(SERVICE.items())))
    (one,), (other,) = (
        files.read_file("service.json", json.dumps(found).encode()) for found in (SERVICE, turned)
    )
    assert one.content == other.content


@pytest.mark.found("D4")
@pytest.mark.parametrize(
    ("name", "content", "rule", "place"),
    [
        ("states.json", {"key": "x", "states": {"a": NOTIFYING}}, "unknown-notice", "states.a.notice"),
        ("service.json", GONE, "unknown-process", "entry"),
        ("service.json", {**GONE, "notices": {"set_back": "no"}}, "unknown-notice", "notices.set_back"),
    ],
)
def test_names_of_what_nobody_defined_are_told(name: str, content: Any, rule: str, place: str) -> None:
    found = lint_files({name: json.dumps(content).encode()}, Environment())
    assert (rule, place) in {(one.rule, one.element) for one in found}


def test_what_stands_twice_is_told() -> None:
    content = json.dumps({"key": "x", "states": {"a": {"label": "x"}}}).encode()
    found = lint_files({"states.json": content, "other.states.json": content}, Environment())
    assert {one.rule for one in found} == {"duplicate-definition"}
    assert {one.element for one in found} == {"x", "states.a"}


@pytest.mark.parametrize("name", ["states.json", "service.json", "x.letter.json", "x.form.json"])
def test_common_faults_are_told_in_chinese(name: str) -> None:
    found = refusals(name, {"key": 1, "states": [], "title": 2, "components": {}})
    assert found
    assert [said for _, said in found if not any("\u4e00" <= one <= "\u9fff" for one in said)] == []


@pytest.mark.parametrize(
    ("file", "content", "diagram"),
    [
        (
            "x.form.json",
            {"type": "default", "id": "survey", "components": [{"type": "nothing", "key": "a"}]},
            user("x", formKey="survey"),
        ),
        ("states.json", {"key": "x", "states": {"here": {"label": ""}}}, user("x", publicState="here")),
    ],
)
def test_a_wrong_file_is_one_problem_and_what_names_it_none(file: str, content: Any, diagram: str) -> None:
    drawn = definitions(process(straight(diagram)))
    known = Environment(
        forms=frozenset({"form"}), roles=frozenset({"clerk"}), public_states=frozenset({"other"})
    )
    found = lint_files({file: json.dumps(content).encode(), "p.bpmn": drawn}, known)
    assert {one.file for one in found if one.severity == "error"} == {file}


def test_what_was_accepted_once_is_read_though_its_words_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.dumps({"key": "x", "states": {"a": {"label": "x", "allows": ["change"]}}}).encode()
    (found,) = files.read_file("states.json", content)
    monkeypatch.delitem(vocabulary._terms, (TermSort.ABILITY, "change"))
    assert refusals("states.json", json.loads(content))
    files.read_kept.cache_clear()
    assert files.read_kept(found.sort, found.key, found.content).value == found.value


@pytest.mark.parametrize("text", ["网报\u202e待确认", {"zh": "好", "en": "\u200bgood"}])
def test_characters_that_nobody_sees_are_refused_in_texts(text: Any) -> None:
    ((place, said),) = refusals("states.json", {"key": "x", "states": {"a": {"label": text}}})
    assert place == "states.a.label"
    assert "U+20" in said
