"""What the rules make of a person's papers, and that a changed table changes it."""

from __future__ import annotations

import hashlib
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from domain.diagrams.lint_environment import build_environment
from domain.rules import policy, requirements
from domain.rules.policy import ExemptionGrounds, QualificationRequest
from domain.rules.requirements import NO_YEAR, Schooling
from models import db
from models.base import codes
from models.cases.credentials import Degree, Diploma, PutonghuaCertificate
from models.processes.instances import Definition
from tests.handlers.conftest import RULES, writes
from workflows import engine
from workflows.engine import LintRefused

ZHEJIANG, ELSEWHERE = "330000", "360000"
LAST_FIRST = ("11", "14", "17", "21", "31", "28", "41", "44", "47")
# The lowest of GB/T 4658 that is enough: 教师法 art. 11 and 实施办法 art. 7; notices of 浙江.
ENOUGH = {
    ELSEWHERE: {
        "kindergarten": {"11", "14", "17", "21", "31", "28", "41"},
        "primary": {"11", "14", "17", "21", "31", "28", "41"},
        "junior": {"11", "14", "17", "21", "31", "28"},
        "senior": {"11", "14", "17", "21"},
        "vocational": {"11", "14", "17", "21"},
        "vocational_practice": set(LAST_FIRST),
        "higher": {"11", "14", "17", "21"},
    },
    ZHEJIANG: {
        "kindergarten": {"11", "14", "17", "21", "31", "28"},
        "primary": {"11", "14", "17", "21", "31", "28"},
        "junior": {"11", "14", "17", "21"},
        "senior": {"11", "14", "17", "21"},
        "vocational": {"11", "14", "17", "21"},
        "vocational_practice": {"11", "14", "17", "21", "31", "28"},
        "higher": {"11", "14", "17", "21"},
    },
}


@pytest.fixture
def rules(app: Flask) -> None:
    """The decision tables of the library."""
    deploy({path.name: path.read_bytes() for path in RULES.glob("*.dmn")})


def deploy(sources: dict[str, bytes]) -> None:
    """Deploy tables, as a designer does."""
    with writes():
        engine.deploy_files(sources, by=None, environment=build_environment())


def changed(key: str, before: str, after: str) -> dict[str, bytes]:
    """A table of the library with one word changed."""
    source = Path(RULES / f"{key}.dmn").read_text(encoding="utf-8")
    assert before in source
    return {f"{key}.dmn": source.replace(before, after).encode()}


def why_not(kind: str, level: str, province: str = ZHEJIANG, category: str = "", year: int = NO_YEAR) -> str:
    """Why a level of schooling is not enough for a kind."""
    asked = QualificationRequest(kind=kind, exam_route="national_exam", province=province)
    return requirements.why_schooling_fails(asked, Schooling(level=level, graduated=year), category)


@pytest.mark.manual("W2.4")
def test_every_kind_with_every_level_of_schooling(rules: None) -> None:
    assert set(LAST_FIRST) == set(codes.EDUCATION_LEVELS)
    for province, kind, level in product(ENOUGH, codes.KINDS, LAST_FIRST):
        reason = why_not(kind, level, province)
        assert (not reason) is (level in ENOUGH[province][kind]), (province, kind, level)
        assert not reason or "第" in reason or "浙江省" in reason


@pytest.mark.manual("W2.4")
def test_a_secondary_school_has_to_be_one_for_teachers(rules: None) -> None:
    assert why_not("kindergarten", "41", ELSEWHERE, "normal") == ""
    reason = why_not("kindergarten", "41", ELSEWHERE, "other")
    assert reason == (
        "幼儿园教师资格要求幼儿师范学校、中等师范学校毕业及以上学历，所选的是中等专科（《教师法》第十一条第一项）"
    )


def test_kindergarten_classes_of_vocational_schools_of_old(rules: None) -> None:
    assert why_not("kindergarten", "44", year=2013) == ""
    assert "大学专科" in why_not("kindergarten", "44", year=2020)


