"""申请表 and 证书 are printed on the sheets of the case's release; a sheet is tried before it is deployed."""

from __future__ import annotations

import pytest
from flask import Flask

from domain.diagrams import deploying
from domain.papers import letters, sheets
from models import db
from models.base.database import writing
from models.cases.applications import Application
from tests.handlers.casework.conftest import LIBRARY, SignedIn, World
from tests.handlers.casework.test_letters import text
from workflows.definitions import files
from workflows.engine import LintRefused

FORM = (LIBRARY / "accreditation/sheets/application_form.typ").read_text(encoding="utf-8")
SERVICE = LIBRARY / "accreditation/service.json"


def deploy(**files: str) -> None:
    """Deploy sheets by their names."""
    deploying.deploy_sources({f"{name}.typ": content.encode() for name, content in files.items()}, by=None)
    db.session.commit()
    writing.set(None)


@pytest.mark.found("D4")
@pytest.mark.corrupts
def test_two_releases_with_one_sheet_each_print_their_own(world: World, signed_in: SignedIn) -> None:
    decider, address = signed_in("decider"), f"/work/cases/{world.application}/application-form.pdf"
    world.start("accreditation", draft_limit="PT2H")
    assert "教师资格认定申请表" in text(decider, address)
    deploy(application_form=FORM.replace("[教师资格认定申请表]", "[新的申请表]"))
    assert "教师资格认定申请表" in text(decider, address)
    world.start("accreditation", draft_limit="PT2H")
    assert "新的申请表" in text(decider, address)


@pytest.mark.corrupts
def test_a_paper_without_a_sheet_is_refused_with_its_name(world: World) -> None:
    case = db.session.get_one(Application, world.application)
    with pytest.raises(sheets.SheetMissing) as refused:
        sheets.find_sheet(case, "transcript")
    assert refused.value.sentence == "还没有部署“transcript”的样式，请联系流程设计人员。"


def test_a_letter_is_no_sheet(world: World) -> None:
    changed = SERVICE.read_text(encoding="utf-8").replace(
        '"application_form": "application_form"', '"application_form": "refused"'
    )
    with pytest.raises(LintRefused) as refused:
        deploying.deploy_sources({"service.json": changed.encode()}, by=None)
    assert {(one.element, one.rule) for one in refused.value.problems} == {
        ("sheets.application_form", "sheet")
    }
    db.session.rollback()
    writing.set(None)


@pytest.mark.found("D4")
@pytest.mark.corrupts("no_process")
@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        ("好\n#nothing", "2", "文件 sheet.typ 第 2 行不能排版：unknown variable: nothing"),
        ('#read("/etc/passwd")', "1", "file not found"),
        ("#for i in range(100000000) {}", None, "文件 sheet.typ 不能排版：占用的内存过多"),
    ],
)
def test_a_sheet_that_makes_no_document_is_a_problem_at_its_line(
    app: Flask, content: str, place: str | None, words: str
) -> None:
    with pytest.raises(LintRefused) as refused:
        files.read_file("certificate/sheet.typ", content.encode())
    (problem,) = refused.value.problems
    assert (problem.file, problem.element, problem.rule) == ("certificate/sheet.typ", place, "typst")
    assert words in problem.message


@pytest.mark.corrupts("no_process")
def test_a_sheet_is_tried_with_every_fact_that_papers_have(app: Flask) -> None:
    sample = sheets.build_sample_facts()
    for path in LIBRARY.rglob("*.typ"):
        named = set(path.read_text(encoding="utf-8").partition("#let facts")[0].replace("·", " ").split())
        assert [name for name in sample if name in named]
    asked = "#let facts = json(bytes(sys.inputs.facts))\n#facts.resume.first().witness #image(facts.photo)"
    assert sheets.check_sheet("sheet.typ", asked) is None
    assert letters.FORMER_VARIABLE not in sample
