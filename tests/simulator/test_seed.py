"""The seed's people are sound, distinct and cover the stories."""

from __future__ import annotations

from datetime import date

from stdnum.cn import ric

from simulator.newcomers import is_valid_resident_id
from simulator.seed import PEOPLE


def test_document_numbers_are_sound_and_distinct():
    numbers = [person.document_number for person in PEOPLE]
    assert len(set(numbers)) == len(numbers)
    for person in PEOPLE:
        if len(person.document_number) == 18:
            assert is_valid_resident_id(person.document_number), person.name
            assert ric.is_valid(person.document_number) or person.document_number.startswith("8"), person.name
            assert person.document_number[6:14] == f"{person.birth_date:%Y%m%d}", person.name
            assert (person.sex == "male") == bool(int(person.document_number[16]) % 2), person.name


def test_certificate_numbers_are_distinct():
    fields = ("exam_certificates", "normal_student_certificates", "putonghua", "diplomas", "degrees")
    numbers = [record.number for person in PEOPLE for field in fields for record in getattr(person, field)]
    assert len(set(numbers)) == len(numbers)


def test_the_stories_are_there():
    kinds = {certificate.kind for person in PEOPLE for certificate in person.exam_certificates}
    assert kinds >= {"kindergarten", "primary", "junior", "senior"}
    documents = {person.document_kind for person in PEOPLE}
    assert documents == {"resident_id", "residence_permit", "hkm_pass", "tw_pass"}
    assert any(len(person.enrolments) > 1 for person in PEOPLE)
    assert any(person.normal_student_certificates for person in PEOPLE)
    assert any(c.valid_until < date(2026, 1, 1) for person in PEOPLE for c in person.exam_certificates)
    assert {"hit"} <= {person.offence for person in PEOPLE}
    assert {"pending"} <= {person.criminal_record for person in PEOPLE}
