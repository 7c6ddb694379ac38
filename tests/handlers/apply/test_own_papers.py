"""个人承诺书 and 体检表 as the applicant prints them: filled in from the application, with a code."""

from __future__ import annotations

import re
from io import BytesIO

import pypdf
import pytest

from domain.papers import printing
from models import db
from models.base.database import writing
from tests.handlers.apply.conftest import Applicant, applicant, registers, the_application, town, world
from tests.handlers.conftest import words

__all__ = ["applicant", "registers", "town", "world"]
CODE = re.compile(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}")


def read_pages(content: bytes) -> list[str]:
    """The words of each page without the spaces between them."""
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return ["".join(page.extract_text().split()) for page in pages]


def set_kind(kind: str) -> None:
    """Another kind of qualification for the application."""
    writing.set(True)
    the_application(1).kind = kind
    db.session.commit()
    writing.set(None)


@pytest.fixture
def registered(applicant: Applicant) -> Applicant:
    """Somebody whose application has its number."""
    applicant.until("reminder")
    assert the_application(1).registration_number
    return applicant


@pytest.mark.manual("N15")
def test_the_undertaking_is_printed_with_its_signature(registered: Applicant) -> None:
    answer = registered.client.get("/apply/applications/1/undertaking.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert "no-store" in answer.headers["Cache-Control"]
    (page,) = read_pages(answer.data)
    case = the_application(1)
    for said in ("个人承诺书", case.person.name, case.person.document_number, case.subject, "五年内不得申请"):
        assert said in page, said
    assert f"{case.undertaken_at.year}年" in page
    pictures = pypdf.PdfReader(BytesIO(answer.data)).pages[0].images
    assert len(pictures) == 2, "the signature and the QR code"
    told = words(registered.client.get("/verify", query_string={"code": CODE.search(page)[0]}))
    assert "个人承诺书" in told
    assert "现在有效" in told


@pytest.mark.manual("N15")
def test_the_medical_form_is_filled_in_as_far_as_it_is_known(registered: Applicant) -> None:
    answer = registered.client.get("/apply/applications/1/medical-form.pdf")
    (page,) = read_pages(answer.data)
    case = the_application(1)
    for said in (
        case.person.name,
        case.person.document_number,
        "既往病史",
        "单色识别",
        "肝脏",
        "主检医师签名",
    ):
        assert said in page, said
    assert "淋球菌" not in page
    told = words(registered.client.get("/verify", query_string={"code": CODE.search(page)[0]}))
    assert "申请教师资格人员体格检查表" in told
    for place in ("details", "notes"):
        shown = registered.client.get(f"/apply/applications/1/{place}").text
        assert "/apply/applications/1/medical-form.pdf" in shown, place


@pytest.mark.corrupts
def test_who_looks_after_children_is_examined_for_more(registered: Applicant) -> None:
    set_kind(printing.KINDERGARTEN)
    (page,) = read_pages(registered.client.get("/apply/applications/1/medical-form.pdf").data)
    for said in ("淋球菌", "梅毒螺旋体", "滴虫", "假丝酵母菌"):
        assert said in page, said
