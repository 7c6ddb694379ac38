"""What is asked of whom: by document, basis of place, kind and exam; the plan's own words stay possible."""

from __future__ import annotations

import itertools

import pytest

from domain.cases import asked_materials
from domain.rules import policy
from domain.rules.policy import MaterialFacts
from models import db
from models.authorities.plans import Plan, PlanMaterial
from models.base.codes import BASES, DOCUMENT_KINDS, EXAM_ROUTES, KINDS
from models.cases.applications import Application
from models.persons.people import Person
from models.processes.instances import Definition
from tests.handlers.apply.conftest import Applicant, change, the_application
from tests.handlers.apply.test_materials import fill, online, page_of, put, send_in, uploader

__all__ = ["online", "uploader"]
pytestmark = pytest.mark.manual("Q6", "W8")
ACROSS = ("residence_permit", "hkm_pass", "tw_pass")  # papers of Hong Kong, Macao and Taiwan
LISTED = ("identity", "residence", "exam", "medical")


def asked(**whose: str) -> dict[str, asked_materials.AskedMaterial]:
    """What a plan with a list of four asks of somebody, by key."""
    plan = db.session.query(Plan).limit(1).one()
    with change():
        db.session.query(PlanMaterial).filter_by(plan_id=plan.id).delete()
        db.session.add_all(
            PlanMaterial(plan_id=plan.id, position=at, key=key, name=f"清单{key}", hint="清单说明")
            for at, key in enumerate(LISTED, start=1)
        )
        db.session.flush()
        facts = {"kind": "junior", "exam_route": "national_exam", "basis": "household"} | whose
        person = Person(document_kind=facts.pop("document_kind", "resident_id"))
        with db.session.no_autoflush:
            own = Application(plan_id=plan.id, person=person, **facts)
            found = asked_materials.list_asked_materials(own)
            db.session.expunge_all()
    return {one.key: one for one in found}


def names(**whose: str) -> list[str]:
    """The names of the same."""
    return [one.name for one in asked(**whose).values()]


@pytest.mark.found("A4")
@pytest.mark.parametrize(
    ("document", "basis", "wanted"),
    [
        ("resident_id", "household", ["清单identity", "户口簿"]),
        ("resident_id", "residence", ["清单identity", "居住证"]),
        ("resident_id", "school", ["清单identity", "学生证"]),
        ("resident_id", "military", ["清单identity", "军官证或士兵证"]),
        ("hkm_pass", "hkmt", ["港澳居民来往内地通行证", "考试地证明"]),
        ("hkm_pass", "residence", ["港澳居民来往内地通行证", "港澳台居民居住证"]),
        ("tw_pass", "school", ["五年有效期台湾居民来往大陆通行证", "学生证"]),
        ("tw_pass", "hkmt", ["五年有效期台湾居民来往大陆通行证", "考试地证明"]),
        ("residence_permit", "residence", ["港澳台居民居住证"]),
        ("residence_permit", "hkmt", ["港澳台居民居住证", "考试地证明"]),
    ],
)
def test_papers_are_those_that_people_have(world: None, document: str, basis: str, wanted: list[str]) -> None:
    found = names(document_kind=document, basis=basis)
    crime = ["无犯罪记录证明"] if document in ACROSS else []
    assert found == [*wanted, "中小学教师资格考试合格证明", "清单medical", *crime]


@pytest.mark.found("A4")
@pytest.mark.parametrize("document", ACROSS)
@pytest.mark.parametrize("basis", BASES)
def test_nobody_across_is_asked_for_mainland_papers(world: None, document: str, basis: str) -> None:
    found = asked(document_kind=document, basis=basis)
    assert not {one.name for one in found.values()} & {"清单identity", "户口簿", "居住证", "军官证或士兵证"}
    assert found["criminal_record"].required


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("junior", set()),
        ("vocational_practice", {"skill"}),
        ("higher", {"training", "appointment"}),
    ],
)
def test_a_kind_may_ask_for_more(world: None, kind: str, more: set[str]) -> None:
    assert set(asked(kind=kind)) - set(LISTED) == more


@pytest.mark.parametrize(
    ("route", "name"),
    [
        ("national_exam", "中小学教师资格考试合格证明"),
        ("normal_student", "师范生教师职业能力证书"),
        ("other", None),
    ],
)
def test_the_exam_has_its_own_paper(world: None, route: str, name: str | None) -> None:
    found = asked(exam_route=route).get("exam")
    assert (found.name if found else None) == name


def test_every_applicant_gets_an_answer_to_every_material(world: None) -> None:
    keys = ("identity", "residence", "exam", "other", *policy.ASKED_BY_LAW)
    whose = itertools.product(DOCUMENT_KINDS, ["", *BASES], KINDS, EXAM_ROUTES)
    for document, basis, kind, route in whose:
        facts = MaterialFacts(
            document_kind=document, basis=basis, kind=kind, exam_route=route, at_school=False
        )
        for key in keys:
            ruling = policy.rule_on_material(key, facts)
            assert ruling.asked in policy.ASKED
            # What is added to a plan's list has no name there.
            assert ruling.name or key not in policy.ASKED_BY_LAW or ruling.asked in ("not", "plan")


def test_a_row_in_the_plans_own_words_is_left_alone(uploader: Applicant) -> None:
    with change():
        own = the_application(1)
        row = db.session.query(PlanMaterial).filter_by(plan_id=own.plan_id, key="residence").one()
        row.own_words, row.name, row.hint = True, "本市居住材料", "社区盖章"
    page = page_of(uploader)
    assert "本市居住材料" in page
    assert "社区盖章" in page
    assert "学生证" not in page


def test_an_office_without_the_table_asks_what_its_plan_lists(uploader: Applicant) -> None:
    with change():
        db.session.query(Definition).filter_by(key="materials").delete()
    assert "户口簿或居住证" in page_of(uploader)


@pytest.mark.found("A4")
def test_somebody_from_macao_uploads_what_they_have(uploader: Applicant) -> None:
    with change():
        own = the_application(1)
        own.person.document_kind, own.basis = "hkm_pass", "hkmt"
    page = page_of(uploader)
    for name in ("港澳居民来往内地通行证", "考试地证明", "无犯罪记录证明"):
        assert name in page
    for name in ("居民身份证正反面", "户口簿"):
        assert name not in page
    assert "必交 0 / 4" in page
    for key in ("identity", "student", "medical"):
        assert put(uploader, key).status_code == 303
    assert send_in(uploader).status_code == 422
    put(uploader, "criminal_record")
    assert send_in(uploader).status_code == 303


@pytest.mark.found("A4")
def test_on_site_the_list_is_theirs_as_well(applicant: Applicant) -> None:
    applicant.until("reminder")
    with change():
        own = the_application(1)
        own.person.document_kind, own.basis = "tw_pass", "hkmt"
    page = applicant.open("reminder")
    assert "五年有效期台湾居民来往大陆通行证" in page
    assert "无犯罪记录证明" in page
    assert "居民身份证原件" not in page


@pytest.mark.manual("Q8")
def test_what_was_found_is_told_by_the_applicants_own_names(uploader: Applicant) -> None:
    fill(uploader)
    own = the_application(1)
    assert asked_materials.name_materials(own)["residence"] == "学生证"
    assert asked_materials.name_materials(own)["diploma"] == "学历证书"  # of the plan, not asked of students
