"""Forms: what is accepted, what is refused with which words, and how clients are told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_babel import Babel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields, validate

from models.base.errors import Invalid, NotAllowed
from workflows import forms
from workflows.forms import Form
from workflows.forms.answers import LARGEST


class RowSchema(Schema):
    """A row."""

    school = fields.String(required=True, validate=validate.Length(min=1, max=3))


class Trimmed(fields.String):
    """A text that is read before it is matched."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        return super()._deserialize(value, attr, data, **options).strip()


class LeaveSchema(Schema):
    """All sorts of fields."""

    days = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 30), metadata={"label": "天数"}
    )
    sort = fields.String(
        validate=validate.OneOf(["annual", "sick"]),
        metadata={"label": "类别", "options": {"annual": "年假", "sick": "病假"}, "hint": "病假须附证明"},
    )
    again = fields.Boolean(allow_none=True)
    until = fields.Date()
    share = fields.Float()
    rows = fields.List(fields.Nested(RowSchema), validate=validate.Length(max=2))
    shown = fields.String(dump_only=True)


FORM = Form(
    key="leave", title="请假单", schema=LeaveSchema, view=lambda case: {}, save=lambda case, data: data
)


def wrong(answers: Any, form: Form | None = FORM) -> dict[str, list[str]]:
    """The messages of a refusal."""
    with pytest.raises(Invalid) as refused:
        forms.load_answers(form, answers)
    return refused.value.fields


@pytest.mark.parametrize(
    ("answers", "messages"),
    [
        ({}, {"days": ["请填写此项。"]}),
        ({"days": None}, {"days": ["此项不能为空。"]}),
        ({"days": "三"}, {"days": ["须为整数。"]}),
        ({"days": 31}, {"days": ["须大于或等于 1，且小于或等于 30。"]}),
        ({"days": 1, "sort": "long"}, {"sort": ["须为以下之一：annual, sick。"]}),
        ({"days": 1, "again": "perhaps"}, {"again": ["须为是或否（true 或 false）。"]}),
        ({"days": 1, "until": "soon"}, {"until": ["须为日期，如 2026-04-24。"]}),
        ({"days": 1, "rows": {}}, {"rows": ["须为一个列表。"]}),
        ({"days": 1, "rows": [{"school": "衢州学院"}, 3]}, {"rows.0.school", "rows.1._schema"}),
        ({"days": 1, "rows": [{"school": "衢"}] * 3}, {"rows": ["不能超过 2 个字符或项。"]}),
        ({"days": 1, "shown": "x"}, {"shown": ["没有这个字段。"]}),
        ({"days": 1, "more": "x"}, {"more": ["没有这个字段。"]}),
        ({"days": 1, "sort": "a\x00"}, {"sort": ["含有不能保存的字符。"]}),
        ({"days": 1, "rows": [{"school": "\ud800"}]}, {"rows": ["含有不能保存的字符。"]}),
        ({"days": 2**63}, {"days": ["含有不能保存的字符。"]}),
        ({"days": 1, "share": float("inf")}, {"share": ["含有不能保存的字符。"]}),
        ([], {"data": ["请提交一个 JSON 对象。"]}),
        (None, {"data": ["请提交一个 JSON 对象。"]}),
    ],
)
def test_each_field_is_refused_in_its_own_words(answers: Any, messages: Any) -> None:
    found = wrong(answers)
    assert (set(found) if isinstance(messages, set) else found) == messages


def test_checked_answers_are_the_schema_s_values() -> None:
    assert forms.load_answers(FORM, {"days": 3, "again": None}) == {"days": 3, "again": None}


def test_an_unknown_form_is_named_as_such() -> None:
    assert forms.find_form(None) is None
    assert forms.find_form("no such form") is None
    with pytest.raises(forms.UnknownForm):
        forms.get_form("no such form")


@pytest.fixture
def development() -> Iterator[Flask]:
    """An app whose mode is development."""
    app = Flask("forms")
    app.config["PRODUCTION"] = False
    Babel(app)
    with app.app_context():
        yield app


