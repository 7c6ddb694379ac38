"""The components of a form that we draw: their schemas, and what is said about the others."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from translations import gettext, join_words, lazy_gettext
from workflows.definitions.designed_forms.form_conditions import WORDS
from workflows.definitions.reading.names import OneWord
from workflows.definitions.reading.texts import NOTHING, TextField

TEXTS, CHOICES, LISTS = ("textfield", "textarea"), ("radio", "select"), ("checklist", "taglist")
ASKED = (*TEXTS, "number", "datetime", "checkbox", *CHOICES, *LISTS)  # these have an answer
SHOWN = ("text", "separator", "spacer", "group")
VARIABLES = ("radio", "select", "checkbox", "number", "checklist")  # bounded values, fit for gateways
LONGEST = {"textfield": 500, "textarea": 4_000}  # characters of an answer, unless the form says fewer
LONGEST_MATCHED = 100  # of one with a pattern, unless the form says otherwise
LARGEST_NUMBER = 10**15
# Names that the page of a task sends or uses besides the form's own.
RESERVED = frozenset(
    "act agreed_texts answers certificate csrf_token confirmed data decide do docs draft fields form"
    " form_owner found item known main menu opinions refresh register revision rows sentences signature story"
    " then transaction transaction_id".split()
)


class Plain(fields.Field[Any]):
    """What a form editor keeps for itself: a flat object of plain values, not looked at."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or len(value) > 20:
            raise ValidationError(gettext("须为一个 JSON 对象。"))
        for part in value.values():
            if not isinstance(part, str | int | bool | None) or (isinstance(part, str) and len(part) > 500):
                raise ValidationError(gettext("须为简单的值。"))
        return dict(value)


class Bound(fields.Integer):
    """A number of characters."""

    def __init__(self, **known: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=0, max=10_000), **known)


class NumberValue(fields.Field[Any]):
    """A number of a form, within bounds."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int | float:
        if not is_number(value):
            raise ValidationError(gettext("须为数字。"))
        number: int | float = value
        return number


class RulesSchema(Schema):
    """What an answer has to be."""

    required = fields.Boolean()


class TextRulesSchema(RulesSchema):
    """The same of a text."""

    shortest = Bound(data_key="minLength")
    longest = Bound(data_key="maxLength")
    pattern = fields.String(validate=validate.Length(min=1))
    format = fields.String(data_key="validationType", validate=OneWord(["", "custom", "email", "phone"]))


class NumberRulesSchema(RulesSchema):
    """The same of a number."""

    least = NumberValue(data_key="min")
    most = NumberValue(data_key="max")


class ChoiceSchema(Schema):
    """One value that can be chosen."""

    value = fields.String(required=True, validate=validate.Length(min=1, max=60))
    label = TextField(required=True, longest=200)


class ConditionalSchema(Schema):
    """When a component is hidden."""

    hide = fields.String(load_default="", allow_none=True)


class ComponentSchema(Schema):
    """What all components have."""

    id = fields.String(validate=validate.Length(min=1, max=120))
    type = fields.String(required=True)
    label = TextField(longest=200, load_default=NOTHING)
    conditional = fields.Nested(ConditionalSchema)
    properties = Plain(load_default=dict)
    zige = Plain(load_default=dict)
    layout = Plain()


class AskedSchema(ComponentSchema):
    """What a component has that asks for an answer."""

    key = fields.String(required=True)
    description = TextField(longest=500, load_default=NOTHING)
    default = fields.Raw(data_key="defaultValue", allow_none=True)
    rules = fields.Nested(RulesSchema, data_key="validate", load_default=dict)


class TextInputSchema(AskedSchema):
    """A text."""

    rules = fields.Nested(TextRulesSchema, data_key="validate", load_default=dict)


class NumberSchema(AskedSchema):
    """A number."""

    rules = fields.Nested(NumberRulesSchema, data_key="validate", load_default=dict)
    digits = fields.Integer(
        strict=True, allow_none=True, data_key="decimalDigits", validate=validate.Range(min=0, max=6)
    )
    increment = NumberValue()


class DateSchema(AskedSchema):
    """A day, a time, or both."""

    subtype = fields.String(load_default="date", validate=validate.OneOf(["date", "time", "datetime"]))
    date_label = TextField(data_key="dateLabel", longest=200)
    time_label = TextField(data_key="timeLabel", longest=200)
    use24h = fields.Boolean()
    interval = fields.Integer(data_key="timeInterval")
    format = fields.String(data_key="timeSerializingFormat")


class ChoicesSchema(AskedSchema):
    """A choice of one or several values."""

    values = fields.List(fields.Nested(ChoiceSchema), required=True, validate=validate.Length(min=1, max=100))
    searchable = fields.Boolean()


class TextSchema(ComponentSchema):
    """A text that is only shown."""

    text = TextField(required=True)


class SpacerSchema(ComponentSchema):
    """Space."""

    height = fields.Integer()


class GroupSchema(ComponentSchema):
    """Components under a heading; what is inside is read by itself."""

    path = fields.String(load_default="", validate=validate.Length(max=60))
    outline = fields.Boolean(data_key="showOutline")
    align = fields.String(data_key="verticalAlignment")
    components = fields.Raw(load_default=list)


SCHEMAS: dict[str, type[ComponentSchema]] = {
    **dict.fromkeys(TEXTS, TextInputSchema),
    "number": NumberSchema,
    "datetime": DateSchema,
    "checkbox": AskedSchema,
    **dict.fromkeys((*CHOICES, *LISTS), ChoicesSchema),
    "text": TextSchema,
    "separator": ComponentSchema,
    "spacer": SpacerSchema,
    "group": GroupSchema,
}
NOT_DRAWN = {
    "filepicker": lazy_gettext("表单里还不能上传文件，请用材料上传的任务。"),
    **dict.fromkeys(
        ("html", "iframe", "documentPreview", "image"),
        lazy_gettext("表单里不能放网页、图片或文件预览，文字请用 text。"),
    ),
    "button": lazy_gettext("提交和暂存按钮由页面提供，请删去。"),
    "expression": lazy_gettext("表单不做计算，请在流程里用表达式或决策表。"),
    **dict.fromkeys(("dynamiclist", "table"), lazy_gettext("表单里还不能有行数不定的表格，请拆成单个字段。")),
}


def is_number(value: Any) -> bool:
    """Whether it is a number within bounds; nan is none."""
    return type(value) in (int, float) and abs(value) <= LARGEST_NUMBER


def explain_kind(kind: Any) -> str:
    """Why a kind of component is not taken."""
    known = NOT_DRAWN.get(kind) if isinstance(kind, str) else None
    if known:
        return str(known)
    return gettext("不认识的组件类型，请改用：%(known)s。", known=join_words(SCHEMAS))


def explain_key(key: str) -> str:
    """What is wrong with the key of an answer; empty when nothing is."""
    if not key.isidentifier() or key.startswith("_") or len(key) > 60:
        return gettext("key 须以字母开头，只含字母、数字和下划线，不超过 60 个字符。")
    if unicodedata.normalize("NFKC", key) != key:
        return gettext("key 含有容易混淆的字符，请改用普通字母。")
    if key in RESERVED or key in WORDS or keyword.iskeyword(key):
        return gettext("key 不能用 %(key)s，页面或表达式已经用它，请改名。", key=key)
    return ""
