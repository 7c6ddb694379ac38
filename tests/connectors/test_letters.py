"""The letters of an authority: every fact is there, however long it is, and nothing runs off the sheet."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from PIL import Image

from connectors.documents import TypesetDocument, Typesetter, list_letter_files
from domain.papers import letter_facts
from workflows.definitions import files

PROJECT = Path(__file__).resolve().parents[2]
LIBRARY = PROJECT / "workflows" / "library"
BEFORE = Path(__file__).parent / "letters_of_before"  # the templates with which letters were issued once
FONTS = PROJECT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
LETTERS = {
    "受理凭证": LIBRARY / "accreditation" / "letters" / "acceptance.letter.json",
    "补正材料告知书": LIBRARY / "confirmation" / "letters" / "correction.letter.json",
    "不予受理决定书": LIBRARY / "confirmation" / "letters" / "not_accepted.letter.json",
    "不予认定教师资格决定书": LIBRARY / "review" / "letters" / "refused.letter.json",
}
# A fact of today → what the templates of before called it.
FORMER_NAMES = {
    "unsound_materials": "items",
    "return_note": "opinion",
    "correct_until": "until",
    "return_site": "site",
    "return_site_address": "site_address",
    "reasons_of_confirmation": "reasons",
    "reasons_of_decision": "reasons",
    "exam_number": "exam",
    "confirming_officer": "officer",
}
FACTS: dict[str, Any] = {
    "authority": "柯城区教育局",
    "number": "教资补告〔2026〕2604003157号",
    "name": "郑雨桐",
    "document_kind": "居民身份证",
    "document_number": "330802200403120024",
    "registration_number": "2604 0031 57",
    "kind": "初级中学教师资格",
    "subject": "数学",
    "issued_on": "2026年4月22日",
    "phone": "0570-3021234",
    "verification_code": "7KQ294MD12AB",
}
MORE: dict[str, dict[str, Any]] = {
    "受理凭证": {
        "materials": ["身份证件", "体检合格证明"],
        "due_on": "2026年6月9日",
        "confirming_officer": "王敏",
    },
    "补正材料告知书": {
        "unsound_materials": [{"name": "体检合格证明", "verdict": "不符合", "reason": "缺少医院盖章"}],
        "unsound_count": "1",
        "correct_until": "2026年4月28日17:00",
    },
    "不予受理决定书": {
        "reasons_of_confirmation": ["不属于本机关的认定范围。"],
        "government": "柯城区人民政府",
    },
    "不予认定教师资格决定书": {"reasons_of_decision": ["学历不符合要求。"], "government": "柯城区人民政府"},
}
# What the law wants each of them to say.
LAW = {
    "受理凭证": ("第三十二条", "三十个工作日", "1．身份证件", "2．体检合格证明", "2026年6月9日", "王敏"),
    "补正材料告知书": ("第三十二条第一款第四项", "一次告知", "缺少医院盖章", "2026年4月28日17:00前补正"),
    "不予受理决定书": ("第三十二条", "第十五条", "不属于本机关的认定范围", "六十日内", "六个月内"),
    "不予认定教师资格决定书": (
        "第三十八条",
        "第十六条",
        "学历不符合要求",
        "柯城区人民政府申请行政复议",
        "六个月内",
    ),
}


@pytest.fixture(scope="module")
def typesetter() -> Typesetter:
    return Typesetter(FONTS)


def _files(title: str) -> dict[str, str]:
    (found,) = files.read_file(LETTERS[title].name, LETTERS[title].read_bytes())
    return dict(list_letter_files(found.value.layout))


def _made(typesetter: Typesetter, title: str, facts: dict[str, Any]) -> TypesetDocument:
    return typesetter.typeset_files(_files(title), facts)


def _made_before(typesetter: Typesetter, title: str, facts: dict[str, Any]) -> TypesetDocument:
    name = LETTERS[title].name.replace(".letter.json", ".typ")
    templates = {file: (BEFORE / file).read_text(encoding="utf-8") for file in (name, "official.typ")}
    return typesetter.typeset_files(
        templates, {FORMER_NAMES.get(name, name): fact for name, fact in facts.items()}
    )


def _pages(document: TypesetDocument) -> list[str]:
    reader = pypdf.PdfReader(BytesIO(document.content))
    return ["".join(page.extract_text().replace("\u200b", "").split()) for page in reader.pages]


@pytest.mark.parametrize("title", LETTERS)
def test_a_letter_says_who_what_and_by_which_law(typesetter: Typesetter, title: str) -> None:
    document = _made(typesetter, title, {**FACTS, **MORE[title]})
    (page,) = _pages(document)
    for words in (title, "教资补告〔2026〕2604003157号", "郑雨桐", "330802200403120024", "第1页共1页"):
        assert words in page, words
    for words in LAW[title]:
        assert words in page, words
    box = pypdf.PdfReader(BytesIO(document.content)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (210, 297)


@pytest.mark.found("D4")
@pytest.mark.parametrize("more", [{}, {"return_site": "衢州学院", "exam_number": "20263300000001"}])
@pytest.mark.parametrize("title", LETTERS)
def test_a_letter_as_data_says_what_its_template_said(
    typesetter: Typesetter, title: str, more: dict[str, str]
) -> None:
    facts = {**FACTS, **MORE[title], **more, "site": more.get("return_site", ""), "address": "三衢路1号"}
    assert _pages(_made(typesetter, title, facts)) == _pages(_made_before(typesetter, title, facts))


@pytest.mark.parametrize("title", LETTERS)
def test_whatever_a_letter_takes_is_there_to_be_read(title: str) -> None:
    (found,) = files.read_file(LETTERS[title].name, LETTERS[title].read_bytes())
    assert found.value.fields - letter_facts.FIELDS.keys() == set()


@pytest.mark.parametrize("title", LETTERS)
def test_a_letter_without_facts_is_still_a_sheet(typesetter: Typesetter, title: str) -> None:
    assert len(_pages(_made(typesetter, title, {}))) == 1


@pytest.mark.parametrize("title", LETTERS)
def test_the_same_facts_make_the_same_bytes(typesetter: Typesetter, title: str) -> None:
    facts = {**FACTS, **MORE[title]}
    assert _made(typesetter, title, facts).content == _made(typesetter, title, facts).content


def _long() -> dict[str, Any]:
    item = {
        "name": "外省学校出具的实习鉴定和教育实践考核合格证明" + "M" * 40,
        "verdict": "不符合",
        "reason": "这一项的原因写得很长，" * 12 + "W" * 120,
    }
    return FACTS | {
        "authority": "浙江省衢州市柯城区教育体育和科学技术事业发展管理局",
        "name": "阿卜杜热西提·买买提艾力·吾布力哈斯木" * 2,
        "unsound_count": "20",
        "unsound_materials": [item | {"name": f"{place}号{item['name']}"} for place in range(1, 21)],
        "materials": [f"{place}号材料" + "名称很长" * 12 for place in range(1, 21)],
        "reasons_of_confirmation": ["理由" * 250, "https://" + "a" * 200],
        "reasons_of_decision": ["理由" * 250, "https://" + "a" * 200],
        "return_note": ["W" * 300],
        "correct_until": "2026年4月28日17:00",
        "site": "衢州学院" * 12,
        "return_site": "衢州学院" * 12,
    }


@pytest.mark.parametrize("title", LETTERS)
def test_long_facts_go_on_over_numbered_pages_and_stay_on_the_sheet(
    typesetter: Typesetter, title: str
) -> None:
    document = _made(typesetter, title, _long())
    pages = _pages(document)
    assert len(pages) > 1
    for place, page in enumerate(pages, start=1):
        assert f"第{place}页共{len(pages)}页" in page
    if title == "补正材料告知书":
        assert all(f"{place}号外省学校" in "".join(pages) for place in range(1, 21))
        assert "共20项" in pages[0]


@pytest.mark.parametrize("title", LETTERS)
def test_nothing_is_drawn_outside_the_margins(tmp_path: Path, title: str) -> None:
    templates = _files(title)
    for name, text in templates.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    pages = typst.compile(
        tmp_path / next(iter(templates)),
        format="png",
        ppi=36,
        font_paths=[FONTS],
        sys_inputs={"facts": json.dumps(_long(), ensure_ascii=False)},
    )
    assert len(pages) > 1
    margin = int(27 / 25.4 * 36)
    for page in pages:
        sheet = Image.open(BytesIO(page)).convert("L")
        for left in (0, sheet.width - margin):
            strip = sheet.crop((left, 0, left + margin, sheet.height))
            assert strip.getextrema() == (255, 255)


@pytest.mark.parametrize(
    "text", ['#panic("x")', "*重*", "$x^2$", '"); #read("/etc/passwd")', "\\", "= 标题", "@ref"]
)
def test_reasons_are_never_markup(typesetter: Typesetter, text: str) -> None:
    made = _made(typesetter, "不予认定教师资格决定书", FACTS | {"reasons_of_decision": [text], "name": text})
    assert "".join(_pages(made)).count(text.replace(" ", "")) >= 2


@pytest.mark.parametrize(
    ("facts", "said"),
    [({}, "没有丙"), ({"site": "甲"}, "有甲丁"), ({"site": "甲", "items": ["乙"]}, "有甲丁")],
)
def test_what_stands_under_a_condition(typesetter: Typesetter, facts: dict[str, Any], said: str) -> None:
    plain = {"bold": False}
    parts = [
        {**plain, "when": "site", "pieces": [{"text": "有"}, {"field": "site"}]},
        {**plain, "unless": "site", "pieces": [{"text": "没有"}]},
    ]
    body = [
        {"type": "paragraph", "parts": parts},
        {"type": "paragraph", "unless": "site", "parts": [{**plain, "pieces": [{"text": "丙"}]}]},
        {"type": "paragraph", "when": "site", "parts": [{**plain, "pieces": [{"text": "丁"}]}]},
        {
            "type": "paragraph",
            "when": "items",
            "unless": "items",
            "parts": [{**plain, "pieces": [{"text": "戊"}]}],
        },
        {"type": "findings", "list": "nothing"},
        {"type": "quoted", "list": "nothing"},
    ]
    layout = {"heading": "标题", "seal": "章", "body": body}
    (page,) = _pages(typesetter.typeset_files(dict(list_letter_files(layout)), facts))
    assert page.removeprefix("标题").partition("第1页")[0] == said


def test_characters_without_a_glyph_are_told(typesetter: Typesetter) -> None:
    rare = chr(0xE123)
    assert _made(typesetter, "受理凭证", FACTS | {"name": f"王{rare}"}).missing == (rare,)
    assert typesetter.missing({"items": [{"reason": rare}]}) == (rare,)
    assert typesetter.missing(FACTS) == ()
