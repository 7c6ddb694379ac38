"""Fields of reviewers' forms, with their labels and their messages in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, ClassVar

from marshmallow import fields, validate

from handlers.entry.typed_input import TrimmedString
from translations import gettext, lazy_gettext
from workflows import working_days

MOST_REVISIONS = 2**31 - 1
REVISION_INVALID = lazy_gettext("申报内容的版本有误，请刷新页面。")
REQUIRED = lazy_gettext("请填写{label}。")
CHOOSE = lazy_gettext("请选择{label}。")
USUAL_DAYS, MOST_DAYS = 5, 60
DAYS_INVALID = lazy_gettext(
    "回复期限须在今天以后，请填写 1 到 %(most_days)s 之间的整数。", most_days=MOST_DAYS
)


def choice_field(label: str, options: Mapping[str, str], *, hint: str = "") -> fields.String:
    """One of some codes, shown with their labels."""
    sentence = CHOOSE.format(label=label)
    return fields.String(
        required=True,
        validate=validate.OneOf(list(options), labels=list(options.values()), error=sentence),
        error_messages=_error_messages(sentence),
        metadata={"label": label, "hint": hint, "options": dict(options)},
    )


def revision() -> fields.Integer:
    """The revision of the particulars that a person saw; it is a number that a row can have."""
    said = {
        "required": gettext("缺少申报内容的版本，请刷新页面。"),
        "null": REVISION_INVALID,
        "invalid": REVISION_INVALID,
    }
    return fields.Integer(
        required=True,
        validate=validate.Range(0, MOST_REVISIONS, error=REVISION_INVALID),
        error_messages=said,
        metadata={"label": gettext("申报内容版本")},
    )


def text_field(label: str, *, required: bool = False, most: int = 1000, hint: str = "") -> fields.String:
    """A text without surrounding space; a required one must not be empty."""
    sentence = REQUIRED.format(label=label)
    rules: list[validate.Validator] = [
        validate.Length(max=most, error=gettext("%(label)s不超过 %(most)s 个字。", label=label, most=most))
    ]
    if required:
        rules.insert(0, validate.Length(min=1, error=sentence))
    arguments: dict[str, Any] = {"required": True} if required else {"load_default": ""}
    metadata = {"label": label, "hint": hint, "multiline": most > 200}
    return TrimmedString(
        **arguments,
        validate=rules,
        error_messages=_error_messages(sentence),
        metadata=metadata,
    )


def days_to_answer() -> fields.Integer:
    """Working days that an applicant has to answer."""
    return fields.Integer(
        load_default=None,
        validate=validate.Range(min=1, max=MOST_DAYS, error=DAYS_INVALID),
        error_messages={"invalid": DAYS_INVALID, "null": DAYS_INVALID, "too_large": DAYS_INVALID},
        metadata={
            "label": gettext("回复期限（工作日）"),
            "hint": gettext(
                "从明天算起，最后一日 24:00 截止；一般为 %(usual_days)s 个", usual_days=USUAL_DAYS
            ),
        },
    )


class DeadlineField(fields.Field[datetime]):
    """A day (its last second counts, local time) or a moment with its offset."""

    default_error_messages: ClassVar[dict[str, str]] = {
        "required": lazy_gettext("请填写补正截止日期。"),
        "null": lazy_gettext("请填写补正截止日期。"),
        "invalid": lazy_gettext("请按“2026-04-24”的格式填写日期。"),
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime | None:
        if value in ("", None):
            return None
        try:
            return _parse_moment(str(value).strip())
        except ValueError:
            raise self.make_error("invalid") from None


def _parse_moment(value: str) -> datetime:
    if len(value) <= 10:
        return working_days.end_of_day(date.fromisoformat(value))
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset")
    return moment


def _error_messages(sentence: str) -> dict[str, str]:
    return {"required": sentence, "null": sentence, "invalid": sentence}
