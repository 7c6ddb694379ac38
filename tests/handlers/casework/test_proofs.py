"""Every paper carries a code by which anybody finds out whether it is genuine, and nothing more."""

from __future__ import annotations

import hashlib
import re
from datetime import date, timedelta
from io import BytesIO

import pypdf
import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from domain.papers import paper_codes
from domain.papers.paper_codes import LETTERS, PaperKind, PaperReference
from domain.wording import dates
from models import db
from models.base.database import writing
from models.cases.applications import Application, Certificate, Opinion
from models.cases.letters import Letter
from models.cases.states import Standing
from tests.handlers.casework.conftest import NUMBER, SignedIn, World
from tests.handlers.casework.test_check import ALL, waiting
from tests.handlers.casework.test_letters import check, issue, the_letters
from tests.handlers.conftest import words
from workflows.clock import now

__all__ = ["waiting"]
CODE = re.compile(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}")
FORM = PaperReference(kind=PaperKind.APPLICATION_FORM, row=1, version=0, day=date(2026, 4, 22))


def printed_code(client: FlaskClient, address: str) -> str:
    """The code that stands on a paper, which its QR code says too."""
    pdf = pypdf.PdfReader(BytesIO(client.get(address).data))
    (code,) = set(CODE.findall("".join(page.extract_text() for page in pdf.pages)))
    address = f"{client.application.config['PUBLIC_URL']}/verify?code={code}"
    assert segno_picture(address) in [image.image.convert("1").tobytes() for image in pdf.pages[-1].images]
    return code


def segno_picture(address: str) -> bytes:
    """The QR code of an address, as the points of a picture."""
    target = BytesIO()
    segno.make_qr(address, error="m").save(target, kind="png", scale=6, border=2)
    return Image.open(BytesIO(target.getvalue())).convert("1").tobytes()


def told(client: FlaskClient, code: str, **more: str) -> str:
    """What the public page says of a code, without the form below."""
    answer = client.get("/verify", query_string={"code": code, **more})
    assert answer.status_code == 200, answer.status
    return read_answer(answer)


def read_answer(answer: TestResponse) -> str:
    """The part of the page that answers."""
    return words(answer).partition("<main")[2].partition("<form")[0]


def change(world: World, **values: object) -> None:
    """Another state of the case."""
    db.session.rollback()
    writing.set(True)
    case = db.session.get_one(Application, world.application)
    for name, value in values.items():
        setattr(case, name, value)
    db.session.commit()
    writing.set(None)


@pytest.mark.manual("N15")
@pytest.mark.found("S10")
@pytest.mark.corrupts
def test_the_application_form_is_proved_until_it_changes(
    client: FlaskClient, world: World, signed_in: SignedIn
) -> None:
    code = printed_code(signed_in("decider"), f"/work/cases/{world.application}/application-form.pdf")
    said = told(client, code)
    for word in (
        "教师资格认定申请表",
        "现在有效",
        "2611 0000 01",
        "郑**",
        "第1教育局",
        dates.format_day(now()),
    ):
        assert word in said, word
    assert "雨桐" not in said
    assert NUMBER not in said
    change(world, revision=db.session.get_one(Application, world.application).revision + 1)
    assert "已被替换" in told(client, code)
    change(world, standing=Standing.WITHDRAWN)
    assert "已失效" in told(client, code)


@pytest.mark.manual("N15")
@pytest.mark.found("S10")
@pytest.mark.corrupts
def test_a_letter_is_proved_until_another_one_counts(
    client: FlaskClient, waiting: World, signed_in: SignedIn
) -> None:
    clerk = signed_in("clerk")
    check(clerk, waiting, *ALL, materials="conform")
    (letter,) = the_letters()
    code = printed_code(clerk, f"/work/cases/{waiting.application}/letters/{letter.id}.pdf")
    said = told(client, code)
    for word in (letter.title, letter.number, "郑**", "第1教育局", "现在有效"):
        assert word in said, word
    issue(waiting, "acceptance")
    assert "已被替换" in told(client, code)
    second = the_letters()[-1]
    assert second.number in told(client, second.facts["verification_code"])
    writing.set(True)
    back = Opinion(
        application_id=waiting.application,
        stage="set_back",
        verdict="set_back",
        person_id=waiting.people["decider"],
        at=now() + timedelta(minutes=1),
    )
    db.session.add(back)
    db.session.commit()
    writing.set(None)
    assert "已失效" in told(client, second.facts["verification_code"])


