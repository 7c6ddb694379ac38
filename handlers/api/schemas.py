"""What the API accepts and answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, pre_load, validate

from models.base.errors import Invalid
from translations import gettext, join_clauses, lazy_gettext
from workflows import forms

LARGEST_NUMBER = 2**31 - 1  # what a row is numbered with
NAME_PATTERN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,119}")
BUSINESS_KEY = validate.Regexp(
    r"[^\s\x00-\x1f][^\x00-\x1f]{0,119}\Z", error=lazy_gettext("1 到 120 个字符，不能含控制字符。")
)
NAME = validate.Regexp(
    NAME_PATTERN.pattern + r"\Z", error=lazy_gettext("须以字母开头，只含字母、数字和 . _ -。")
)
LOGIN = validate.Regexp(r"[^\x00-\x1f]{1,60}\Z", error=lazy_gettext("1 到 60 个字符，不能含控制字符。"))
TRANSACTION = validate.Regexp(r"[\x21-\x7e]{1,80}\Z", error=lazy_gettext("1 到 80 个可见的 ASCII 字符。"))


class StrictSchema(Schema):
    """Unknown fields are refused."""

    class Meta:
        unknown = RAISE

    @pre_load
    def whole(self, data: Any, **_: Any) -> Any:
        """Bodies are objects."""
        if not isinstance(data, Mapping):
            raise ValidationError({"_schema": [gettext("请提交一个 JSON 对象。")]})
        return data


class Variables(fields.Dict):
    """An object of plain values, bounded in depth and size."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        try:
            return forms.check_plain_answers(value)
        except Invalid as refusal:
            raise ValidationError(
                [f"{name}: {join_clauses(said)}" for name, said in refusal.fields.items()]
            ) from None


class StartBody(StrictSchema):
    """Start an instance."""

    variables = Variables(load_default=dict, metadata={"description": lazy_gettext("初始变量，只含简单的值")})
    business_key = fields.String(
        data_key="businessKey", load_default=None, allow_none=True, validate=BUSINESS_KEY
    )


class CompleteBody(StrictSchema):
    """Complete a task with its form's fields."""

    data = fields.Dict(keys=fields.String(), load_default=dict)
    transaction_id = fields.String(
        data_key="transactionId", load_default=None, allow_none=True, validate=TRANSACTION
    )


class MessageBody(StrictSchema):
    """Deliver a message to the one task that waits for it."""

    name = fields.String(required=True, validate=NAME)
    key = fields.String(required=True, validate=BUSINESS_KEY)
    payload = Variables(load_default=dict)


class ClockBody(StrictSchema):
    """Move the test clock forward."""

    advance = fields.String(
        required=True,
        validate=validate.Regexp(
            r"P[0-9YMWDTHS.]{1,30}\Z", error=lazy_gettext("须为 ISO 8601 时长，如 P3D。")
        ),
    )


class ClockAnswer(Schema):
    """The moment it is now."""

    now = fields.DateTime()


class TaskQuery(StrictSchema):
    """Which tasks to list; without any, those in one's reach."""

    role = fields.String(validate=NAME)
    assignee = fields.String(validate=LOGIN, metadata={"description": lazy_gettext("登录名，或 me")})
    state = fields.String(validate=validate.OneOf(["open", "claimed", "done", "withdrawn"]))
    process = fields.String(validate=NAME)
    instance = fields.Integer(validate=validate.Range(min=1, max=LARGEST_NUMBER))
    cursor = fields.Integer(load_default=0, validate=validate.Range(min=0, max=LARGEST_NUMBER))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


class EventsQuery(StrictSchema):
    """Which part of what happened."""

    cursor = fields.Integer(load_default=0, validate=validate.Range(min=0, max=LARGEST_NUMBER))
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=1000))


class ProblemItem(Schema):
    """One finding of the linter."""

    file = fields.String()
    element = fields.String(allow_none=True)
    rule = fields.String()
    message = fields.String()
    severity = fields.String()
    path = fields.List(fields.String())  # ids of the elements that lead to it, in order from the start


