"""Where somebody applies: the regions that are places, and the grounds on which a place is chosen."""

from __future__ import annotations

import re

import pytest

from handlers.apply.choices import offers
from models import db
from models.authorities.places import Region
from models.base import codes
from models.persons.people import Person
from tests.handlers.apply.conftest import Applicant, change, errors, the_application


@pytest.fixture
def districts(world: None) -> None:
    """The code list as some publish it: the districts of a city together, and a city that is a province."""
    with change():
        db.session.add(Region(code="330801", name="市辖区", level="county", parent_code="330800"))
        db.session.add(Region(code="110000", name="北京市", level="province", parent_code=None))
        db.session.flush()
        db.session.add(Region(code="110100", name="市辖区", level="city", parent_code="110000"))
        db.session.flush()
        db.session.add(Region(code="110108", name="海淀区", level="county", parent_code="110100"))


@pytest.mark.manual("W3")
def test_districts_taken_together_are_no_county(districts: None) -> None:
    found = offers.list_region_choices({"province": "330000", "city": "330800"})
    assert "330802" in dict(found["counties"])
    assert "市辖区" not in dict(found["counties"]).values()


@pytest.mark.manual("W3")
def test_districts_taken_together_cannot_be_sent(districts: None, applicant: Applicant) -> None:
    applicant.until("authority")
    assert "请选择县（市、区）" in errors(applicant.choose(county="330801"))
    assert the_application(1).street is None


def test_a_city_under_the_central_government_bears_its_own_name(districts: None) -> None:
    found = offers.list_region_choices({"province": "110000", "city": "110100"})
    assert found["cities"] == [("110100", "北京市")]
    assert found["counties"] == [("110108", "海淀区")]


@pytest.mark.manual("W3")
def test_every_ground_says_what_it_means_and_what_proves_it(applicant: Applicant) -> None:
    applicant.until("authority")
    page = applicant.open("authority")
    hints = re.findall(r'name="basis".*?<small>([^<]+)</small>', page)
    assert len(hints) == len(set(hints)) == len(codes.BASES)
    for proof in ("户口簿", "居住证", "学生证", "军官证"):
        assert any(proof in hint for hint in hints), proof


@pytest.mark.manual("W3")
@pytest.mark.parametrize(("kind", "open_ones"), [("resident_id", 4), ("hkm_pass", 5)])
def test_a_ground_of_other_papers_is_closed(applicant: Applicant, kind: str, open_ones: int) -> None:
    applicant.until("authority")
    with change():
        db.session.get_one(Person, 1).document_kind = kind
    shown = re.findall(r'<input type="radio"[^>]*name="basis"[^>]*>', applicant.open("authority"))
    assert len([one for one in shown if " disabled" not in one]) == open_ones
    answer = applicant.choose(basis="hkmt")
    assert ("限港澳台居民" in errors(answer)) == (kind == "resident_id")
