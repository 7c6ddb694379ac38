"""Numbers and texts that people read differently than the interpreter: refused when something is deployed.

What runs already was accepted once and goes on; so nothing of this is asked when an expression is evaluated.
"""

from __future__ import annotations

import re

from models.base.unseen import find_unseen, format_code
from translations import gettext, lazy_gettext
from workflows.engine.expressions.faults import ExpressionError, quote_text

# Texts, comments and names are passed over; `..` parts the ends of a range, so it belongs to no number.
_PART = re.compile(
    r"(?P<text>\"[^\"]*\"|'[^']*')|#[^\n]*|[^\W\d]\w*"
    r"|(?P<number>(?:(?<!\.)\.)?\d(?:[eE][+-]?\d|\w|\.(?!\.))*)"
)
_NUMBER = re.compile(r"(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_OTHER_BASE = re.compile(r"0[xXoObB][0-9a-fA-F_]+", re.ASCII)
_PADDED = re.compile(r"0+(\d+(?:\.\d+)?)", re.ASCII)
_GROUP, _LAST_GROUP = re.compile(r"\d{3}", re.ASCII), re.compile(r"\d{3}(\.\d+)?", re.ASCII)
_FIRST_GROUP = re.compile(r"\d{1,3}", re.ASCII)
_DOTTED = re.compile(r"\d{1,3}(\.\d{3})+", re.ASCII)  # 1.000,5 as other countries write it
_DAY = re.compile(r"\d{4}\s*([-/])\s*\d{1,2}\s*\1\s*\d{1,2}(?!\w)", re.ASCII)
_LONGEST = 40  # digits of a number whose value a sentence tells
_ODD_BLANK = re.compile(r"[^\S \t\n\r\u3000]")


class Misread(ExpressionError):
    """Something that people read differently than the interpreter."""

    sentence = lazy_gettext("流程中有容易误读的数字或文字，请联系流程设计人员。")

    def __init__(self, text: str, place: int, reason: str) -> None:
        line = text.count("\n", 0, place) + 1
        column = place - (text.rfind("\n", 0, place) + 1) + 1
        where = (
            gettext("第 %(line)s 行第 %(column)s 列", line=line, column=column)
            if line > 1
            else gettext("第 %(column)s 列", column=column)
        )
        sentence = gettext(
            "%(text)s%(place)s：%(reason)s。", text=quote_text(text), place=where, reason=reason
        )
        super().__init__(sentence, text=text, line=line, column=column)


class BareDay(Misread):
    """A day without quotes, which is a subtraction: 2026-5-1 is 2020."""

    sentence = lazy_gettext("流程中的日期没有加引号，请联系流程设计人员。")


def check_notation(text: str) -> None:
    """Refuse numbers and characters that are not what they look like; raises ExpressionError."""
    for place, one in find_unseen(text):
        raise Misread(
            text, place, gettext("字符 %(code)s 看不见或别处显示不出来，请删去", code=format_code(one))
        )
    run: list[re.Match[str]] = []  # numbers with nothing but commas between them
    for part in _PART.finditer(text):
        if part["text"]:
            _check_blanks(text, part)
        elif part["number"]:
            if run and text[run[-1].end() : part.start()] != ",":
                _check_run(text, run)
                run = []
            run.append(part)
    _check_run(text, run)


def _check_blanks(text: str, part: re.Match[str]) -> None:
    if blank := _ODD_BLANK.search(part[0]):
        said = gettext("字符 %(code)s 看起来是空格，却与空格不同，请改成普通空格", code=format_code(blank[0]))
        raise Misread(text, part.start() + blank.start(), said)


def _check_run(text: str, run: list[re.Match[str]]) -> None:
    written = [part[0] for part in run]
    if _is_grouped(written):
        one = (
            "".join(written) if "." not in written[0] else ".".join([written[0].replace(".", ""), written[1]])
        )
        several = ", ".join(map(_strip_zeros, written))
        said = gettext(
            "%(written)s 可能是一个数，也可能是几个数；一个数请写成 %(number)s，几个数请在逗号后加空格，"
            "写成 %(several)s",
            written=",".join(written),
            number=one,
            several=several,
        )
        raise Misread(text, run[0].start(), said)
    for part in run:
        if day := _DAY.match(text, part.start()):
            raise BareDay(text, part.start(), _quote_day(day[0]))
        if not _NUMBER.fullmatch(part[0]):
            raise Misread(text, part.start(), _advise_number(part[0]))


def _quote_day(day: str) -> str:
    year, month, number = (int(part) for part in re.split(r"\D+", day))
    return gettext(
        '%(day)s 会当作算式；日期请加英文引号，写成 "%(year)s-%(month)s-%(number)s"',
        day=day,
        year=f"{year:04}",
        month=f"{month:02}",
        number=f"{number:02}",
    )


def _is_grouped(written: list[str]) -> bool:
    """Whether these numbers between commas may be meant as one: 1,000 or 1.000,5."""
    if len(written) == 2 and _DOTTED.fullmatch(written[0]) and written[1].isdecimal():
        return True
    return (
        len(written) > 1
        and bool(_FIRST_GROUP.fullmatch(written[0]))
        and all(_GROUP.fullmatch(one) for one in written[1:-1])
        and bool(_LAST_GROUP.fullmatch(written[-1]))
    )


def _strip_zeros(number: str) -> str:
    padded = _PADDED.fullmatch(number)
    return str(int(number)) if padded and number.isdecimal() else number


def _advise_number(written: str) -> str:
    narrow = "".join(str(int(one)) if one.isdecimal() else one for one in written)
    if narrow != written:
        return gettext("%(written)s 不是半角数字，请写成 %(narrow)s", written=written, narrow=narrow)
    if _OTHER_BASE.fullmatch(written) and (value := _read_other_base(written)) is not None:
        return gettext("%(written)s 不是十进制数，请写成 %(value)s", written=written, value=value)
    if "_" in written and _NUMBER.fullmatch(written.replace("_", "")):
        return gettext(
            "数字中不能有下划线，%(written)s 请写成 %(meant)s",
            written=written,
            meant=written.replace("_", ""),
        )
    if padded := _PADDED.fullmatch(written):
        return gettext(
            '%(written)s 的开头多了 0，数字请写成 %(padded)s，编号请加英文引号写成 "%(written)s"',
            written=written,
            padded=padded[1],
        )
    if _NUMBER.fullmatch(written.rstrip(".")):
        return gettext(
            "%(written)s 的小数点后少了数字，请写成 %(meant)s",
            written=written,
            meant=written.rstrip("."),
        )
    return gettext("%(written)s 不是数字；数字只用 0 到 9 和一个小数点，文字请加英文引号", written=written)


def _read_other_base(written: str) -> int | None:
    try:
        return int(written, 0) if len(written) <= _LONGEST else None
    except ValueError:
        return None  # 0b12