@pytest.mark.manual("N15")
@pytest.mark.found("S10")
@pytest.mark.corrupts
def test_a_certificate_is_proved(client: FlaskClient, world: World, signed_in: SignedIn) -> None:
    world.start("certificate")
    change(world, standing=Standing.GRANTED)
    row = db.session.query(Certificate).one()
    code = printed_code(signed_in("certificates"), f"/work/certificates/{row.id}.pdf")
    said = told(client, code)
    for word in ("教师资格证书", row.number, "郑**", "第1教育局", "现在有效"):
        assert word in said, word
    change(world, standing=Standing.REFUSED)
    assert "已失效" in told(client, code)


@pytest.mark.corrupts
def test_the_short_codes_of_before_are_proved_by_the_number_too(
    app: Flask, client: FlaskClient, waiting: World, signed_in: SignedIn
) -> None:
    check(signed_in("clerk"), waiting, *ALL, materials="conform")
    writing.set(True)
    letter = db.session.query(Letter).one()
    letter.facts, number = {**letter.facts, "verification_code": "7C0F94AD12AB"}, letter.number
    db.session.commit()
    writing.set(None)
    assert number in told(client, "7c0f94ad12ab", number=number)
    assert "没有核对到" in told(client, "7C0F94AD12AB")
    assert "没有核对到" in told(client, "7C0F94AD12AC", number=number)
    waiting.start("certificate")
    row = db.session.query(Certificate).one()
    secret = app.config["SECRET_KEY"]
    former = hashlib.sha256(f"certificate:{row.number}:{secret}".encode()).hexdigest()[:12].upper()
    assert "教师资格证书" in told(client, former, number=row.number)


@pytest.mark.found("S10")
def test_who_guesses_is_told_one_thing_and_only_so_often(client: FlaskClient, world: World) -> None:
    genuine = paper_codes.write_code(FORM)
    nobody = paper_codes.write_code(PaperReference(**{**vars(FORM), "row": 77}))
    letterless = paper_codes.write_code(PaperReference(**{**vars(FORM), "kind": PaperKind.LETTER}))
    last = LETTERS[(LETTERS.index(genuine[-1]) + 1) % 32]
    guesses = (
        genuine[:-1] + last,
        nobody,
        letterless,
        "?",
        "0" * 20,
        "123456789012",
        "码" * 60,
        genuine + "0",
    )
    page = client.get("/verify", query_string={"code": guesses[0]}).text.replace(guesses[0], "")
    assert "没有核对到这份文书" in page
    for guess in guesses[1:]:
        answer = client.get("/verify", query_string={"code": guess})
        assert read_answer(answer) == told(client, guesses[0]), guess
    for _ in range(20):
        assert "教师资格认定申请表" in told(client, genuine), "what is right costs nothing"
    statuses = [client.get("/verify", query_string={"code": "0" * 20}).status_code for _ in range(30)]
    assert statuses[-1] == 429
    refused = client.get("/verify", query_string={"code": genuine})
    assert (refused.status_code, "核对不到的次数过多" in refused.text) == (429, True)
    assert client.get("/verify").status_code == 200


def test_what_is_typed_leads_to_the_address_of_the_qr_code(client: FlaskClient, world: World) -> None:
    empty = client.post("/verify", data={"code": " ", "number": "12"})
    assert (empty.status_code, 'href="#code"' in empty.text) == (422, True)
    assert 'value="12"' in empty.text
    sent = client.post("/verify", data={"code": "TPV5 A9MR", "number": ""})
    assert (sent.status_code, sent.location) == (303, "/verify?code=TPV5+A9MR")
    shown = client.get(sent.location).text
    assert "没有核对到这份文书" in shown
    assert 'value="TPV5 A9MR"' in shown
    assert client.post("/verify", data={"code": "9" * 101}).status_code == 422


@pytest.mark.parametrize("kind", PaperKind)
def test_a_code_is_read_however_it_is_typed(app: Flask, kind: PaperKind) -> None:
    reference = PaperReference(kind=kind, row=2**28 - 1, version=4095, day=FORM.day)
    code = paper_codes.write_code(reference)
    assert CODE.fullmatch(code)
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " － "), f" {code} "):
        assert paper_codes.read_code(typed) == reference
    assert paper_codes.read_code(code.replace("0", "O").replace("1", "l")) == reference
    for place, letter in enumerate(code):
        if letter != "-":
            other = LETTERS[(LETTERS.index(letter) + 7) % 32]
            assert paper_codes.read_code(code[:place] + other + code[place + 1 :]) is None


def test_no_other_key_reads_a_code(app: Flask) -> None:
    code, known = paper_codes.write_code(FORM), app.config["SECRET_KEY"]
    app.config["SECRET_KEY"] = "of another installation, as long as one has to be"
    try:
        assert paper_codes.read_code(code) is None
    finally:
        app.config["SECRET_KEY"] = known
    with pytest.raises(ValueError, match="no place"):
        paper_codes.write_code(PaperReference(**{**vars(FORM), "row": 2**28}))
