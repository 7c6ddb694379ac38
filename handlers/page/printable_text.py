"""What people write and paper has to show: private characters are refused, undrawable ones are told."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask, flash, has_request_context, request
from marshmallow import Schema, ValidationError, fields, post_load

from domain.outside import typesetting
from translations import gettext

PRIVATE_CHARACTERS = re.compile("[\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]")


class StandardTextSchema(Schema):
    """Answers without characters of private use: they are another one, or none, on every other machine."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Let every text be looked at; the list is another one, as copies of a field share theirs."""
        super().on_bind_field(field_name, field_obj)
        if isinstance(field_obj, fields.String) and "password" not in field_name:
            field_obj.validators = [*field_obj.validators, refuse_private_characters]


class PrintedTextSchema(StandardTextSchema):
    """Answers of a person who goes on to another page, and is told there what no paper can show."""

    @post_load
    def tell(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Once all is accepted; a form that comes back says it beside the field."""
        written = {name: value for name, value in data.items() if "password" not in name}
        if has_request_context() and request.blueprint != "api" and (sentence := unprintable_note(written)):
            flash(sentence, "warn")
        return data


def install(app: Flask) -> None:
    """Let every input tell what of its value cannot be printed."""
    app.jinja_env.filters.update(unprintable=unprintable_note)


def refuse_private_characters(text: str) -> None:
    """Refuse a character of private use, by its code, as each machine shows it as another one."""
    if found := PRIVATE_CHARACTERS.search(text):
        raise ValidationError(
            gettext(
                "“%(character)s”（U+%(code)s）是个别电脑自造的字，别处显示和打印不出来，请换成标准字。"
                "姓名用字输入法打不出的，请按证件核对字形，或者咨询认定机构。",
                character=found[0],
                code=f"{ord(found[0]):04X}",
            )
        )


def unprintable_note(value: Any) -> str:
    """The sentence on what of a value no paper can show yet; empty as a rule."""
    lacking = typesetting.find_unprintable(
        PRIVATE_CHARACTERS.sub("", value) if isinstance(value, str) else value
    )
    if not lacking:
        return ""
    return gettext(
        "%(characters)s目前打印不出来：申请表上以“〓”代替，证书上用到的要等字库补齐后才能打印。请核对是否为标准字；"
        "确实是这个字的，照常提交，不影响办理，工作人员打印前会看到提示。",
        characters=typesetting.describe_characters(lacking),
    )