@pytest.mark.manual("W2.3")
def test_exemption_hangs_on_title_or_degree(rules: None) -> None:
    exempt = PutonghuaCertificate(source="exempt", number="免测", level="")
    higher, junior = (QualificationRequest(kind=kind, province=ZHEJIANG) for kind in ("higher", "junior"))
    assert requirements.why_putonghua_fails(higher, exempt, [ExemptionGrounds(title="professor")]) == ""
    assert requirements.why_putonghua_fails(higher, exempt, [ExemptionGrounds(degree="doctor")]) == ""
    refused = requirements.why_putonghua_fails(higher, exempt, [ExemptionGrounds(title="intermediate")])
    assert "免测仅适用于" in refused
    assert "《〈教师资格条例〉实施办法》第九条" in refused
    assert "免测仅适用于" in requirements.why_putonghua_fails(
        junior, exempt, [ExemptionGrounds(title="professor")]
    )


@pytest.mark.parametrize(
    ("level", "name", "doctor"),
    [("11", "", True), ("21", "", False), ("21", "理学博士", True), ("21", "名誉博士", False)],
)
def test_who_is_a_doctor(level: str, name: str, doctor: bool) -> None:
    degree = Degree(name=name) if name else None
    assert requirements.is_doctor(Diploma(level=level), degree) is doctor


@pytest.mark.manual("W2.4")
def test_a_raised_minimum_counts_as_soon_as_it_is_deployed(rules: None) -> None:
    assert why_not("kindergarten", "31") == ""
    deploy(changed("education", '<text>"college"</text>', '<text>"bachelor"</text>'))
    assert "要求大学本科毕业及以上学历，所选的是大学专科" in why_not("kindergarten", "31")


@pytest.mark.manual("W2.2")
def test_an_exam_route_can_be_closed_for_a_province(rules: None) -> None:
    asked = QualificationRequest(kind="junior", exam_route="other", province=ZHEJIANG)
    assert requirements.why_route_fails(asked) == ""
    closed = changed(
        "exam_routes",
        '<text>"省级组织的教师资格考试合格证明，或者符合当地免考规定的证明，确认时带原件"</text>',
        '<text>""</text>',
    )["exam_routes.dmn"]
    head, _, tail = closed.decode().rpartition("<text>true</text>")
    deploy({"exam_routes.dmn": f"{head}<text>false</text>{tail}".encode()})
    assert requirements.why_route_fails(asked).startswith("非国家统一考试（含免考）不能申请初级中学教师资格")


@pytest.mark.parametrize(
    ("key", "before", "after", "sentence"),
    [
        ("education", '"college"', '"大专"', "规则 2 的结果 minimum 不能是"),
        ("education", 'name="minimum"', 'name="least"', "缺少输出 minimum"),
        ("education", "<text>graduated</text>", "<text>age</text>", "页面没有提供 age"),
        ("putonghua", 'hitPolicy="FIRST"', 'hitPolicy="COLLECT"', "请改用 UNIQUE 或 FIRST"),
        ("enrolment", "<text>false</text>", '<text>"no"</text>', "与该列的类型（boolean）不符"),
    ],
)
def test_a_table_that_pages_cannot_use_is_not_deployed(
    rules: None, key: str, before: str, after: str, sentence: str
) -> None:
    with pytest.raises(LintRefused) as refused:
        deploy(changed(key, before, after))
    assert sentence in "".join(problem.message for problem in refused.value.problems)


@pytest.mark.found("E8")
def test_a_table_that_was_accepted_once_is_asked_as_it_was(rules: None) -> None:
    with writes():
        table = db.session.scalars(select(Definition).where(Definition.key == "putonghua_level")).one()
        table.source = table.source.replace(b"&lt; 60<", b"&lt; 0x3c<")  # refused since
        table.sha256 = hashlib.sha256(table.source).hexdigest()
    with pytest.raises(LintRefused):
        deploy({"putonghua_level.dmn": table.source})
    assert [policy.putonghua_level(score) for score in (59, 60)] == ["none", "3B"]


def test_a_computed_word_that_is_wrong_is_told(rules: None) -> None:
    deploy(changed("education", '<text>"bachelor"</text>', "<text>kind</text>"))
    with pytest.raises(policy.WrongTable, match="不能是“senior”"):
        why_not("senior", "21", ELSEWHERE)
