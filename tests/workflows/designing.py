"""A small process with a designed form, and forms of every component, for tests of several rooms."""

from __future__ import annotations

import json
from typing import Any

from tests.workflows.engine.diagrams.drawing import START, element, flow, flows, user
from tests.workflows.office import drawn

VALUES = [
    {"value": "annual", "label": "年假"},
    {"value": "sick", "label": {"zh": "病假", "en": "Sick leave"}},
]
EVERY: list[dict[str, Any]] = [
    {"type": "text", "id": "intro", "text": "请如实填写。"},
    {
        "type": "textfield",
        "id": "f1",
        "key": "name",
        "label": "姓名",
        "validate": {"required": True, "maxLength": 20},
    },
    {"type": "textfield", "key": "code", "label": "编号", "validate": {"pattern": r"^\d{3}-\d{4}$"}},
    {"type": "textfield", "key": "mail", "label": "邮箱", "validate": {"validationType": "email"}},
    {"type": "textfield", "key": "phone", "label": "电话", "validate": {"validationType": "phone"}},
    {"type": "separator"},
    {
        "type": "radio",
        "key": "sort",
        "label": "类别",
        "values": VALUES,
        "validate": {"required": True},
        "properties": {"variable": "true"},
    },
    {
        "type": "textarea",
        "id": "why",
        "key": "reason",
        "label": "病情",
        "validate": {"required": True},
        "conditional": {"hide": '=sort != "sick"'},
    },
    {
        "type": "number",
        "key": "days",
        "label": "天数",
        "decimalDigits": 1,
        "validate": {"min": 0.5, "max": 30},
        "zige": {"variable": True},
    },
    {"type": "number", "key": "people", "label": "人数", "decimalDigits": 0, "defaultValue": 1},
    {"type": "datetime", "key": "day", "dateLabel": "日期", "subtype": "date"},
    {"type": "datetime", "key": "hour", "timeLabel": "时间", "subtype": "time"},
    {"type": "datetime", "key": "moment", "dateLabel": "时刻", "subtype": "datetime"},
    {"type": "spacer"},
    {"type": "checkbox", "key": "agreed", "label": "同意", "properties": {"variable": True}},
    {"type": "checklist", "key": "papers", "label": "材料", "values": VALUES, "zige": {"variable": "true"}},
    {"type": "select", "key": "again", "label": "再次", "values": VALUES},
    {"type": "taglist", "key": "tags", "label": "标签", "values": VALUES},
    {
        "type": "group",
        "path": "home",
        "label": "家庭",
        "conditional": {"hide": "=not(agreed)"},
        "components": [
            {"type": "textfield", "key": "city", "label": "城市"},
            {"type": "textfield", "key": "street", "label": "街道", "conditional": {"hide": "=city = null"}},
        ],
    },
]


def written(components: Any, **more: Any) -> bytes:
    """A file of a form."""
    raw = {"type": "default", "id": "designed", "title": "请假单", "components": components, **more}
    return json.dumps(raw).encode()


def build_process(role: str = "clerk", **values: str) -> bytes:
    """Somebody fills in the form; who is ill has it read by another, under another end."""
    body = (
        START
        + user("fill", formKey="designed", role=role, **values)
        + element("exclusiveGateway", "g", default="g_well")
        + user("read", formKey="designed", role=role)
        + element("endEvent", "well")
        + element("endEvent", "ill")
        + flows("s fill", "fill g", "g well", "read ill")
        + flow("g", "read", 'sort == "sick"')
    )
    return drawn(body, key="designed_leave")
