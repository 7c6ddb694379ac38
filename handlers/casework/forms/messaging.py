"""Reading an applicant's answer: it settles the matter, or something more is asked."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from marshmallow import ValidationError, fields, validates_schema
from sqlalchemy import select

from domain.messages import threads
from domain.messages.threads import Letter
from handlers.casework.forms.inputs import DAYS, days_to_answer, prose
from handlers.page import correspondence
from handlers.page.correspondence import Reader
from handlers.page.glyphs import Standard
from models import db
from models.errors import Changed, NotFound
from models.threads import Thread
from workflows.forms import Case, Form, register

CHOOSE = "请选择关闭或者追问。"


class ReplyArrived(Changed):
    """The applicant wrote again while a reply was being typed."""

    sentence = lazy_gettext("申请人刚刚又补充了回复，请先阅读，再提交。")


class ReadReplySchema(Standard):
    """What becomes of the thread."""

    settled = fields.Boolean(
        required=True,
        error_messages={"required": CHOOSE, "invalid": CHOOSE, "null": CHOOSE},
        metadata={"label": "怎样处理", "options": {"true": "已经说清，关闭留言", "false": "继续追问"}},
    )
    text = prose("追问内容", most=2000, hint="追问时填写，申请人会原样看到，不超过 2000 个字")
    days = days_to_answer()
    revision = fields.Integer(load_default=0, metadata={"label": "看到的最后一条留言"})

    @validates_schema(skip_on_field_errors=True)
    def question(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever goes on asking says what."""
        if not data["settled"] and not data["text"]:
            raise ValidationError("请填写追问内容。", "text")


def view(case: Case) -> dict[str, Any]:
    """The whole thread."""
    person = case.actor
    reader = Reader(person_id=person, is_applicant=False, file_endpoint="casework.thread_file", now=case.now)
    return {"thread": correspondence.shown(_thread(case), reader)}


def save(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the next question; the process closes the thread or waits again."""
    thread = threads.locked(_thread(case).id)
    if data["revision"] and thread.messages[-1].id > data["revision"]:
        raise ReplyArrived
    if data["settled"]:
        return {"settled": True}
    letter = Letter(key=f"item:{case.item.id}", author=case.actor, text=data["text"])
    threads.write(thread, letter, case.now)
    until = threads.reply_limit(case.now, data["days"] or DAYS)
    thread.reply_until = until
    return {"settled": False, "reply_until": until.isoformat()}


def _thread(case: Case) -> Thread:
    found = db.session.scalar(select(Thread).where(Thread.instance_id == case.instance.id))
    if found is None:
        raise NotFound
    return found


register(Form(key="messaging/read_reply", title="阅读回复", schema=ReadReplySchema, view=view, save=save))
