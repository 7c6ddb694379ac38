"""A character that no paper can show is told where it is typed, or refused where nobody else knows it."""

from __future__ import annotations

import re

import pytest

from domain.papers import form_facts, unprintable_text
from models import db
from models.persons.people import Person
from tests.handlers.apply.conftest import DETAILS, Applicant, change, errors, the_application

RARE, PRIVATE = "\U00031000", "\ue123"  # of Extension H, in no typeface at hand; of somebody's own computer
TEXTS = ("household_place", "birth_place", "mailing_address", "employer", "resume.0.organisation")
TEXTS = (*TEXTS, "resume.1.post", "resume.2.witness", "delivery_address")


@pytest.mark.found("A9")
@pytest.mark.parametrize("name", TEXTS)
def test_a_character_of_private_use_is_refused_at_its_field(applicant: Applicant, name: str) -> None:
    applicant.until("details")
    answer = applicant.detail(**{name: f"衢州{PRIVATE}", "delivery": "post"})
    assert answer.status_code == 422
    assert "U+E123" in errors(answer)
    assert "请换成标准字" in errors(answer)
    assert f"衢州{PRIVATE}" in answer.text


@pytest.mark.found("A9")
def test_a_rare_character_is_accepted_and_told(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    rare = {"employer": f"{RARE}水小学", "resume.1.witness": f"王{RARE}"}
    refused = applicant.detail(**rare, postcode="1").text
    at_field = re.findall(
        r'id="(employer|resume-1-witness)-glyphs".*?U\+31000.*?目前打印不出来', refused, re.S
    )
    assert at_field == ["employer", "resume-1-witness"]
    assert 'aria-describedby="employer-glyphs' in refused
    assert applicant.detail(**rare).status_code in {302, 303}
    page = applicant.open("check")
    assert "U+31000" in page.split('class="who"')[0]
    assert "工作单位：" in page
    assert "个人简历第 2 段：证明人" in page
    assert the_application(1).employer == f"{RARE}水小学"


@pytest.mark.found("A9")
def test_drawable_names_are_not_spoken_of(applicant: Applicant) -> None:
    applicant.until("reminder")
    with change():
        db.session.get_one(Person, 1).name = "张𠮷𩸽𪚥"
    page = applicant.client.get(f"/apply/applications/{the_application(1).id}/details").text
    assert "打印不出来" not in page
    with change():
        db.session.get_one(Person, 1).name = f"张{RARE}"
    number = the_application(1).id
    page = applicant.client.get(f"/apply/applications/{number}/details").text
    assert "<li>姓名：“\U00031000”（U+31000）</li>" in page
    assert applicant.client.get(f"/apply/applications/{number}/form.pdf").mimetype == "application/pdf"


@pytest.mark.found("A9")
def test_every_typed_text_of_the_sheet_is_looked_at(applicant: Applicant) -> None:
    applicant.until("details")
    applicant.draw()
    typed = {name: f"{RARE}{value}" for name, value in DETAILS.items() if name in TEXTS}
    assert applicant.detail(**typed).status_code in {302, 303}
    told = unprintable_text.list_unprintable_entries(form_facts.collect_texts(the_application(1)))
    assert len(told) == len(typed) == 7
    assert all(f"（U+{ord(RARE):X}）" in characters for _, characters in told)
