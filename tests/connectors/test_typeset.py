"""Documents hold every fact, as text, on the pages they should have."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pikepdf
import pypdf
import pypdfium2
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from connectors.documents import TypesetDocument, Typesetter

PROJECT = Path(__file__).resolve().parents[2]
RARE = [Path("/usr/share/fonts/truetype/hanazono"), Path("/nowhere")]
RESUME = {
    "from": "2022年9月",
    "until": "至今",
    "organisation": "衢州学院",
    "post": "学生",
    "witness": "王老师",
}
FORM = {
    "registration_number": "2604003157",
    "authority": "柯城区教育局",
    "name": "郑雨桐",
    "document_number": "330802200403120023",
    "kind": "初级中学教师资格",
    "subject": "数学",
    "mailing_address": "浙江省衢州市柯城区九华北大道78号",
    "resume": [RESUME],
    "undertaking": ["本人填报的信息真实、准确。"],
    "signed_on": "2026年4月20日",
    "site_opinion": {"text": "材料齐全，予以受理。", "officer": "王敏", "date": "2026年4月22日"},
    "printed_at": "2026年4月20日 10:32",
    "verification_code": "7KQ2-94MD",
}


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    fonts = PROJECT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
    return Typesetter(fonts, rare=RARE)


def _application_form(typesetter: Typesetter, facts: dict[str, object]) -> TypesetDocument:
    return typesetter.typeset_files(_sheet("accreditation/sheets/application_form.typ"), facts)


def _certificate(typesetter: Typesetter, facts: dict[str, object]) -> TypesetDocument:
    return typesetter.typeset_files(_sheet("certificate/sheets/certificate.typ"), facts)


def _sheet(path: str) -> dict[str, str]:
    file = PROJECT / "workflows" / "library" / path
    return {file.name: file.read_text(encoding="utf-8")}


def _pages(document: TypesetDocument) -> list[str]:
    reader = pypdf.PdfReader(BytesIO(document.content))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def _picture(form: str, size: tuple[int, int]) -> bytes:
    target = BytesIO()
    Image.new("RGB", size, "grey").save(target, form)
    return target.getvalue()


@pytest.mark.manual("Q5")
def test_the_application_form_is_two_pages_with_every_fact(typesetter):
    front, back = _pages(_application_form(typesetter, FORM))
    for fact in ("2604003157", "郑雨桐", "330802200403120023", "九华北大道78号", "衢州学院", "王老师"):
        assert fact in front
    for fact in ("本人填报的信息真实、准确。", "材料齐全，予以受理。", "王敏", "2026年4月22日"):
        assert fact in back
    assert "第1页共2页" in front
    assert "第2页共2页" in back
    assert "7KQ2-94MD" in front
    assert "校验码：7KQ2-94MD" in back
    assert "校验码" not in _pages(_application_form(typesetter, {**FORM, "verification_code": ""}))[1]


def test_the_longest_facts_still_fit_on_two_pages(typesetter):
    wide = {
        "household_place": "县" * 60,
        "birth_place": "县" * 60,
        "mailing_address": "路" * 100,
        "employer": "校" * 60,
    }
    rows = [RESUME | {"organisation": "校" * 60, "post": "职" * 30, "witness": "证" * 30}] * 8
    undertaking = ["承诺" * 150, "承诺" * 150]
    document = _application_form(typesetter, FORM | wide | {"resume": rows, "undertaking": undertaking})
    assert len(_pages(document)) == 2


def test_pictures_are_set(typesetter):
    with_pictures = FORM | {"photo": _picture("JPEG", (295, 413)), "signature": _picture("PNG", (300, 120))}
    reader = pypdf.PdfReader(BytesIO(_application_form(typesetter, with_pictures).content))
    assert [image.image.size for page in reader.pages for image in page.images] == [(295, 413), (300, 120)]


@pytest.mark.parametrize(
    "text", ['#panic("x")', "*重*", "$x^2$", "#sys.inputs", '"); #read("/etc/passwd")', "<b>&amp;</b>", "\\"]
)
def test_what_people_write_is_never_markup(typesetter, text):
    front = _pages(_application_form(typesetter, FORM | {"employer": text}))[0]
    assert text.replace(" ", "") in front


def test_missing_facts_leave_their_place_empty(typesetter):
    assert len(_pages(_application_form(typesetter, {}))) == 2
    assert len(_pages(_certificate(typesetter, {}))) == 4


def test_characters_without_a_glyph_are_told(typesetter):
    assert _application_form(typesetter, FORM | {"name": "龚𬭎·买买提"}).missing == ()
    rare = chr(0xE123)  # private use: what a register writes for a character that has no code yet
    assert _application_form(typesetter, FORM | {"name": f"王{rare}"}).missing == (rare,)
    assert _application_form(typesetter, FORM | {"resume": [RESUME | {"witness": rare}]}).missing == (rare,)


def _embedded(document: TypesetDocument) -> dict[str, TTFont]:
    """The typefaces within a PDF by their names, as they were embedded."""
    found = {}
    with pikepdf.open(BytesIO(document.content)) as pdf:
        for one in pdf.objects:
            if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one:
                found[str(one.FontName).partition("+")[2]] = TTFont(BytesIO(one.FontFile2.read_bytes()))
    return found


def _drawn(document: TypesetDocument, page: int) -> str:
    with pypdfium2.PdfDocument(document.content) as pdf:
        return "".join(pdf[page].get_textpage().get_text_range().split())


@pytest.mark.found("A9")
def test_rare_characters_of_a_name_are_drawn(typesetter):
    form, certificate = (
        make(typesetter, {**FORM, "name": "张𠮷𩸽𪚥"}) for make in (_application_form, _certificate)
    )
    assert "张𠮷𩸽𪚥" in _drawn(form, 0)
    assert "张𠮷𩸽𪚥" in _drawn(certificate, 1)
    for document in (form, certificate):
        assert document.missing == ()
        rare = [font for name, font in _embedded(document).items() if name.startswith("HanaMin")]
        # The first glyph of a typeface is the box; of three characters each has an outline of its own.
        outlines = {
            name for font in rare for name in font.getGlyphOrder()[1:] if font["glyf"][name].numberOfContours
        }
        assert len(outlines) == 3


@pytest.mark.found("A9")
@pytest.mark.parametrize("strange", ["\ue123", "\U000f0001", "\U000e0fff", "\U00031000", "\U0001f980"])
def test_what_no_typeface_has_is_marked_and_told(typesetter, strange):
    facts = {**FORM, "name": f"王{strange}", "resume": [RESUME | {"witness": strange}]}
    document = _application_form(typesetter, facts)
    assert document.missing == typesetter.missing(facts) == (strange,)
    assert "王〓" in _drawn(document, 0)


@pytest.mark.found("A9")
def test_a_private_character_is_missing_although_a_typeface_maps_it(typesetter):
    with TTFont(RARE[0] / "HanaMinA.ttf", lazy=True) as font:
        mapped = font.getBestCmap()
    private = [chr(one) for one in mapped if 0xE000 <= one <= 0xF8FF]
    assert len(private) > 1000
    assert typesetter.missing({"name": "".join(private)}) == tuple(sorted(private))


@pytest.mark.found("A9")
def test_a_folder_of_rare_typefaces_may_be_absent(typesetter):
    fonts = PROJECT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
    bare = Typesetter(fonts, rare=["/nowhere"])
    assert _certificate(bare, {"name": "张𪚥"}).missing == ("𪚥",)


def test_the_certificate_is_a_booklet_of_its_own_size(typesetter):
    facts = {"number": "20263300131000042", "name": "郑雨桐", "kind": "初级中学教师资格", "sample": "样本"}
    document = _certificate(typesetter, facts)
    pages = _pages(document)
    assert "20263300131000042" in pages[2]
    assert all("样本" in page for page in pages)
    box = pypdf.PdfReader(BytesIO(document.content)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (145, 205)
    assert "样本" not in "".join(_pages(_certificate(typesetter, facts | {"sample": ""})))


def test_a_folder_without_fonts_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing-here"):
        _certificate(Typesetter(tmp_path / "nothing-here", fallback=tmp_path), {})
