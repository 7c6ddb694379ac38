"""On what ground somebody applies in a place: what each ground means, whom it is for, and what proves it."""

from __future__ import annotations

from typing import Any

from models.base import codes
from models.cases.applications import Application
from translations import gettext, lazy_gettext

HINTS = {
    "household": lazy_gettext(
        "按户口簿上的地址选地区。确认时带身份证和户口簿，集体户口带首页和本人页的复印件。"
    ),
    "residence": lazy_gettext("按有效期内的居住证上的地址选地区。确认时带身份证和居住证。"),
    "school": lazy_gettext(
        "全日制最后一学期的学生、在读研究生，按学校所在地选地区。确认时带身份证和注册信息完整的学生证。"
    ),
    "military": lazy_gettext(
        "现役军人和武警，按部队驻地选地区。确认时带军官证或士兵证，证上没有驻地的另带单位证明。"
    ),
    "hkmt": lazy_gettext("港澳台居民，按参加考试的地方选地区。确认时带通行证或者居住证，以及考试地证明。"),
}
RESIDENT_ID = "resident_id"


def list_bases(application: Application) -> list[dict[str, Any]]:
    """The grounds as the page offers them, each with what it means or why it is not for this person."""
    found = [(basis, label, why_basis_fails(application, basis)) for basis, label in codes.BASES.items()]
    return [
        {"value": basis, "label": label, "hint": reason or HINTS[basis], "disabled": bool(reason)}
        for basis, label, reason in found
    ]


def why_basis_fails(application: Application, basis: str) -> str:
    """Why somebody with these papers cannot apply on a ground; empty when they can."""
    if basis == "hkmt" and application.person.document_kind == RESIDENT_ID:
        return gettext("这一项限港澳台居民，您登记的证件是居民身份证")
    return ""
