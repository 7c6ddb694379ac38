"""个人简历: the parts of a life, month by month, as they are typed and what is wrong with them together."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate

from domain.wording import dates
from handlers.page.printable_text import StandardTextSchema
from models.base import spelling
from translations import gettext, lazy_gettext, source_of
from workflows.clock import LOCAL

RESUME_ROWS = (2, 8)
MONTH = re.compile(r"([0-9]{4})[-./年]?([0-9]{1,2})月?")
MONTH_HINT = lazy_gettext("年月写成 2019-09")


def required_text(label: str, limit: int, **more: Any) -> fields.String:
    """A text that must be there, up to a length."""
    return fields.String(
        required=True,
        validate=validate.Length(
            min=1, max=limit, error=gettext("%(label)s不超过 %(limit)s 个字", label=label, limit=limit)
        ),
        error_messages={
            "required": gettext("请填写%(label)s", label=label),
            "null": gettext("请填写%(label)s", label=label),
        },
        metadata={"label": label, **more},
    )


def normalize_month(text: str) -> str:
    """2019-09 for 2019.9, 2019年9月, 201909."""
    found = MONTH.fullmatch(spelling.narrow_text(text))
    if found is None or not 1 <= int(found[2]) <= 12 or not 1940 <= int(found[1]) <= 2100:
        raise ValidationError(MONTH_HINT)
    month = f"{found[1]}-{int(found[2]):02}"
    if month > f"{dates.request_time().astimezone(LOCAL):%Y-%m}":
        raise ValidationError(gettext("不能晚于本月"))
    return month


def normalize_end(text: str) -> str:
    """The month, or 至今 as it is: nothing but the end of a part of a life may still be ahead."""
    if text.strip() in {dates.UNTIL_NOW, str(dates.UNTIL_NOW)}:
        return source_of(dates.UNTIL_NOW)
    try:
        return normalize_month(text)
    except ValidationError as refusal:
        raise ValidationError(
            gettext(
                "%(refusal)s，最后一段的结束时间写“%(until_now)s”",
                refusal=refusal.messages[0],
                until_now=dates.UNTIL_NOW,
            )
        ) from None


class Month(fields.String):
    """A month, written in any of the usual ways."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return normalize_month(super()._deserialize(value, attr, data, **options))


class EndMonth(fields.String):
    """The month in which something ended, or that it goes on."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **options: Any) -> str:
        return normalize_end(super()._deserialize(value, attr, data, **options))


def _month_field(label: str, name: str, kind: type[fields.String]) -> fields.String:
    message = gettext("请填写%(label)s，%(example)s", label=label, example=MONTH_HINT)
    return kind(
        required=True,
        data_key=name,
        attribute=name,
        error_messages={"required": message},
        metadata={"label": label},
    )


class ResumeRow(StandardTextSchema):
    """One part of a life: from when until when, where, as what, and who can tell."""

    since = _month_field(lazy_gettext("开始年月"), "from", Month)
    until = _month_field(lazy_gettext("结束年月"), "until", EndMonth)
    organisation = required_text(lazy_gettext("学习或工作单位"), 60)
    post = required_text(lazy_gettext("职务"), 30)
    witness = required_text(lazy_gettext("证明人"), 30)

    @pre_load
    def _without_blanks(self, data: Any, **_: Any) -> Any:
        return {name: value for name, value in data.items() if str(value).strip()}


def judge_rows(rows: list[dict[str, str]]) -> dict[str, Any]:
    """What is wrong with the times, at the month that is to be changed; with their number, at the list."""
    if not RESUME_ROWS[0] <= len(rows) <= RESUME_ROWS[1]:
        return {
            "resume": [
                gettext(
                    "个人简历填写 %(least)s 至 %(most)s 段",
                    least=RESUME_ROWS[0],
                    most=RESUME_ROWS[1],
                )
            ]
        }
    judged = enumerate(_judge_row(rows, place) for place in range(len(rows)))
    wrong = {
        place: {month: [gettext("第 %(number)s 段：%(reason)s", number=place + 1, reason=said)]}
        for place, (month, said) in judged
        if said
    }
    return {"resume": wrong} if wrong else {}


def _judge_row(rows: list[dict[str, str]], place: int) -> tuple[str, str]:
    row, is_last = rows[place], place == len(rows) - 1
    before = rows[place - 1]["until"] if place else ""
    if is_last and row["until"] != dates.UNTIL_NOW:
        return "until", gettext("最后一段的结束时间写“%(until_now)s”", until_now=dates.UNTIL_NOW)
    if not is_last and row["until"] == dates.UNTIL_NOW:
        return "until", gettext("只有最后一段写“%(until_now)s”，其他各段写到年月", until_now=dates.UNTIL_NOW)
    if not is_last and row["from"] > row["until"]:
        return "until", gettext("开始时间不能晚于结束时间")
    if before not in {"", dates.UNTIL_NOW} and before > row["from"]:
        return "from", gettext("开始得比前一段的结束早，请按时间先后填写，各段时间不要重叠")
    return "", ""
