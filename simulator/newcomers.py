"""What the registers know about a person outside the seed: made from the number, always the same."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from simulator.seed import Degree, Diploma, Enrolment, ExamCertificate, Person, PutonghuaCertificate

_RESIDENT_ID = re.compile(r"[1-9]\d{5}(19|20)\d{9}[\dX]")
_CHINESE_NAME = re.compile(r"[㐀-鿿\U00020000-\U000323af]{2,}(·[㐀-鿿]+)*")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SUBJECTS = ("语文", "数学", "英语", "物理", "化学", "历史", "地理", "生物")


def local_today() -> date:
    """The day, where the registers are."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def is_valid_resident_id(number: str) -> bool:
    """Whether an 18-character number has a real date and the check digit of GB 11643."""
    if not _RESIDENT_ID.fullmatch(number) or _find_birth_date(number) is None:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == "10X98765432"[total % 11]


def is_believable_name(name: str) -> bool:
    """Whether a name has at least two Chinese characters, with middle dots where they belong."""
    return bool(_CHINESE_NAME.fullmatch(name))


def build_newcomer(number: str, name: str) -> Person:
    """The person with one valid exam certificate, Putonghua 2A, one enrolment, one diploma and its degree."""
    serial = _compute_serial(number)
    return Person(
        name=name,
        document_number=number,
        sex="male" if int(number[16]) % 2 else "female",
        birth_date=_find_birth_date(number) or date(2000, 1, 1),
        exam_certificates=(_build_exam(serial),),
        putonghua=(_build_putonghua(serial),),
        enrolments=(_build_enrolment(),),
        diplomas=(_build_diploma(serial),),
        degrees=(_build_degree(serial),),
        note="按默认规则生成",
    )


def build_traveller(kind: str, number: str, name: str) -> Person:
    """A person with a travel document: the same records, with particulars that only they can tell."""
    serial = _compute_serial(number)
    return Person(
        name=name,
        document_kind=kind,
        document_number=number,
        birth_date=date(2000, 1, 1),
        exam_certificates=(_build_exam(serial),),
        putonghua=(_build_putonghua(serial),),
        enrolments=(_build_enrolment(),),
        note="在模拟库页面上添加",
    )


def _find_birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _compute_serial(number: str) -> int:
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:6], "big")


def _build_exam(serial: int) -> ExamCertificate:
    return ExamCertificate(
        number=f"2025112233{serial % 10**9:09}",
        kind=("junior", "senior")[serial % 2],
        subject=_SUBJECTS[serial // 2 % len(_SUBJECTS)],
        issued_on=date(2025, 12, 16),
        valid_until=date(max(2028, local_today().year + 1), 12, 31),
    )


def _build_putonghua(serial: int) -> PutonghuaCertificate:
    return PutonghuaCertificate(
        number=f"3324012{serial % 10**6:06}",
        level="2A",
        score=88.5,
        tested_on=date(2024, 11, 9),
        issuer="浙江省语言文字工作者培训测试中心",
    )


def _build_enrolment() -> Enrolment:
    graduation = date(local_today().year + (local_today().month > 6), 6, 20)
    return Enrolment(
        school="衢州学院",
        major="小学教育（师范）",
        level="21",
        study_form="full_time",
        status="注册学籍",
        entered_on=date(graduation.year - 4, 9, 1),
        expected_graduation=graduation,
    )


def _build_diploma(serial: int) -> Diploma:
    return Diploma(
        number=f"114881202305{serial % 10**6:06}",
        school="衢州学院",
        major="小学教育",
        level="21",
        study_form="full_time",
        entered_on=date(2019, 9, 1),
        graduated_on=date(2023, 6, 20),
    )


def _build_degree(serial: int) -> Degree:
    return Degree(
        number=f"1148842023{serial % 10**6:06}",
        name="教育学学士",
        school="衢州学院",
        awarded_on=date(2023, 6, 20),
    )
