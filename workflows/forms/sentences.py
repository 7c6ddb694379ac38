"""marshmallow's own messages in Chinese, for fields that bring no sentence of their own."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

FIELDS: dict[type[fields.Field], dict[str, str]] = {  # type: ignore[type-arg]
    fields.Field: {
        "required": "请填写此项。",
        "null": "此项不能为空。",
        "validator_failed": "填写的内容不符合要求。",
    },
    fields.String: {"invalid": "须为文字。", "invalid_utf8": "文字编码有误。"},
    fields.Integer: {"invalid": "须为整数。"},
    fields.Number: {"invalid": "须为数字。", "too_large": "数字过大。"},
    fields.Float: {"special": "须为普通的数字。"},
    fields.Decimal: {"special": "须为普通的数字。"},
    fields.Boolean: {"invalid": "须为是或否（true 或 false）。"},
    fields.DateTime: {
        "invalid": "须为日期时间，如 2026-04-24T09:00:00+08:00。",
        "invalid_awareness": "日期时间须带时区。",
        "format": "不是有效的日期时间。",
    },
    fields.Date: {"invalid": "须为日期，如 2026-04-24。", "format": "不是有效的日期。"},
    fields.Time: {"invalid": "须为时间，如 09:00。", "format": "不是有效的时间。"},
    fields.Email: {"invalid": "电子邮箱格式有误。"},
    fields.Url: {"invalid": "网址格式有误。"},
    fields.UUID: {"invalid_uuid": "编号格式有误。"},
    fields.Mapping: {"invalid": "须为一个 JSON 对象。"},
    fields.List: {"invalid": "须为一个列表。"},
    fields.Nested: {"type": "须为一个 JSON 对象。"},
    fields.Enum: {"unknown": "须为以下之一：{choices}。"},
}
SCHEMAS = {"unknown": "没有这个字段。", "type": "请提交一个 JSON 对象。"}
VALIDATORS: dict[type[validate.Validator], dict[str, str]] = {
    validate.Length: {
        "message_min": "不能少于 {min} 个字符或项。",
        "message_max": "不能超过 {max} 个字符或项。",
        "message_all": "须为 {min} 到 {max} 个字符或项。",
        "message_equal": "须为 {equal} 个字符或项。",
    },
    validate.Range: {
        "message_min": "须{min_op} {{min}}。",
        "message_max": "须{max_op} {{max}}。",
        "message_all": "须{min_op} {{min}}，且{max_op} {{max}}。",
        "message_gte": "大于或等于",
        "message_gt": "大于",
        "message_lte": "小于或等于",
        "message_lt": "小于",
    },
    validate.OneOf: {"default_message": "须为以下之一：{choices}。"},
    validate.ContainsOnly: {"default_message": "含有不能选择的项。"},
    validate.NoneOf: {"default_message": "不能使用这个值。"},
    validate.Equal: {"default_message": "须为 {other}。"},
    validate.Regexp: {"default_message": "格式不符合要求。"},
    validate.Email: {"default_message": "电子邮箱格式有误。"},
    validate.URL: {"default_message": "网址格式有误。"},
}


def install_sentences() -> None:
    """Put the sentences in the place of marshmallow's; fields made before keep what they had."""
    for field, messages in FIELDS.items():
        field.default_error_messages = {**field.default_error_messages, **messages}
    for validator, texts in VALIDATORS.items():
        for name, text in texts.items():
            setattr(validator, name, text)
    Schema._default_error_messages = {**Schema._default_error_messages, **SCHEMAS}
