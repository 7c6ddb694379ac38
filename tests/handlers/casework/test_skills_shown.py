"""A certificate of vocational skill stands with its page on the task of who checks, if the kind needs it."""

from __future__ import annotations

import pytest

from models import db
from models.base.database import writing
from models.cases.applications import Application
from models.cases.credentials import SkillCertificate
from models.persons.files import StoredFile
from tests.handlers import pagecheck
from tests.handlers.casework.conftest import SignedIn, World
from tests.handlers.casework.test_check import arrive, waiting
from workflows.clock import now

__all__ = ["waiting"]


def give_skill(world: World, kind: str) -> int:
    """Have the case a certificate of skill, and be for a kind; answers the id of its page."""
    writing.set(True)
    case = db.session.get_one(Application, world.application)
    file = StoredFile(key="details/1", kind="details", media_type="image/jpeg", size=1, sha256="0" * 64)
    file.person_id, file.created_at = case.person_id, now()
    db.session.add(file)
    db.session.flush()
    skill = SkillCertificate(person_id=case.person_id, source="manual", number="S1", occupation="电工")
    skill.level, skill.issuer, skill.file_id, skill.created_at = "4", "评价中心", file.id, now()
    case.kind, case.skill_certificate = kind, skill
    db.session.add(skill)
    file_id = file.id
    db.session.commit()
    writing.set(None)
    return file_id


@pytest.mark.manual("C7", "R3")
@pytest.mark.corrupts
def test_reviewers_see_the_certificate_and_its_page(waiting: World, signed_in: SignedIn) -> None:
    file_id = give_skill(waiting, "vocational_practice")
    clerk = signed_in("clerk")
    page = clerk.get(f"/work/tasks/{arrive(clerk, waiting)}").text
    assert pagecheck.faults(page) == []
    for words in ("职业技能等级证书", "电工", "四级（中级工）", "评价中心", "职业技能等级证书详情页"):
        assert words in page
    assert f"/work/cases/{waiting.application}/files/{file_id}" in page


@pytest.mark.manual("C7")
@pytest.mark.corrupts
def test_other_kinds_show_none(waiting: World, signed_in: SignedIn) -> None:
    give_skill(waiting, "junior")
    clerk = signed_in("clerk")
    assert "职业技能等级证书" not in clerk.get(f"/work/tasks/{arrive(clerk, waiting)}").text
