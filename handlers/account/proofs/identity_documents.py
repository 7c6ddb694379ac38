"""Identity documents: what a number must look like, and what it tells (GB 11643 for 18 digits)."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from stdnum.cn import ric

from domain.wording import dates
from models.base import spelling
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL

PATTERNS = {
    "hkm_pass": (
        re.compile(r"[HM]([0-9]{8}|[0-9]{10})"),
        lazy_gettext("应为字母 H 或 M 加 8 位或 10 位数字"),
    ),
    "tw_pass": (re.compile(r"[0-9]{8}|[0-9]{10}"), lazy_gettext("应为 8 位数字（旧证 10 位）")),
}
PERMIT = re.compile(r"8[123]0000")
# Besides the blocks: zero in a name, and the twelve of the compatibility block that nothing else stands for.
HAN = "〇㐀-鿿﨎﨏﨑﨓﨔﨟﨡﨣﨤﨧﨨﨩\U00020000-\U000323af"
NAME = re.compile(rf"[{HAN}]+(·[{HAN}]+)*|[A-Za-z][A-Za-z .'-]*")
LETTER = re.compile(rf"[{HAN}A-Za-z]")
IDEOGRAPHIC_COMMA = 0x3001
DOTS = lazy_gettext("请填写证件上的姓名，少数民族姓名中的点用“·”")
MIXED = lazy_gettext("姓名中汉字和字母不能混写，请填写证件上的姓名")
LENGTH = lazy_gettext("请填写证件上的姓名，2 到 60 个字")
OTHER = lazy_gettext("姓名中的“{one}”不是姓名用字，请填写证件上的姓名，不要用部首、符号或者图形代替")


def normal_number(text: str) -> str:
    """A number as it is kept: half-width, capitals, without spaces and hyphens."""
    return spelling.normalize_number(text)


def normal_name(text: str) -> str:
    """A name as it is kept: one kind of middle dot, no spaces around it."""
    return spelling.normalize_name(text)


def number_problem(kind: str, number: str) -> str | None:
    """What is wrong with a document number; nothing when it may be right."""
    if kind in PATTERNS:
        pattern, form = PATTERNS[kind]
        return None if pattern.fullmatch(number) else gettext("证件号码%(form)s", form=form)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return gettext("证件号码应为 18 位，最后一位可以是 X")
    if (kind == "residence_permit") != bool(PERMIT.match(number)):
        return gettext("证件号码与证件类型不一致，请核对")
    return None if _is_valid_number(kind, number) else gettext("证件号码不正确，请核对每一位")


def name_problem(name: str) -> str | None:
    """What is wrong with a name, and which of its characters."""
    if not 2 <= len(name) <= 60:
        return LENGTH
    if NAME.fullmatch(name):
        return None
    strange = [one for one in name if not LETTER.match(one) and not _may_stand_for_dot(one)]
    if strange:
        return OTHER.format(one=strange[0])
    letters = {one.isascii() for one in name if LETTER.match(one)}
    return MIXED if len(letters) > 1 else DOTS


def _may_stand_for_dot(one: str) -> bool:
    """Whether people type it between the parts of a name; brackets and signs are no dots."""
    known = one in "*,'" or one in spelling.DOTS or ord(one) == IDEOGRAPHIC_COMMA
    return known or unicodedata.category(one) in ("Pd", "Pc", "Zs")


def sex_and_birth(kind: str, number: str) -> tuple[str | None, date | None]:
    """What an 18-digit number tells of its holder."""
    if kind not in {"resident_id", "residence_permit"}:
        return None, None
    born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    return ("male" if int(number[16]) % 2 else "female"), born


def _is_valid_number(kind: str, number: str) -> bool:
    if ric.calc_check_digit(number) != number[-1]:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return date(1900, 1, 1) <= born <= dates.request_time().astimezone(LOCAL).date()
