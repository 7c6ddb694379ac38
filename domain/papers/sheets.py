"""The official forms: the sheet on which a case is printed, as its release has it, and whether it prints."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from flask import has_app_context

from domain.outside import typesetting
from models.base import business_keys
from models.base.errors import DomainError
from models.cases.applications import Application
from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows import vocabulary
from workflows.definitions import contents
from workflows.definitions.letters import Sheet, SheetProblem, register_sheet_check
from workflows.vocabulary import TermSort

APPLICATION_FORM, CERTIFICATE = "application_form", "certificate"


class SheetMissing(DomainError):
    """A paper for which the service of the case has no sheet."""

    code = "sheet_missing"
    sentence = lazy_gettext("还没有部署这种表的样式，请联系流程设计人员。")


def find_sheet(application: Application, name: str) -> dict[str, str]:
    """The sheet for a paper of a case, as the file that typst reads."""
    own = contents.contents_of(application.instance_id)
    service = own.find_service(business_keys.CASE)
    key = service.sheets.get(name) if service else None
    found = own.find(DefinitionSort.LETTER, key) if key else None
    if not isinstance(found, Sheet):
        term = vocabulary.find_term(TermSort.SHEET, name)
        said = gettext("还没有部署“%(name)s”的样式，请联系流程设计人员。", name=term.label if term else name)
        raise SheetMissing(said)
    return {f"{found.key}.typ": found.text}


def check_sheet(file: str, text: str) -> SheetProblem | None:
    """What is wrong with a designer's sheet: it is tried with facts such as any paper has."""
    if not has_app_context():  # without settings there are no fonts
        return None
    try:
        found = typesetting.find_template_problem({file.rpartition("/")[2]: text}, build_sample_facts())
    except FileNotFoundError:  # on this machine nothing can be printed
        return None
    return None if found is None else SheetProblem(sentence=found[0], line=found[1])


def build_sample_facts() -> dict[str, Any]:
    """What stands on the papers, made up: all that the application form and the certificate read."""
    opinion = {"text": "材料齐全。", "officer": "王敏", "date": "2026年4月22日"}
    texts = dict.fromkeys(TEXTS, "样张") | {
        "number": "20263300131000042",
        "registration_number": "2604 0031 57",
    }
    row = {"from": "2022年9月", "until": "至今", "organisation": "学校", "post": "学生", "witness": "王敏"}
    return {
        **texts,
        **dict.fromkeys(OPINIONS, opinion),
        "resume": [row],
        "undertaking": ["本人填报的信息真实、准确。"],
        **dict.fromkeys(("photo", "signature", "verification_picture"), b64decode(PICTURE)),
    }


PICTURE = (  # 3 × 4 points of grey, as PNG
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAAAAABuRtrbAAAADklEQVR4nGNoaGhgQMIAMBAGAU0JnIUAAAAASUVORK5CYII="
)
OPINIONS = ("site_opinion", "health_opinion", "background_opinion", "expert_opinion", "authority_opinion")
TEXTS = (
    *("authority", "site", "certificate_number", "name", "sex", "birth_date", "birth_month", "ethnicity"),
    *("political_status", "document_kind", "document_number", "putonghua_level", "putonghua_number"),
    *("putonghua_issuer", "at_school", "graduated_on", "education", "degree", "school", "major"),
    *("major_category", "study_form", "employer", "occupation", "professional_title", "household_place"),
    *("birth_place", "mailing_address", "postcode", "phone", "mobile", "kind", "subject", "exam_route"),
    *("exam_number", "delivery", "signed_on", "remark", "printed_at", "verification_code"),
    *("verification_address", "granted_on", "sample"),
)

register_sheet_check(check_sheet)
