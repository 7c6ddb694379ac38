"""Reading an applicant's answer: it settles the matter, or something more is asked."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from sqlalchemy import select

from domain.messages import threads
from domain.messages.threads import NewMessage
from handlers.casework.forms.schema_fields import USUAL_DAYS, days_to_answer, text_field
from handlers.page import thread_views
from handlers.page.printable_text import StandardTextSchema
from handlers.page.thread_views import ThreadReader
from models import db
from models.base.errors import Changed, NotFound
from models.cases.threads import Thread
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form
from workflows.vocabulary import MOMENT

CHOOSE_OUTCOME = lazy_gettext("请选择关闭或者追问。")


class ReplyArrived(Changed):
    """The applicant wrote again while a reply was being typed."""

    sentence = lazy_gettext("申请人刚刚又补充了回复，请先阅读，再提交。")


class ReadReplySchema(StandardTextSchema):
    """What becomes of the thread."""

    settled = fields.Boolean(
        required=True,
        error_messages={"required": CHOOSE_OUTCOME, "invalid": CHOOSE_OUTCOME, "null": CHOOSE_OUTCOME},
        metadata={
            "label": lazy_gettext("怎样处理"),
            "options": {"true": lazy_gettext("已经说清，关闭留言"), "false": lazy_gettext("继续追问")},
        },
    )
    text = text_field(
        lazy_gettext("答复或追问内容"),
        most=2000,
        hint=lazy_gettext("答复申请人的提问，或者追问时填写，申请人会原样看到，不超过 2000 个字"),
    )
    days = days_to_answer()
    revision = fields.Integer(load_default=0, metadata={"label": lazy_gettext("看到的最后一条留言")})

    @validates_schema(skip_on_field_errors=True)
    def question(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever goes on asking says what."""
        if not data["settled"] and not data["text"]:
            raise ValidationError(gettext("请填写追问内容。"), "text")


def view_thread(case: FormContext) -> dict[str, Any]:
    """The whole thread."""
    person = case.actor
    reader = ThreadReader(
        person_id=person, is_applicant=False, file_endpoint="casework.thread_file", now=case.now
    )
    return {"thread": thread_views.describe_thread(_find_thread(case), reader)}


def save_follow_up(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the next question; the process closes the thread or waits again."""
    thread = threads.lock_thread(_find_thread(case).id)
    if data["revision"] and thread.messages[-1].id > data["revision"]:
        raise ReplyArrived
    if data["settled"] and not data["text"] and thread.is_unanswered:
        raise ValidationError(gettext("申请人在等待答复，请填写答复内容。"), "text")
    if data["text"]:
        letter = NewMessage(key=f"item:{case.item.id}", author=case.actor, text=data["text"])
        threads.add_message(thread, letter, case.now)
    if data["settled"]:
        return {"settled": True}
    until = threads.reply_limit(case.now, data["days"] or USUAL_DAYS)
    thread.reply_until = until
    return {"settled": False, "reply_until": until.isoformat()}


def _find_thread(case: FormContext) -> Thread:
    found = db.session.scalar(select(Thread).where(Thread.instance_id == case.instance.id))
    if found is None:
        raise NotFound
    return found


register_form(
    Form(
        key="messaging/read_reply",
        title=lazy_gettext("阅读回复"),
        schema=ReadReplySchema,
        view=view_thread,
        save=save_follow_up,
        decides={
            "settled": {True: lazy_gettext("已经说清，关闭留言"), False: lazy_gettext("继续追问")},
            "reply_until": MOMENT,
        },
    )
)
