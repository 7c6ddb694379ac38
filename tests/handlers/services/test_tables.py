"""The decision tables of applying, over their whole grid, against what law and notices say."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from models.base import codes
from workflows.engine.decisions import Table, evaluate_table, parse_tables

RULES = Path(__file__).parents[3] / "workflows" / "library" / "rules"
ZHEJIANG, ELSEWHERE = "330000", "360000"

# 教师法 art. 11, 条例 art. 7 and 实施办法 art. 7 for kind 6.
LAW = {
    "kindergarten": "secondary_normal",
    "primary": "secondary_normal",
    "junior": "college",
    "senior": "bachelor",
    "vocational": "bachelor",
    "vocational_practice": "secondary",
    "higher": "bachelor",
}
# Notices of 浙江 2020, 宁波 and 丽水 2021.
NOTICE = LAW | {
    "kindergarten": "college",
    "primary": "college",
    "junior": "bachelor",
    "vocational_practice": "college",
}
ITEMS = {
    "kindergarten": "一",
    "primary": "二",
    "junior": "三",
    "senior": "四",
    "vocational": "四",
    "higher": "五",
}


@cache
def table(key: str) -> Table:
    """A table of the library."""
    (found,) = parse_tables((RULES / f"{key}.dmn").read_bytes(), name=f"{key}.dmn")
    return found


def ask(key: str, **facts: Any) -> dict[str, Any]:
    """What a table says."""
    return evaluate_table(
        table(key), {"subject": "", "exam_route": "national_exam", "province": ZHEJIANG, **facts}
    )


@pytest.mark.manual("W2.4")
@pytest.mark.parametrize(
    ("province", "kind", "route"), list(product((ZHEJIANG, ELSEWHERE), codes.KINDS, codes.EXAM_ROUTES))
)
def test_education_of_each_kind(province: str, kind: str, route: str) -> None:
    found = ask("education", kind=kind, exam_route=route, province=province, graduated=2026)
    assert found["minimum"] == (NOTICE if province == ZHEJIANG else LAW)[kind]
    if province == ELSEWHERE and kind in ITEMS:
        assert found["article"] == f"《教师法》第十一条第{ITEMS[kind]}项"


@pytest.mark.manual("W2.4")
@pytest.mark.parametrize("province", [ZHEJIANG, ELSEWHERE])
def test_practice_instructors_need_a_title_or_a_grade_besides(province: str) -> None:
    found = ask("education", kind="vocational_practice", province=province, graduated=2026)
    assert "助理工程师" in found["condition"]
    assert "中级以上工人技术等级" in found["condition"]
    assert "第七条" in found["article"]
    others = set(codes.KINDS) - {"vocational_practice"}
    conditions = {
        ask("education", kind=kind, province=province, graduated=2026)["condition"] for kind in others
    }
    assert conditions == {""}


@pytest.mark.parametrize(("year", "minimum"), [(2014, "secondary"), (2015, "college"), (9999, "college")])
def test_kindergarten_classes_of_vocational_schools_of_old(year: int, minimum: str) -> None:
    assert ask("education", kind="kindergarten", graduated=year)["minimum"] == minimum
    assert ask("education", kind="primary", graduated=year)["minimum"] == "college"


@pytest.mark.manual("W2.4")
@pytest.mark.parametrize(
    ("status", "study_form", "months_left"),
    list(product(("注册学籍", "休学", "退学", "毕业"), codes.STUDY_FORMS, (-3, 0, 7, 12, 13, 30))),
)
def test_students_of_the_last_year_with_a_registered_enrolment(
    status: str, study_form: str, months_left: int
) -> None:
    found = ask("enrolment", status=status, study_form=study_form, level="21", months_left=months_left)
    expected = status == "注册学籍" and study_form == "full_time" and months_left <= 12
    assert found["allowed"] is expected
    assert found["article"]
    assert bool(found["reason"]) is not expected


@pytest.mark.manual("W2.2")
@pytest.mark.parametrize(("kind", "route"), list(product(codes.KINDS, codes.EXAM_ROUTES)))
def test_kinds_of_each_exam_route(kind: str, route: str) -> None:
    found = ask("exam_routes", kind=kind, exam_route=route)
    assert found["allowed"] is (kind != "higher" or route == "other")
    assert found["article"].startswith("《")
    assert bool(found["evidence"]) is found["allowed"]
    assert bool(found["reason"]) is not found["allowed"]


@pytest.mark.manual("W2.3")
@pytest.mark.parametrize(
    ("kind", "title", "degree", "route"),
    list(product(codes.KINDS, codes.PROFESSIONAL_TITLES, ("none", "doctor"), codes.EXAM_ROUTES)),
)
def test_only_higher_education_is_exempt_from_putonghua(
    kind: str, title: str, degree: str, route: str
) -> None:
    found = ask("exemptions", matter="putonghua", kind=kind, title=title, degree=degree, exam_route=route)
    high = title in {"associate_professor", "professor"} or degree == "doctor"
    assert found["exempt"] is (kind == "higher" and high)
    assert "第九条" in found["article"]


@pytest.mark.manual("W2.2")
@pytest.mark.parametrize(("kind", "route"), list(product(codes.KINDS, codes.EXAM_ROUTES)))
def test_who_is_exempt_from_the_exam(kind: str, route: str) -> None:
    found = ask("exemptions", matter="exam", kind=kind, title="none", degree="none", exam_route=route)
    assert found["exempt"] is (route == "normal_student" or (kind == "higher" and route == "other"))
    assert found["article"]


def _spoken(kind: str, subject: str) -> str:
    if kind != "kindergarten" and subject == "语文":
        return "2A"
    return "2B"


@pytest.mark.manual("W2.3")
@pytest.mark.parametrize(
    ("kind", "subject", "province"),
    [
        (kind, subject, province)
        for kind in codes.KINDS
        for subject in codes.SUBJECTS[kind]
        for province in (ZHEJIANG, ELSEWHERE)
    ],
)
def test_putonghua_of_each_kind_and_subject(kind: str, subject: str, province: str) -> None:
    found = ask("putonghua", kind=kind, subject=subject, province=province)
    assert found["minimum"] == _spoken(kind, subject)
    assert "第八条第二项" in found["article"]


@pytest.mark.manual("W2.3")
def test_putonghua_of_those_who_teach_it() -> None:
    assert ask("putonghua", kind="senior", subject="语音")["minimum"] == "1B"
    assert ask("putonghua", kind="primary", subject="对外汉语")["minimum"] == "2A"


@pytest.mark.manual("W3")
@pytest.mark.parametrize(("kind", "province"), list(product(codes.KINDS, (ZHEJIANG, ELSEWHERE, "130000"))))
def test_level_of_authority_of_each_kind(kind: str, province: str) -> None:
    found = ask("authority_level", kind=kind, province=province)
    first_three = "city" if province == "130000" else "county"
    expected = {"kindergarten": first_three, "primary": first_three, "junior": first_three}
    assert found["level"] == expected.get(kind, "province" if kind == "higher" else "city")
    assert "《教师资格条例》第十三条" in found["article"]
    assert found["reason"]


@pytest.mark.parametrize("key", ["education", "enrolment", "exam_routes", "exemptions", "putonghua"])
def test_every_rule_says_what_it_is(key: str) -> None:
    assert all(rule.description for rule in table(key).rules)
