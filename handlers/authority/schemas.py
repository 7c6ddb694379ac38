"""What the pages of plans and calendar accept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from marshmallow import ValidationError, fields, post_load, pre_load, validate, validates_schema

from handlers.page.printable_text import StandardTextSchema
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL, now

LONGEST_REASON = 200
FIRST, AHEAD = 2020, 3  # years that plans and the calendar may lie in
WINDOWS = {
    "apply_from": lazy_gettext("网报开始"),
    "apply_until": lazy_gettext("网报截止"),
    "confirm_from": lazy_gettext("确认开始"),
    "confirm_until": lazy_gettext("确认截止"),
}
KINDS_OF_DAY = (
    ("off", lazy_gettext("休息")),
    ("working", lazy_gettext("上班")),
    ("usual", lazy_gettext("恢复为平常")),
)


class StaffSchema(StandardTextSchema):
    """Pages send a form token and buttons too; those are not answers."""

    class Meta:
        unknown = "exclude"

    @pre_load
    def trim(self, typed: Any, **_: Any) -> dict[str, Any]:
        """Take blanks away from both ends."""
        return {
            name: value.strip() if isinstance(value, str) else value for name, value in dict(typed).items()
        }


def reason() -> fields.String:
    """Why something that was announced is changed."""
    return fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=gettext("请填写调整原因")),
            validate.Length(
                max=LONGEST_REASON,
                error=gettext("调整原因不超过 %(longest_reason)s 字", longest_reason=LONGEST_REASON),
            ),
        ],
        error_messages={"required": gettext("请填写调整原因")},
        metadata={"label": gettext("调整原因")},
    )


def _moment_field(label: str) -> fields.DateTime:
    wrong = gettext("请填写%(label)s的日期和时间，例如 2026-04-13 08:30", label=label)
    return fields.DateTime(
        required=True, error_messages={"required": wrong, "invalid": wrong}, metadata={"label": label}
    )


class WindowsSchema(StaffSchema):
    """The four ends of a plan's two windows, local times."""

    apply_from = _moment_field(WINDOWS["apply_from"])
    apply_until = _moment_field(WINDOWS["apply_until"])
    confirm_from = _moment_field(WINDOWS["confirm_from"])
    confirm_until = _moment_field(WINDOWS["confirm_until"])
    reason = reason()

    @post_load
    def local(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Times without a zone are Shanghai's."""
        return {name: _add_zone(value) for name, value in found.items()}

    @validates_schema
    def in_reach(self, found: dict[str, Any], **_: Any) -> None:
        """No limit of a case can be worked out from a year that is far away."""
        for name, label in WINDOWS.items():
            year = found[name].year if name in found else FIRST
            if year < FIRST:
                raise ValidationError(
                    gettext("%(label)s不能早于 %(first)s 年", label=label, first=FIRST), name
                )
            if year > last_year():
                raise ValidationError(
                    gettext("%(label)s不能晚于 %(last_year)s 年", label=label, last_year=last_year()), name
                )

    @validates_schema
    def in_order(self, found: dict[str, Any], **_: Any) -> None:
        """Each window ends after it begins, and nobody confirms before anybody could apply."""
        times = {name: _add_zone(value) for name, value in found.items()}
        for first, second in (
            ("apply_from", "apply_until"),
            ("confirm_from", "confirm_until"),
            ("apply_from", "confirm_from"),
            ("apply_until", "confirm_until"),
        ):
            if times[second] < times[first] or (times[second] == times[first] and first[:5] == second[:5]):
                raise ValidationError(
                    gettext("%(later)s应晚于%(earlier)s", later=WINDOWS[second], earlier=WINDOWS[first]),
                    second,
                )


class DaySchema(StaffSchema):
    """A day that is to be other than it was."""

    day = fields.Date(
        required=True,
        error_messages={
            "required": lazy_gettext("请填写日期"),
            "invalid": lazy_gettext("请填写有效的日期，例如 2026-10-01"),
        },
        metadata={"label": lazy_gettext("日期")},
    )
    kind = fields.String(
        required=True,
        validate=validate.OneOf(
            [value for value, _ in KINDS_OF_DAY], error=lazy_gettext("请选择这一天怎样安排")
        ),
        error_messages={"required": lazy_gettext("请选择这一天怎样安排")},
        metadata={"label": lazy_gettext("安排")},
    )
    reason = reason()


class YearSchema(StaffSchema):
    """A year whose schedule has been published and entered, or has not."""

    official = fields.Boolean(required=True)
    reason = reason()


def last_year() -> int:
    """The last year that may be planned."""
    return (now() + timedelta(days=366 * AHEAD)).year


def _add_zone(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=LOCAL)
    return value
