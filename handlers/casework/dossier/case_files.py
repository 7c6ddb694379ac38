"""The papers of a case: photograph, undertaking, enrolment, what else was uploaded, the letters sent."""

from __future__ import annotations

from dataclasses import dataclass

from domain.cases import materials
from domain.outside import typesetting as sheets
from domain.rules.requirements import PRACTICE
from models import db
from models.base.errors import NotFound
from models.cases import casework, letters
from models.cases.applications import Application
from models.cases.letters import Letter
from models.cases.materials import select_material_versions
from models.persons.files import StoredFile
from translations import gettext


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """One file under the name that reviewers know it by."""

    file: StoredFile
    title: str
    key: str  # of the material that it belongs to

    @property
    def picture(self) -> bool:
        """Whether a browser can show it in the page."""
        return self.file.media_type.startswith("image/")


def list_files(application: Application) -> list[CaseFile]:
    """The files of a case in the order in which they are looked at."""
    enrolment = application.enrolment
    skill = application.skill_certificate if application.kind == PRACTICE else None
    wanted = (
        (application.photo_id, gettext("证件照片"), "photo"),
        (application.undertaking_id, gettext("个人承诺书"), "undertaking"),
        (enrolment.file_id if enrolment else None, gettext("学籍证明"), "student"),
        (skill.file_id if skill else None, gettext("职业技能等级证书详情页"), "skill"),
    )
    pictures = [
        CaseFile(file=db.session.get_one(StoredFile, number), title=title, key=key)
        for number, title, key in wanted
        if number
    ]
    return [*pictures, *_list_uploaded(application)]


def find_file(application: Application, file_id: int) -> StoredFile:
    """One file of a case; a file of anything else does not exist here."""
    for paper in list_files(application):
        if paper.file.id == file_id:
            return paper.file
    for version in db.session.scalars(select_material_versions(application.id)):
        if version.file_id == file_id:
            return version.file
    raise NotFound


def _list_uploaded(application: Application) -> list[CaseFile]:
    """The materials under full online handling, each in the version that counts."""
    findings = casework.list_material_findings(application.id)
    found = [(slot, slot.current) for slot in materials.list_slots(application, findings)]
    return [CaseFile(file=one.file, title=slot.name, key=slot.key) for slot, one in found if one is not None]


def list_letters(application: Application) -> list[tuple[Letter, tuple[str, ...]]]:
    """The letters sent on a case, each with the characters that no font could draw in it."""
    sent = db.session.scalars(letters.select_letters(application.id))
    return [(letter, sheets.find_unprintable(letter.facts)) for letter in sent]


def find_letter(application: Application, letter_id: int) -> Letter:
    """One letter of a case; a letter of another case does not exist here."""
    found = db.session.scalar(letters.select_letters(application.id).where(Letter.id == letter_id))
    if found is None:
        raise NotFound
    return found
