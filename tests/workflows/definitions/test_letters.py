"""A letter as data: what is wrong with it is told at its block, with the word that may have been meant."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from domain.papers import letter_facts
from models.processes.states import DefinitionSort
from workflows.definitions import files
from workflows.definitions.files import FoundDefinition
from workflows.definitions.letters import ALWAYS, OF_BLOCK, Letter, Sheet
from workflows.problems import LintRefused

PAGE = Path(__file__).parents[3] / "docs" / "letters.md"
GOOD: dict[str, Any] = {
    "key": "reminder",
    "title": {"zh": "提醒", "en": "Reminder"},
    "series": "教资提",
    "seal": "专用章",
    "notice": "correction",
    "body": [
        {"type": "addressee"},
        {"type": "paragraph", "text": "您的报名号 {registration_number}，{{原文}}。"},
        {
            "type": "paragraph",
            "when": "unsound_materials",
            "parts": [
                {"text": "请于"},
                {"text": "{correct_until}", "bold": True},
                {"unless": "return_site", "text": "前上传"},
            ],
        },
        {"type": "particulars", "rows": [{"label": "材料", "list": "materials"}]},
        {"type": "findings", "list": "unsound_materials"},
        {"type": "quoted", "list": "return_note"},
        {"type": "remedies"},
        {"type": "contact"},
        {"type": "signed"},
    ],
}


def read(content: dict[str, Any]) -> FoundDefinition:
    """A letter as it is deployed."""
    (found,) = files.read_file("letters/reminder.letter.json", json.dumps(content).encode())
    return found


def find_problem(content: dict[str, Any]) -> tuple[str | None, str]:
    """Where the one problem of a letter is, and what it says."""
    with pytest.raises(LintRefused) as error:
        read(content)
    (problem,) = error.value.problems
    assert (problem.file, problem.rule) == ("letters/reminder.letter.json", "letter")
    return problem.element, problem.message


def changed(place: int, **more: Any) -> dict[str, Any]:
    """The letter with another block at a place."""
    content = deepcopy(GOOD)
    content["body"][place] |= more
    return content


def test_a_letter_is_read_with_all_that_it_takes() -> None:
    found = read(GOOD)
    letter = found.value
    assert isinstance(letter, Letter)
    assert (found.sort, found.key, found.name) == (DefinitionSort.LETTER, "reminder", "提醒")
    assert found.names == {(DefinitionSort.NOTICE, "correction")}
    assert (letter.title.english, letter.series, letter.layout["heading"]) == ("Reminder", "教资提", "提醒")
    own = {
        "registration_number",
        "unsound_materials",
        "correct_until",
        "return_site",
        "materials",
        "return_note",
    }
    assert letter.fields == own | ALWAYS | frozenset().union(*OF_BLOCK.values())
    assert letter.layout["body"][1]["parts"] == [
        {
            "pieces": [
                {"text": "您的报名号 "},
                {"field": "registration_number"},
                {"text": "，{"},
                {"text": "原文}"},
                {"text": "。"},
            ],
            "bold": False,
        }
    ]


def test_what_is_kept_is_read_as_it_was_deployed() -> None:
    found = read(GOOD)
    assert files.read_kept(found.sort, found.key, found.content) == found
    (sheet,) = files.read_file("sheets/form.typ", "#let x = 1\n表".encode())
    assert sheet.value == Sheet(key="form", text="#let x = 1\n表")
    assert files.read_kept(sheet.sort, sheet.key, sheet.content) == sheet


@pytest.mark.found("D4")
@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (changed(1, text="{registration_numbr}"), "body.1.text", "是不是“registration_number”？"),
        (changed(1, text="{报名号码}"), "body.1.text", "是不是“registration_number”？"),
        (changed(1, text="{zzz}"), "body.1.text", "没有“zzz”，可以用：accepted_on、"),
        (changed(1, text="{materials}"), "body.1.text", "“materials”是清单，这里要写文字"),
        (changed(1, text="{name!r}"), "body.1.text", "花括号中只能写一个数据项的名称"),
        (changed(1, text="{name"), "body.1.text", "花括号没有成对"),
        (changed(1, text=""), "body.1.text", "须为文字"),
        (changed(1, text="长" * 2_001), "body.1.text", "不能超过 2000 个字符"),
        (changed(1, when="nam"), "body.1.when", "是不是“name”？"),
        (changed(1, parts=[{"text": "x"}]), "body.1.text", "请写 text，或者分成几部分写在 parts 里"),
        (changed(2, parts=[{"text": "{online}"}]), "body.2.parts.0.text", "没有“online”"),
        (
            changed(3, rows=[{"label": "x", "list": "name"}]),
            "body.3.rows.0.list",
            "“name”是文字，这里要写清单",
        ),
        (changed(3, rows=[{"label": "x"}]), "body.3.rows.0.text", "请写 text，或者写 list"),
        (changed(4, list="materials"), "body.4.list", "“materials”是清单，这里要写材料表"),
        (changed(5, list="unsound_material"), "body.5.list", "是不是“unsound_materials”？"),
        (changed(7, text="x"), "body.7.text", ""),
        (changed(8, type="signd"), "body.8.type", "是不是“signed”？"),
        ({**GOOD, "body": ["x"]}, "body.0", "请写一个 JSON 对象"),
        ({**GOOD, "body": []}, "body", ""),
        ({**GOOD, "seal": ""}, "seal", ""),
        ({**GOOD, "key": "1"}, "key", "编号须以字母开头"),
    ],
)
def test_what_is_wrong_is_told_at_its_block(content: dict[str, Any], place: str, words: str) -> None:
    at, said = find_problem(content)
    assert at == place
    assert words in said


def test_letters_and_notices_have_data_of_their_own() -> None:
    notice = {"sent": {"title": "提醒", "text": "{unsound_materials}"}}
    with pytest.raises(LintRefused) as error:
        files.read_file("notices.json", json.dumps(notice).encode())
    assert "没有“unsound_materials”" in error.value.problems[0].message
    shared = {"sent": {"title": "提醒", "text": "{authority}{site}{number}"}}
    assert len(files.read_file("notices.json", json.dumps(shared).encode())) == 1
    assert find_problem(changed(1, text="{number}"))[0] == "body.1.text"


def test_the_page_for_designers_names_all_data_and_its_letter_can_be_deployed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [name for name in letter_facts.FIELDS if f"`{name}`" not in page] == []
    assert [block for block in OF_BLOCK if f"| `{block}` |" not in page] == []
    example = page.partition("```json\n")[2].partition("```")[0]
    assert read(json.loads(example)).key == "correction"


def test_what_the_template_takes_for_itself_is_known() -> None:
    assert ALWAYS.union(*OF_BLOCK.values()) - letter_facts.FIELDS.keys() == set()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("1.typ", b"x", "编号须以字母开头"),
        ("form.typ", b"\xff", "文字编码不是 UTF-8"),
        ("form.typ", b'{"body":[]}', "请以 .letter.json 命名"),
        ("form.typ", b"x" * 600_000, "文件超过 512 kB"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused(file: str, content: bytes, words: str) -> None:
    with pytest.raises(LintRefused) as refused:
        files.read_file(file, content)
    (problem,) = refused.value.problems
    assert words in problem.message