def deep(levels: int) -> Any:
    """Lists in lists."""
    return [deep(levels - 1)] if levels else 1


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({"days": 3, "why": None, "list": [1, {"a": [2.5, True]}]}, set()),
        ({"天数": 3}, set()),
        ({"_hidden": 1, "a b": 1, "1st": 1, "": 1, "n" * 121: 1}, {"_hidden", "a b", "1st", "", "n" * 120}),
        ({"deep": deep(5)}, set()),
        ({"deep": deep(6)}, {"deep"}),
        ({"wide": list(range(201))}, {"wide"}),
        ({"long": "字" * 10_001}, {"long"}),
        ({"nul": "\x00", "half": "\ud800", "key": {"\x00": 1}}, {"nul", "half", "key"}),
        ({"huge": 2**63, "nan": float("nan"), "inf": float("inf")}, {"huge", "nan", "inf"}),
        ({"odd": {1: 2}, "set": {1}, "bytes": b""}, {"odd", "set", "bytes"}),
        ({f"n{number}": number for number in range(201)}, {"data"}),
        ({"a": ["字" * 9_000] * 3}, {"data"}),
        ({"\ud800": 1}, {"?"}),
        ([1], {"data"}),
        ("text", {"data"}),
    ],
)
def test_free_answers_are_plain_and_bounded(development: Flask, answers: Any, refused: set[str]) -> None:
    if refused:
        assert set(wrong(answers, None)) == refused
    else:
        assert forms.load_answers(None, answers) == answers


def test_production_takes_no_free_answers(development: Flask) -> None:
    development.config["PRODUCTION"] = True
    with pytest.raises(NotAllowed):
        forms.load_answers(None, {"days": 3})


ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)


