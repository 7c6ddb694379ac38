"""Characters that nobody sees, that turn a line round, or that mean nothing elsewhere.

Two texts that look alike are then not the same: a name is taken for another, a rule never applies. Sequences
that make one picture (a family, a flag, a digit in a box) are what people see, and pass.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from translations import gettext

_LINES = "\n\r\t"  # editors write names in several lines
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# They count as letters, marks or signs and leave nothing on the page.
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_DOUBTFUL = re.compile(f"[{''.join(_FILLERS)}\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # of the printable ones
_PICTURES = frozenset({"So", "Sk", "Sm", "Po", "Pd", "Nd"})  # what a selector makes a picture of
# The tables of this Python may be older than an emoji or a rare Chinese character.
_GROWING = ((0x1F000, 0x1FAFF), (0x20000, 0x3FFFD))
_ZERO_WIDTH_JOINER = "\u200d"
_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]+\U000e007f")


def find_unseen(text: str) -> Iterator[tuple[int, str]]:
    """The places, from 0, of characters that nobody sees or reads as written, and the characters."""
    if text.isprintable() and not _DOUBTFUL.search(text):
        return
    flags = {place for found in _FLAG.finditer(text) for place in range(*found.span())}
    for place, one in enumerate(text):
        if place not in flags and _is_unseen(text, place):
            yield place, one


def show_unseen(text: str) -> str:
    """The text with the code of each such character in its place, to be shown safely."""
    found = dict(find_unseen(text))
    return "".join(f"[{format_code(one)}]" if place in found else one for place, one in enumerate(text))


def format_code(one: str) -> str:
    """The code of a character as tables list it: U+202E."""
    return f"U+{ord(one):04X}"


def describe_unseen(text: str) -> str:
    """What is wrong with the first such character of a text, for a sentence; empty when there is none."""
    for place, one in find_unseen(text):
        return gettext(
            "第 %(place)s 个字符（%(code)s）%(fault)s",
            place=place + 1,
            code=format_code(one),
            fault=_describe_fault(one),
        )
    return ""


def _describe_fault(one: str) -> str:
    if one in _TURNING:
        return gettext("会颠倒文字的显示次序")
    kind = unicodedata.category(one)
    if kind == "Co":
        return gettext("是自造字，在别处显示不出来")
    return gettext("没有定义") if kind in ("Cn", "Cs") else gettext("看不见")


def _is_unseen(text: str, place: int) -> bool:
    one = text[place]
    if one == _ZERO_WIDTH_JOINER:
        return not _joins_pictures(text, place)
    if _SELECTORS.match(one):
        return not _makes_picture(one, text[place - 1 : place])
    if one in _FILLERS:
        return True
    if one.isprintable() or one in _LINES:
        return False
    kind = unicodedata.category(one)
    return kind not in ("Zs", "Cn") or (kind == "Cn" and not _may_be_newer(one))


def _joins_pictures(text: str, place: int) -> bool:
    last = place - 2 if _SELECTORS.match(text, place - 1) else place - 1
    return last >= 0 and _is_picture(text[last]) and _is_picture(text[place + 1 : place + 2])


def _is_picture(one: str) -> bool:
    return bool(one) and (unicodedata.category(one) in ("So", "Sk") or _may_be_newer(one))


def _may_be_newer(one: str) -> bool:
    code = ord(one)
    return code & 0xFFFE != 0xFFFE and any(first <= code <= last for first, last in _GROWING)


def _makes_picture(selector: str, before: str) -> bool:
    """Whether it chooses the form of a picture, or the variant of a Chinese character."""
    if not before:
        return False
    kind = unicodedata.category(before)
    if selector in "\ufe0e\ufe0f":
        return kind in _PICTURES or _may_be_newer(before)
    return kind == "Lo" and (selector <= "\ufe02" or selector > "\ufe0f")
