"""What there is to translate is found in all three kinds of files, and what a catalogue lacks is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from tests.translations.catalogue import led_to, make_catalogue
from translations import catalogues

FILES = {
    "app.py": 'gettext("应用")\n',
    "handlers/one.py": 'lazy_gettext("第 %(number)s 步", number=1)\ngettext_plural("共 %(num)s 页", num=2)\n',
    "domain/two.py": 'A = lazy_gettext_plural("%(element)s有 %(num)s 条线")\nB = "没有标记"\n',
    "templates/page.html": '{{ _("首页") }}{{ gettext_plural("%(num)s 件", num=3) }}'
    "{% trans %}正文{% endtrans %}",
    "static/js/part.js": 'const a = gettext("文件太大"), b = gettextPlural("共 %(num)s 笔", 2);\n',
    "tests/map/test_one.py": 'gettext("测试")\n',
    "node_modules/x/static/js/y.js": 'gettext("别人的")\n',
}
PLURALS = {"共 %(num)s 页", "%(element)s有 %(num)s 条线", "%(num)s 件", "共 %(num)s 笔"}
PLAIN = {"应用", "第 %(number)s 步", "首页", "正文", "文件太大"}


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """A product of a few files."""
    root = tmp_path / "tree"
    cfg = Path(__file__).parents[2] / catalogues.MAPPING
    for name, text in {**FILES, catalogues.MAPPING: cfg.read_text(encoding="utf-8")}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_sentences_are_found_in_python_templates_and_scripts(small_tree: Path) -> None:
    found = [message for message in catalogues.collect_sentences(small_tree) if message.id]
    assert {message.id[0] for message in found if message.pluralizable} == PLURALS
    assert {message.id for message in found if not message.pluralizable} == PLAIN
    places = {path for message in found for path, _ in message.locations}
    assert places == {name for name in FILES if not name.startswith(("tests/", "node_modules/"))}


def test_a_template_that_cannot_be_read_is_not_left_out_silently(small_tree: Path) -> None:
    (small_tree / "templates" / "broken.html").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(Exception, match="Expected an expression"):
        catalogues.collect_sentences(small_tree)


def test_the_sentences_of_the_product_are_found() -> None:
    root = Path(__file__).parents[2]
    found = {message.id: message for message in catalogues.collect_sentences(root) if message.id}
    for one in ("幼儿园教师资格", "工作列表", "裁剪证件照：拖动照片，或用方向键移动，加号减号缩放", "、"):
        assert one in found, one
    suffixes = {Path(path).suffix for message in found.values() for path, _ in message.locations}
    assert suffixes == {".py", ".html", ".js"}


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({}, "missing"),
        ({"第 %(number)s 步": ""}, "missing"),
        ({"第 %(number)s 步": "step"}, "placeholders"),
        ({"第 %(number)s 步": "step %(nummer)s"}, "placeholders"),
        ({"第 %(number)s 步": "step %(number)s"}, None),
    ],
)
def test_a_translation_is_held_against_its_sentence(
    small_tree: Path, tmp_path: Path, said: dict[str, str], fault: str | None
) -> None:
    assert faults_of(small_tree, tmp_path, said).get("第 %(number)s 步") == fault


@pytest.mark.parametrize(
    ("forms", "fault"),
    [
        (("one page", "%(num)s pages"), None),
        (("one page", "many pages"), None),
        (("one page", ""), "plural"),
        (("one page", "%(pages)s pages"), "placeholders"),
    ],
)
def test_a_plural_has_all_its_forms(
    small_tree: Path, tmp_path: Path, forms: tuple[str, ...], fault: str | None
) -> None:
    assert faults_of(small_tree, tmp_path, {("共 %(num)s 页",) * 2: forms}).get("共 %(num)s 页") == fault


def test_braces_name_placeholders_too(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text('lazy_gettext("报名号 {number}：请来")', encoding="utf-8")
    (tmp_path / "translations").mkdir()
    (tmp_path / catalogues.MAPPING).write_text("[python: app.py]\n", encoding="utf-8")
    assert faults_of(tmp_path, tmp_path / "made", {"报名号 {number}：请来": "{numero}: come"}) == {
        "报名号 {number}：请来": "placeholders"
    }


def faults_of(root: Path, folder: Path, said: dict) -> dict[str, str]:  # type: ignore[type-arg]
    """The faults of a small catalogue, by their sentences."""
    catalogue = catalogues.read_catalogue(make_catalogue(folder, said), "en")
    found = catalogues.list_faults(catalogue, catalogues.collect_sentences(root))
    return {sentence: fault for fault, sentence in found}


def test_extracting_brings_catalogues_up_to_date(app: Flask, tmp_path: Path) -> None:
    kept = make_catalogue(tmp_path / "kept", {"首页": "Home", "不再有的句子": "gone"})
    template = tmp_path / "messages.pot"
    with led_to(app, tmp_path / "kept"):
        done = app.test_cli_runner().invoke(args=["translate", "extract", "--to", str(template)])
    assert done.exit_code == 0, done.output
    assert "已更新" in done.output
    catalogue = catalogues.read_catalogue(kept, "en")
    assert catalogue.get("首页").string == "Home"
    assert catalogue.get("工作列表") is not None
    assert "不再有的句子" in catalogue.obsolete
    with template.open("rb") as file:
        assert read_po(file).get("工作列表") is not None


def test_checking_lists_what_is_missing(app: Flask, tmp_path: Path) -> None:
    make_catalogue(tmp_path, {"首页": "Home", "%(act)s，%(moment)s 前": "%(act)s before %(time)s"})
    with led_to(app, tmp_path):
        done = app.test_cli_runner().invoke(args=["translate", "check"])
    assert done.exit_code == 1
    told = done.output.splitlines()
    assert "en：没有译文：工作列表" in told
    assert "en：占位符与原文不一致：%(act)s，%(moment)s 前" in told
    assert not any(line.endswith("：首页") for line in told)


def test_a_fuzzy_translation_is_to_be_looked_at(small_tree: Path, tmp_path: Path) -> None:
    path = make_catalogue(tmp_path / "made", {"首页": "Home"})
    path.write_text(
        path.read_text(encoding="utf-8").replace('msgid "首页"', '#, fuzzy\nmsgid "首页"'), encoding="utf-8"
    )
    catalogue = catalogues.read_catalogue(path, "en")
    found = catalogues.list_faults(catalogue, catalogues.collect_sentences(small_tree))
    assert ("fuzzy", "首页") in list(found)


def test_a_whole_catalogue_has_no_faults(small_tree: Path, tmp_path: Path) -> None:
    wanted = catalogues.collect_sentences(small_tree)
    path = make_catalogue(tmp_path / "made", {message.id: message.id for message in wanted if message.id})
    assert list(catalogues.list_faults(catalogues.read_catalogue(path, "en"), wanted)) == []


def test_without_a_language_that_is_said(app: Flask, tmp_path: Path) -> None:
    with led_to(app, tmp_path):
        done = app.test_cli_runner().invoke(args=["translate", "check"])
    assert done.exit_code == 0
    assert done.output == "还没有其他语言的译文目录；建立的方法见 translations/README.md。\n"
