"""What people read goes through gettext: whole sentences, with the Chinese as their source."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import handlers
import models
import workflows
from models.base.errors import DomainError
from models.cases.refusals import NoSite
from tests.map import literals

ROOT = Path(__file__).resolve().parents[2]
TELL_ALL = """
from models.base.errors import DomainError
from models.cases.refusals import NoSite
from tests.map.test_sentences import refusals
assert DomainError.__doc__ is None
print(*(f"{one.__name__} {one.sentence}" for one in refusals()), NoSite(), sep="\\n")
"""


def refusals() -> Iterator[type[DomainError]]:
    """Every class of refusal of the product."""
    for room in (handlers, models, workflows):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    classes = [DomainError]
    while classes:
        classes += (one := classes.pop()).__subclasses__()
        yield one


@pytest.mark.found("T3")
def test_every_refusal_has_a_sentence_of_its_own() -> None:
    silent = [one.__name__ for one in refusals() if "sentence" not in vars(one)]
    assert silent == []


@pytest.mark.found("T3")
def test_refusals_speak_in_a_python_that_drops_docstrings() -> None:
    told = subprocess.run(
        [sys.executable, "-OO", "-c", TELL_ALL], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout.splitlines()
    assert told[-1] == "该机构未设置确认点，请联系所选的教育局。"
    assert len(told) > 65
    assert [line for line in told[:-1] if not line.endswith("。")] == []


@pytest.mark.found("T3")
def test_refusals_speak_where_no_page_is_asked_for(app: Flask) -> None:
    assert NoSite().sentence == "该机构未设置确认点，请联系所选的教育局。"


def test_no_sentence_of_python_is_beside_gettext_or_in_pieces() -> None:
    assert [str(found) for found in literals.list_python_findings()] == []


def test_no_sentence_of_a_template_is_beside_gettext_or_in_pieces() -> None:
    assert [str(found) for found in literals.list_template_findings()] == []


def test_no_sentence_of_a_script_is_beside_gettext_or_in_pieces() -> None:
    assert [str(found) for found in literals.list_script_findings()] == []


def test_what_is_left_out_is_there() -> None:
    for room in literals.EXEMPT:
        assert (ROOT / room).is_dir(), room
    used = {
        (path, name)
        for path, tree in literals.list_modules()
        for statement in tree.body
        for part, name in literals.named_parts(statement)
        if (path, name) in literals.DATA and literals.has_findings(path, part)
    }
    assert sorted(literals.DATA.keys() - used) == []


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ('A = "没有标记"', "not said"),
        ('def f(): return f"共 {n} 件"', "not said"),
        ('A = lazy_gettext("有标记")', None),
        ('def f():\n    """中文的说明."""', None),
        ('def f(): return gettext("姓名") + name', "put together"),
        ('def f(): return gettext("%(n)s 件") % {"n": 1}', "put together"),
        ("def f(): return f\"{gettext('姓名')}: {name}\"", "put together"),
        ('def f(): return f"“{name}”"', "put together"),
        ('def f(): return "、".join(names)', "put together"),
        ('def f(): return "".join(gettext("第 %(n)s 步", n=n) for n in all)', "put together"),
        ('def f(): return "{}".format(gettext("姓名"))', "put together"),
        ('def f(): return gettext("的属性 %(name)s", name=1)', "a piece"),
        ('def f(): return gettext("，他人可以领取")', "a piece"),
        ('def f(): return gettext("有效至 ")', "a piece"),
        ("def f(): return gettext(sentence)", "computed"),
        ('def f(): return gettext("共 %s 页", n)', "positional"),
        ('def f(): return gettext("共 %(count)s 页", count=n)', "plural"),
        ('def f(): return gettext("还有 %(rest)s 处", rest=len(left))', "plural"),
        ('def f(): return gettext_plural("共 %(num)s 页", num=n)', None),
        ('def f(): return gettext_plural("共几页", num=n)', "plural without its number"),
        ('def f(): return gettext("%(a)s 第 %(b)s 行", a=1)', "placeholders ['b']"),
        ('def f(): return gettext("%(pages2)s 页", pages2=1)', "poorly named"),
    ],
)
def test_a_fault_of_python_is_seen(source: str, rule: str | None) -> None:
    found = {one.rule for one in literals.look_at_python("handlers/one.py", ast.parse(source))}
    assert rule in found if rule else found == set()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ("<p>没有标记</p>", "not said"),
        ('{{ ui.button("提交") }}', "not said"),
        ('{% set section = "网上办事" %}', "not said"),
        ('{% if way.label == "留言" %}{% endif %}', "not said"),
        ('{{ _("提交") }}', None),
        ("{# 说明 #}", None),
        ('{{ _("提交") ~ name }}', "put together"),
        ("{{ title }}（{{ step }}）", "put together"),
        ('{{ names | join("、") }}', "put together"),
        ('{{ _("，5 分钟内有效。") }}', "a piece"),
        ('{{ _("首次使用请先") }}<a href="/">{{ _("注册") }}</a>', "a piece"),
        ('{{ _("请先核验。") }}<a href="/">{{ _("去核验") }}</a>', None),
        ("{{ _(label) }}", "computed"),
        ('{{ _("共 %(rows)s 行", rows=list | length) }}', "plural"),
        ('{{ gettext_plural("共 %(num)s 行", num=list | length) }}', None),
        ('{{ _("%(a)s 行", b=1) }}', "placeholders ['a', 'b']"),
    ],
)
def test_a_fault_of_a_template_is_seen(source: str, rule: str | None) -> None:
    found = {one.rule for one in literals.look_at_template("one.html", source)}
    assert rule in found if rule else found == set()


@pytest.mark.parametrize(
    ("source", "rule"),
    [
        ('a = "没有标记";', "not said"),
        ("a = `共 ${n} 笔`;", "not said"),
        ('a = gettext("显示");', None),
        ('a = gettextPlural("共 %(num)s 笔", n, { most });', None),
        ("// 说明\n/* 说明 */", None),
        ('a = gettext("共" + n);', "put together"),
        ('a = gettext("，超过限制");', "a piece"),
    ],
)
def test_a_fault_of_a_script_is_seen(source: str, rule: str | None) -> None:
    found = {one.rule for one in literals.look_at_script("one.js", source)}
    assert rule in found if rule else found == set()
