"""marshmallow's own messages in Chinese, for fields that bring no sentence of their own."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from translations import lazy_gettext

FIELDS: dict[type[fields.Field], dict[str, str]] = {  # type: ignore[type-arg]
    fields.Field: {
        "required": lazy_gettext("请填写此项。"),
        "null": lazy_gettext("此项不能为空。"),
        "validator_failed": lazy_gettext("填写的内容不符合要求。"),
    },
    fields.String: {"invalid": lazy_gettext("须为文字。"), "invalid_utf8": lazy_gettext("文字编码有误。")},
    fields.Integer: {"invalid": lazy_gettext("须为整数。")},
    fields.Number: {"invalid": lazy_gettext("须为数字。"), "too_large": lazy_gettext("数字过大。")},
    fields.Float: {"special": lazy_gettext("须为普通的数字。")},
    fields.Decimal: {"special": lazy_gettext("须为普通的数字。")},
    fields.Boolean: {"invalid": lazy_gettext("须为是或否（true 或 false）。")},
    fields.DateTime: {
        "invalid": lazy_gettext("须为日期时间，如 2026-04-24T09:00:00+08:00。"),
        "invalid_awareness": lazy_gettext("日期时间须带时区。"),
        "format": lazy_gettext("不是有效的日期时间。"),
    },
    fields.Date: {
        "invalid": lazy_gettext("须为日期，如 2026-04-24。"),
        "format": lazy_gettext("不是有效的日期。"),
    },
    fields.Time: {
        "invalid": lazy_gettext("须为时间，如 09:00。"),
        "format": lazy_gettext("不是有效的时间。"),
    },
    fields.Email: {"invalid": lazy_gettext("电子邮箱格式有误。")},
    fields.Url: {"invalid": lazy_gettext("网址格式有误。")},
    fields.UUID: {"invalid_uuid": lazy_gettext("编号格式有误。")},
    fields.Mapping: {"invalid": lazy_gettext("须为一个 JSON 对象。")},
    fields.List: {"invalid": lazy_gettext("须为一个列表。")},
    fields.Nested: {"type": lazy_gettext("须为一个 JSON 对象。")},
    fields.Enum: {"unknown": lazy_gettext("须为以下之一：{choices}。")},
}
SCHEMAS = {"unknown": lazy_gettext("没有这个字段。"), "type": lazy_gettext("请提交一个 JSON 对象。")}
VALIDATORS: dict[type[validate.Validator], dict[str, str]] = {
    validate.Length: {
        "message_min": lazy_gettext("不能少于 {min} 个字符或项。"),
        "message_max": lazy_gettext("不能超过 {max} 个字符或项。"),
        "message_all": lazy_gettext("须为 {min} 到 {max} 个字符或项。"),
        "message_equal": lazy_gettext("须为 {equal} 个字符或项。"),
    },
    validate.Range: {
        "message_min": lazy_gettext("须{min_op} {{min}}。"),
        "message_max": lazy_gettext("须{max_op} {{max}}。"),
        "message_all": lazy_gettext("须{min_op} {{min}}，且{max_op} {{max}}。"),
        "message_gte": lazy_gettext("大于或等于"),
        "message_gt": lazy_gettext("大于"),
        "message_lte": lazy_gettext("小于或等于"),
        "message_lt": lazy_gettext("小于"),
    },
    validate.OneOf: {"default_message": lazy_gettext("须为以下之一：{choices}。")},
    validate.ContainsOnly: {"default_message": lazy_gettext("含有不能选择的项。")},
    validate.NoneOf: {"default_message": lazy_gettext("不能使用这个值。")},
    validate.Equal: {"default_message": lazy_gettext("须为 {other}。")},
    validate.Regexp: {"default_message": lazy_gettext("格式不符合要求。")},
    validate.Email: {"default_message": lazy_gettext("电子邮箱格式有误。")},
    validate.URL: {"default_message": lazy_gettext("网址格式有误。")},
}


def install_sentences() -> None:
    """Put the sentences in the place of marshmallow's; fields made before keep what they had."""
    for field, messages in FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **messages}
    for validator, texts in VALIDATORS.items():
        for name, text in texts.items():
            setattr(validator, name, text)
    Schema.error_messages = {**Schema.error_messages, **SCHEMAS}
