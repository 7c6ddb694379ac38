"""Every paper is tagged, says its title and language, and brings its letters along."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from connectors.documents import Typesetter
from connectors.documents.typeset import read_own_sheet
from tests.connectors.test_letters import FACTS, LETTERS, MORE, _made
from tests.connectors.test_typeset import FORM, _application_form, _certificate, _picture, typesetter

__all__ = ["typesetter"]
PICTURES = {
    "photo": _picture("JPEG", (295, 413)),
    "signature": _picture("PNG", (300, 120)),
    "verification_picture": _picture("PNG", (90, 90)),
}


def make_papers(typesetter: Typesetter) -> dict[str, bytes]:
    """Each sort of paper by the beginning of its title."""
    marks = PICTURES | {
        "verification_code": "7KQ2-94MD",
        "verification_address": "https://zige.example/verify",
    }
    made = {title: _made(typesetter, title, FACTS | MORE[title] | marks) for title in LETTERS}
    made["教师资格认定申请表"] = _application_form(typesetter, FORM | marks)
    made["教师资格证书"] = _certificate(
        typesetter, {"name": "郑雨桐", "number": "20263300131000042", **marks}
    )
    for name, title in (("undertaking", "个人承诺书"), ("medical_form", "申请教师资格人员体格检查表")):
        made[title] = typesetter.typeset_files(read_own_sheet(name), FORM | marks | {"kindergarten": "1"})
    return {title: document.content for title, document in made.items()}


def list_structure(node: pikepdf.Object) -> list[pikepdf.Dictionary]:
    """The elements of a tagged document in the order in which they are read."""
    if isinstance(node, pikepdf.Array):
        return [found for one in node for found in list_structure(one)]
    if not isinstance(node, pikepdf.Dictionary) or ("/S" not in node and "/K" not in node):
        return []
    return [node, *list_structure(node.get("/K", pikepdf.Array()))]


def list_fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """What describes the typefaces of a document."""
    found = [one for one in pdf.objects if isinstance(one, pikepdf.Dictionary)]
    return [one for one in found if one.get("/Type") == "/FontDescriptor"]


@pytest.mark.manual("N15", "Q5")
def test_every_paper_is_read_out_whole(typesetter: Typesetter) -> None:
    for title, content in make_papers(typesetter).items():
        with pikepdf.open(BytesIO(content)) as pdf:
            root = pdf.Root
            assert root.MarkInfo.Marked, title
            assert str(root.Lang) == "zh-CN", title
            assert root.ViewerPreferences.DisplayDocTitle, title
            assert str(pdf.docinfo["/Title"])[:4] in ("教师资格", title[:4]), title
            with pdf.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1", title
                assert "7KQ2-94MD" in metadata["dc:description"], title
            structure = list_structure(root.StructTreeRoot)
            kinds = [str(one.get("/S", "")) for one in structure]
            assert kinds.count("/H1") == 1, (title, kinds)
            figures = [one for one in structure if one.get("/S") == "/Figure"]
            assert all(str(one.get("/Alt", "")) for one in figures), title
            fonts = list_fonts(pdf)
            assert fonts, title
            assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one.keys()) for one in fonts), title


def test_a_sheet_that_cannot_be_read_out_is_printed_all_the_same(typesetter: Typesetter) -> None:
    made = typesetter.typeset_files({"sheet.typ": '#image("photo.jpg", width: 3cm)\n好'}, PICTURES)
    with pikepdf.open(BytesIO(made.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as metadata:
            assert "pdfuaid:part" not in metadata
