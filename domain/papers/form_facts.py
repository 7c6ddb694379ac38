"""The facts of 教师资格认定申请表."""

from __future__ import annotations

from typing import Any

from domain.outside import file_storage
from domain.wording import agreements, dates, masking
from models.base import codes
from models.cases import casework
from models.cases.applications import Application
from models.cases.credentials import PutonghuaCertificate
from models.cases.states import RecordSource
from models.persons.files import StoredFile
from translations import gettext
from workflows.clock import LOCAL, now


def collect_facts(application: Application) -> dict[str, Any]:
    """What stands on the sheet, as texts; the pictures as bytes."""
    return {
        **collect_texts(application),
        "photo": read_picture(application.photo),
        "signature": read_picture(application.undertaking),
    }


def collect_texts(application: Application) -> dict[str, Any]:
    """The texts of the sheet alone, for which no file has to be read."""
    return {
        "registration_number": masking.group_registration_number(application.registration_number),
        "authority": application.authority.name,
        "site": application.site.name if application.site else "",
        "certificate_number": _certificate_number(application),
        "printed_at": f"{dates.format_day(now())} {now().astimezone(LOCAL):%H:%M}",
        **_person_facts(application),
        **_schooling_facts(application),
        **_qualification_facts(application),
        "resume": [_resume_row(row) for row in application.resume or []],
        "undertaking": list(agreements.UNDERTAKING),
        "signed_on": dates.format_day(application.undertaken_at),
    }


def _certificate_number(application: Application) -> str:
    found = casework.find_certificate(application.id)
    return found.number if found else ""


def read_picture(file: StoredFile | None) -> bytes | None:
    """The bytes of a stored picture; a paper is never made without one that a row names."""
    try:
        return file_storage.read_file(file) if file else None
    except file_storage.FileLost:
        raise file_storage.PictureLost from None


def _person_facts(application: Application) -> dict[str, Any]:
    person, a = application.person, application
    return {
        "name": a.applicant_name,
        "sex": codes.SEXES.get(person.sex or ""),
        "birth_date": dates.format_day(person.birth_date),
        "ethnicity": codes.ETHNICITIES.get(person.ethnicity or ""),
        "political_status": codes.POLITICAL_STATUSES.get(a.political_status or ""),
        "document_kind": codes.DOCUMENT_KINDS.get(person.document_kind or ""),
        "document_number": person.document_number,
        "employer": a.employer,
        "occupation": codes.OCCUPATIONS.get(a.occupation or ""),
        "professional_title": codes.PROFESSIONAL_TITLES.get(a.professional_title or ""),
        "household_place": a.household_place,
        "birth_place": a.birth_place,
        "mailing_address": a.mailing_address,
        "postcode": a.postcode,
        "phone": a.phone,
        "mobile": person.mobile,
    }


def _schooling_facts(application: Application) -> dict[str, Any]:
    school = application.enrolment or application.diploma
    return {
        "at_school": gettext("是") if application.at_school else gettext("否"),
        "graduated_on": _graduation(application),
        "education": _education_level(application),
        "degree": application.degree.name if application.degree else gettext("无"),
        "school": school.school if school else "",
        "major": school.major if school else "",
        "study_form": codes.STUDY_FORMS.get(school.study_form, school.study_form) if school else "",
        "major_category": codes.MAJOR_CATEGORIES.get(application.major_category or ""),
    }


def _graduation(application: Application) -> str:
    if (enrolment := application.enrolment) is not None and enrolment.expected_graduation is not None:
        return gettext("%(day)s（预计）", day=dates.format_day(enrolment.expected_graduation))
    return dates.format_day(application.diploma.graduated_on if application.diploma else None)


def _education_level(application: Application) -> str:
    # A student has not graduated: the level is that of the studies.
    if (enrolment := application.enrolment) is not None:
        return gettext(
            "%(level)s（在读）",
            level=codes.STUDY_LEVELS.get(enrolment.level, ""),
        )
    return codes.EDUCATION_LEVELS.get(application.diploma.level, "") if application.diploma else ""


def _qualification_facts(application: Application) -> dict[str, Any]:
    spoken, exam = application.putonghua, application.exam_certificate
    return {
        "putonghua_level": _putonghua_level(spoken),
        "putonghua_number": spoken.number if spoken else "",
        "putonghua_issuer": spoken.issuer if spoken else "",
        "kind": codes.KINDS.get(application.kind or ""),
        "subject": application.subject,
        "exam_route": codes.EXAM_ROUTES.get(application.exam_route or ""),
        "exam_number": exam.number if exam else "",
        "delivery": codes.DELIVERIES.get(application.delivery or ""),
    }


def _putonghua_level(spoken: PutonghuaCertificate | None) -> str:
    if spoken is None:
        return ""
    return (
        gettext("免测")
        if spoken.source == RecordSource.EXEMPT
        else codes.PUTONGHUA_LEVELS.get(spoken.level, spoken.level)
    )


def _resume_row(row: dict[str, str]) -> dict[str, str]:
    until = dates.format_resume_end(row["until"])
    return {**row, "from": dates.format_month(row["from"]), "until": until}