def outcome(answers: Any, form: Form | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is kept of answers, and what is refused about them."""
    try:
        return (forms.load_answers(form, answers) if form else forms.check_plain_answers(answers)), {}
    except Invalid as refusal:
        return {}, refusal.fields


@given(ANYTHING)
def test_whatever_is_sent_is_kept_exactly_or_refused(answers: Any) -> None:
    kept, refused = outcome(answers, None)
    if refused:
        assert json.dumps(refused, ensure_ascii=False).encode()
    else:
        text = json.dumps(kept, ensure_ascii=False, allow_nan=False)
        assert json.loads(text) == answers
        assert len(text.encode()) <= LARGEST


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a busy machine; it says nothing of the form
@given(
    st.dictionaries(st.sampled_from(["days", "sort", "again", "until", "rows", "share", "more"]), ANYTHING)
)
def test_a_form_reads_or_refuses_whatever_is_sent(answers: Any) -> None:
    kept, refused = outcome(answers, FORM)
    assert refused or set(kept) == set(answers)


def test_a_form_is_described_as_json_schema() -> None:
    assert forms.build_json_schema(FORM) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "请假单",
        "type": "object",
        "properties": {
            "days": {"type": "integer", "minimum": 1, "maximum": 30, "title": "天数"},
            "sort": {
                "type": "string",
                "oneOf": [{"const": "annual", "title": "年假"}, {"const": "sick", "title": "病假"}],
                "title": "类别",
                "description": "病假须附证明",
            },
            "again": {"type": ["boolean", "null"]},
            "until": {"type": "string", "format": "date"},
            "share": {"type": "number"},
            "rows": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"school": {"type": "string", "minLength": 1, "maxLength": 3}},
                    "required": ["school"],
                    "additionalProperties": False,
                },
                "maxItems": 2,
            },
        },
        "required": ["days"],
        "additionalProperties": False,
    }


@given(
    st.fixed_dictionaries(
        {"days": st.integers(-5, 40)},
        optional={
            "sort": st.sampled_from(["annual", "sick", "long"]),
            "again": st.none() | st.booleans(),
            "rows": st.lists(st.fixed_dictionaries({"school": st.text("衢州学院", max_size=5)}), max_size=3),
        },
    )
)
def test_the_description_accepts_what_the_form_accepts(answers: Any) -> None:
    described = jsonschema.Draft202012Validator(forms.build_json_schema(FORM)).is_valid(answers)
    assert described == (not outcome(answers, FORM)[1])


class OddSchema(Schema):
    """What apispec leaves out, or tells otherwise."""

    number = fields.String(validate=validate.Regexp(r"(?P<year>[0-9]{4})-?\\?[0-9]\Z"))
    trimmed = Trimmed(validate=validate.Regexp(r"[0-9]\Z"))
    loud = fields.String(validate=validate.Regexp(re.compile("a", re.IGNORECASE)))
    share = fields.Float(validate=validate.Range(0, 1, min_inclusive=False, max_inclusive=False))
    bounded = fields.Integer(validate=[validate.Range(min=3), validate.Range(0, 9, min_inclusive=False)])
    sort = fields.String(allow_none=True, validate=validate.OneOf(["a", "b"], labels=["甲", "乙"]))
    agreed = fields.Boolean(validate=validate.Equal(True))
    at = fields.Time(load_default=None)
    page = fields.Url(metadata={"title": "网页", "description": "以 https 开头"})
    free = fields.Dict()
    rows = fields.Nested(lambda: ShownSchema(many=True))
    row = fields.Nested(lambda: ShownSchema())


class ShownSchema(Schema):
    """Only shown, without anything required."""

    shown = fields.String(dump_only=True)
    kept = fields.String(load_default="")


def described(schema: type[Schema]) -> dict[str, Any]:
    """The properties of a form with this schema."""
    form = Form(key="odd", title="表", schema=schema, view=lambda case: {}, save=lambda case, typed: typed)
    found: dict[str, Any] = forms.build_json_schema(form)["properties"]
    return found


def test_a_description_says_what_the_schema_means() -> None:
    row = {
        "type": "object",
        "properties": {"kept": {"type": "string", "default": ""}},
        "required": [],
        "additionalProperties": False,
    }
    titles = [
        {"const": "a", "title": "甲"},
        {"const": "b", "title": "乙"},
        {"const": None, "title": "未填写"},
    ]
    assert described(OddSchema) == {
        "number": {"type": "string", "pattern": r"^(?:(?<year>[0-9]{4})-?\\?[0-9]$)"},
        "trimmed": {"type": "string"},
        "loud": {"type": "string"},
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "bounded": {"type": "integer", "minimum": 3, "maximum": 9},
        "sort": {"type": ["string", "null"], "oneOf": titles},
        "agreed": {"type": "boolean", "enum": [True]},
        "at": {"type": ["string", "null"], "format": "time", "default": None},
        "page": {"type": "string", "format": "uri", "title": "网页", "description": "以 https 开头"},
        "free": {"type": "object", "additionalProperties": {}},
        "rows": {"type": "array", "items": row},
        "row": row,
    }


def test_a_task_without_a_form_takes_any_object() -> None:
    described = forms.build_json_schema(None)
    assert described["additionalProperties"] is True
    assert jsonschema.Draft202012Validator(described).is_valid({"any": [1]})
    assert not jsonschema.Draft202012Validator(described).is_valid([])


def test_descriptions_leave_the_api_s_own_alone() -> None:
    before = dict(MarshmallowPlugin.Converter.field_mapping)
    described(OddSchema)
    assert before == MarshmallowPlugin.Converter.field_mapping


class NumberedSchema(Schema):
    """A number in a pattern."""

    number = fields.String(validate=validate.Regexp(r"[0-9]{2}(-[0-9])?\Z"))


@given(st.text("019-a ", max_size=6))
def test_a_pattern_accepts_what_the_form_accepts(number: str) -> None:
    form = replace(FORM, schema=NumberedSchema)
    valid = jsonschema.Draft202012Validator(forms.build_json_schema(form)).is_valid({"number": number})
    assert valid == (not outcome({"number": number}, form)[1])


def test_every_registered_form_has_a_valid_description(app: Flask) -> None:
    registered = forms.registered_forms()
    assert registered
    for form in registered.values():
        described = forms.build_json_schema(form)
        jsonschema.Draft202012Validator.check_schema(described)
        assert json.loads(json.dumps(described)) == described
        assert described["title"]