class ProblemSchema(Schema):
    """An RFC 9457 problem document."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String(
        metadata={
            "description": "not_claimed, already_claimed, already_done, not_allowed, invalid, not_found, "
            "unauthorized, nothing_waiting, changed …"
        }
    )
    detail = fields.String()
    fields_ = fields.Dict(data_key="fields", keys=fields.String(), values=fields.List(fields.String()))
    more = fields.Integer(metadata={"description": "how many fields more were refused than are listed"})
    problems = fields.List(fields.Nested(ProblemItem))


class DefinitionAnswer(Schema):
    """A deployed definition."""

    sort = fields.String()
    key = fields.String()
    version = fields.Integer()
    changed = fields.Boolean()


class ReleaseAnswer(Schema):
    """A release that the deployment made."""

    key = fields.String()
    number = fields.Integer()


class DeploymentAnswer(Schema):
    """What a deployment led to."""

    key = fields.String(allow_none=True, metadata={"description": lazy_gettext("第一个流程的标识")})
    version = fields.Integer(allow_none=True)
    definitions = fields.List(fields.Nested(DefinitionAnswer))
    releases = fields.List(fields.Nested(ReleaseAnswer))


class TaskAnswer(Schema):
    """A task."""

    id = fields.Integer()
    instance = fields.Integer(attribute="instance_id")
    process = fields.String(attribute="process_key")
    element = fields.String()
    name = fields.String()
    role = fields.String(allow_none=True)
    form_key = fields.String(data_key="formKey", allow_none=True)
    place = fields.String(allow_none=True)
    state = fields.String()
    assignee = fields.String(allow_none=True)
    created_at = fields.DateTime(data_key="createdAt")
    due_at = fields.DateTime(data_key="dueAt", allow_none=True)
    done_at = fields.DateTime(data_key="doneAt", allow_none=True)


class TaskDetail(TaskAnswer):
    """A task with its form."""

    form = fields.Dict(metadata={"description": lazy_gettext("表单的 JSON Schema")})
    view = fields.Dict(
        allow_none=True,
        metadata={"description": lazy_gettext("表单所示的内容；没有表单时为流程变量；无权办理时为空")},
    )
    draft = fields.Raw(allow_none=True, metadata={"description": lazy_gettext("已填写而未提交的内容")})


class TaskPage(Schema):
    """One page of tasks."""

    tasks = fields.List(fields.Nested(TaskAnswer))
    cursor = fields.Integer(
        allow_none=True, metadata={"description": lazy_gettext("下一页从这里开始；没有下一页时为空")}
    )


class InstanceAnswer(Schema):
    """An instance."""

    id = fields.Integer()
    process = fields.String(attribute="process_key")
    business_key = fields.String(data_key="businessKey", allow_none=True)
    release = fields.Integer()
    state = fields.String()
    elements = fields.List(fields.String())
    public_state = fields.String(data_key="publicState", allow_none=True)
    end_element = fields.String(data_key="endElement", allow_none=True)
    started_at = fields.DateTime(data_key="startedAt")
    ended_at = fields.DateTime(data_key="endedAt", allow_none=True)
    tasks = fields.List(fields.Nested(TaskAnswer))
    variables = fields.Dict()


class EventAnswer(Schema):
    """Something that happened to an instance."""

    id = fields.Integer()
    at = fields.DateTime()
    kind = fields.String()
    element = fields.String(allow_none=True)
    actor = fields.String(allow_none=True)
    detail = fields.Raw(allow_none=True)


class EventsAnswer(Schema):
    """The events of an instance, the oldest first."""

    events = fields.List(fields.Nested(EventAnswer))
    cursor = fields.Integer(
        allow_none=True, metadata={"description": lazy_gettext("下一页从这里开始；没有下一页时为空")}
    )
