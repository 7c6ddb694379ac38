"""Which entries of a paper hold characters that no typeface has, told before anything is printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.outside import typesetting
from translations import gettext, lazy_gettext

LABELS = {  # a fact of the papers that people or registers wrote → what it is called on them
    "name": lazy_gettext("姓名"),
    "authority": lazy_gettext("认定机构"),
    "site": lazy_gettext("确认点"),
    "document_number": lazy_gettext("证件号码"),
    "employer": lazy_gettext("工作单位"),
    "household_place": lazy_gettext("户籍所在地"),
    "birth_place": lazy_gettext("出生地"),
    "mailing_address": lazy_gettext("通讯地址"),
    "phone": lazy_gettext("联系电话"),
    "degree": lazy_gettext("最高学位"),
    "school": lazy_gettext("毕业学校"),
    "major": lazy_gettext("所学专业"),
    "putonghua_number": lazy_gettext("普通话证书编号"),
    "putonghua_issuer": lazy_gettext("普通话证书发证单位"),
    "subject": lazy_gettext("任教学科"),
    "exam_number": lazy_gettext("考试证明编号"),
    "resume": lazy_gettext("个人简历"),
    "organisation": lazy_gettext("学习或工作单位"),
    "post": lazy_gettext("职务"),
    "witness": lazy_gettext("证明人"),
    "site_opinion": lazy_gettext("确认点意见"),
    "health_opinion": lazy_gettext("体检结论"),
    "background_opinion": lazy_gettext("无犯罪记录及准入查询核查"),
    "expert_opinion": lazy_gettext("专家审查委员会意见"),
    "authority_opinion": lazy_gettext("认定机构意见"),
}


def list_unprintable_entries(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each entry that cannot be drawn whole, by its label, with its characters and their codes."""
    if not typesetting.find_unprintable(facts):  # as good as always
        return []
    return list(_find_unprintable_entries(facts))


def _find_unprintable_entries(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for label, value in _flatten_entries(facts):
        if lacking := typesetting.find_unprintable(value):
            yield label, typesetting.describe_characters(lacking)


def _flatten_entries(facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in facts.items():
        label = str(LABELS.get(name, name))
        if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            for place, row in enumerate(value, 1):
                for inner, text in _flatten_entries(row):
                    yield (
                        gettext("%(label)s第 %(number)s 段：%(part)s", label=label, number=place, part=inner),
                        text,
                    )
        else:
            yield label, value
