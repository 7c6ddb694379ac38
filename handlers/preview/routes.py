"""The component pages: what designers of pages look at, and what the tests read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from marshmallow import Schema, fields

from handlers.diagrams import picture
from handlers.diagrams.picture import DiagramPicture
from handlers.diagrams.timeline_events import DiagramWords
from handlers.entry.access import allow
from handlers.entry.errors import PAGES
from handlers.page.contract import Page, show
from handlers.page.formfields import FormView
from models.base.errors import NotFound
from translations import gettext, lazy_gettext
from workflows.clock import now
from workflows.diagrams import layout_reader
from workflows.diagrams.token_progress import ProcessProgress

pages = Blueprint("preview", __name__)
DIAGRAM = Path(__file__).parents[2] / "workflows" / "library" / "confirmation" / "confirmation.bpmn"
STEPS = tuple(
    lazy_gettext(
        "网上申报协议 填写身份信息 选择认定机构 填写认定信息 确认申报信息 注意事项 提交认定申请 申报提醒"
    ).split()
)


class SampleSchema(Schema):
    """A form with one field of each sort."""

    employer = fields.String(
        metadata={"label": lazy_gettext("工作单位"), "hint": lazy_gettext("没有的填“无”，不超过 60 个字")}
    )
    mobile = fields.String(metadata={"label": lazy_gettext("手机号")})
    email = fields.String(metadata={"label": lazy_gettext("电子邮箱"), "optional": True})
    occupation = fields.String(
        metadata={
            "label": lazy_gettext("现从事职业"),
            "options": (("student", lazy_gettext("学生")), ("none", lazy_gettext("无"))),
        }
    )
    examined_on = fields.String(metadata={"label": lazy_gettext("体检日期")})
    note = fields.String(metadata={"label": lazy_gettext("补充说明")})
    route = fields.String(metadata={"label": lazy_gettext("考试形式")})
    exam_certificate = fields.String(metadata={"label": lazy_gettext("选择考试合格证明")})
    enrolled = fields.String(metadata={"label": lazy_gettext("是否在校生")})
    region = fields.String(metadata={"label": lazy_gettext("地区")})
    agreed = fields.Boolean(metadata={"label": lazy_gettext("协议与授权")})
    photo = fields.String(metadata={"label": lazy_gettext("证件照")})
    signature = fields.String(metadata={"label": lazy_gettext("请在框内用正楷签名")})


TYPED = {
    "employer": lazy_gettext("衢州市实验学校"),
    "mobile": "1380570",
    "occupation": "student",
    "examined_on": "2026-04-09",
    "note": lazy_gettext("九华校区学籍已于 3 月转入。"),
    "route": "national_exam",
    "enrolled": "yes",
    "region": "330802",
}
ERRORS = {
    "mobile": [lazy_gettext("请输入 11 位手机号")],
    "exam_certificate": [lazy_gettext("请选择一张考试合格证明")],
}


@pages.get("/")
@allow("public")
@show("preview/components.html")
def components() -> Page:
    """The applicant's side: wizard frame, inputs, messages, lists."""
    form = FormView.refused(TYPED, ERRORS, SampleSchema())
    return {"form": form, "steps": STEPS, "step": 4, "done": [1, 2, 3], "moment": now()}


@pages.get("/staff")
@allow("public")
@show("preview/staff.html")
def staff() -> Page:
    """The reviewers' side: work list and review."""
    moment = now()
    near = [
        moment - timedelta(days=1, hours=9),
        moment + timedelta(minutes=1),
        moment + timedelta(days=5),
        None,
    ]
    return {
        "form": FormView.blank(SampleSchema(), TYPED),
        "near": near,
        "moment": moment,
        "picture": _draw_sample(),
    }


@pages.get("/errors/<int:status>")
@allow("public")
def refused(status: int) -> ResponseReturnValue:
    """An error page as it stands."""
    if status not in PAGES | {409}:
        raise NotFound
    return render_template(f"errors/{status}.html" if status != 409 else "errors/refused.html", sentence="")


def _draw_sample() -> DiagramPicture | None:
    place = ProcessProgress(
        key="confirmation",
        here=frozenset({"check_materials"}),
        done=("confirmation_opened", "await_arrival"),
        flows=frozenset({"confirmation_opened_to_await_arrival", "await_arrival_to_check_materials"}),
    )
    return picture.draw_diagram(
        layout_reader.read_layout(DIAGRAM.read_bytes(), "confirmation"),
        place,
        DiagramWords(here=gettext("当前"), end=gettext("已结束"), states={}),
    )
