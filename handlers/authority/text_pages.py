"""用户协议 and 隐私说明 as staff publish them: a version a time, each in force from its moment on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, fields, pre_load, validate

from domain.site import agreed_texts
from domain.site.agreed_texts import NewVersion
from handlers.authority.blueprint import pages
from handlers.authority.question_pages import KEEPERS
from handlers.authority.schemas import StaffSchema
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.base.errors import NotFound
from models.cases.notices import AuditEntry
from models.persons.published_texts import PublishedText, select_text_versions
from models.persons.states import TextKind
from translations import gettext, lazy_gettext
from workflows.clock import LOCAL, wall_time

LONGEST = 40_000  # characters of a text
WRONG_MOMENT = lazy_gettext("请填写生效的日期和时间，例如 2026-12-01 00:00；不填的立即生效")


class VersionSchema(StaffSchema):
    """The next version of a text."""

    body = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写正文")),
            validate.Length(max=LONGEST, error=lazy_gettext("正文不超过 %(longest)s 字", longest=LONGEST)),
        ],
        error_messages={"required": lazy_gettext("请填写正文")},
        metadata={
            "label": lazy_gettext("正文"),
            "hint": lazy_gettext("一行一段。以“# ”开头的是标题，以“- ”开头的是列表中的一项"),
        },
    )
    changes = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请写明有什么变化，用户确认时会看到")),
            validate.Length(max=400, error=lazy_gettext("变化说明不超过 400 字")),
        ],
        error_messages={"required": lazy_gettext("请写明有什么变化，用户确认时会看到")},
        metadata={"label": lazy_gettext("有什么变化")},
    )
    effective_at = fields.DateTime(
        load_default=None,
        allow_none=True,
        error_messages={"invalid": WRONG_MOMENT},
        metadata={
            "label": lazy_gettext("生效时间"),
            "optional": True,
            "hint": lazy_gettext("北京时间；不填的立即生效"),
        },
    )

    @pre_load
    def empty_is_now(self, typed: Any, **_: Any) -> dict[str, Any]:
        """Without a moment it begins at once."""
        return {name: value for name, value in dict(typed).items() if name != "effective_at" or value}


@pages.get("/texts")
@allow(*KEEPERS)
@show("authority/texts.html")
def texts() -> Page:
    """Both texts with all their versions, and how many people agreed to each."""
    moment = wall_time()
    return {
        "titles": agreed_texts.TITLES,
        "versions": {kind: _list_versions(kind) for kind in agreed_texts.TITLES},
        "in_force": {one.id for one in agreed_texts.list_in_force(moment)},
        "moment": moment,
        "consents": agreed_texts.count_consents(),
    }


@pages.route("/texts/<kind>/new", methods=["GET", "POST"])
@allow(*KEEPERS)
@show("authority/text.html")
@accept(VersionSchema)
def new_text(sent: Submission, kind: str) -> Page:
    """Write the next version, from the words of the newest one."""
    sort = _find_kind(kind)
    newest = next(iter(_list_versions(sort)), None)
    if not sent.is_accepted:
        values = {"body": newest.body if newest else ""}
        return {"kind": kind, "title": agreed_texts.TITLES[sort], "form": sent.view(values)}
    moment = wall_time()
    _refuse_unchanged(newest, sent.answers["body"])
    begins = _read_moment(sent.answers["effective_at"], moment, newest)
    new = NewVersion(kind=sort, body=sent.answers["body"], changes=sent.answers["changes"], begins=begins)
    made = agreed_texts.publish_version(new, by=g.principal.person_id, moment=moment)
    _note("text.published", made)
    db.session.commit()
    flash(gettext("已发布。从生效时起，用户下次办理时重新确认。"), "ok")
    return redirect(url_for("authority.texts"), 303)


@pages.post("/texts/<int:text_id>/take-back")
@allow(*KEEPERS)
def take_text_back(text_id: int) -> ResponseReturnValue:
    """Give up a version that has not begun."""
    found = db.session.get(PublishedText, text_id)
    if found is None:
        raise NotFound
    agreed_texts.take_back(found, wall_time())
    _note("text.taken_back", found)
    db.session.commit()
    flash(gettext("已取消这个版本。"), "ok")
    return redirect(url_for("authority.texts"), 303)


def _find_kind(kind: str) -> TextKind:
    if kind not in set(TextKind):
        raise NotFound
    return TextKind(kind)


def _list_versions(kind: TextKind) -> list[PublishedText]:
    return list(db.session.scalars(select_text_versions(kind)))


def _refuse_unchanged(newest: PublishedText | None, body: str) -> None:
    if newest is not None and newest.body == body:
        raise ValidationError(gettext("正文和上一个版本完全相同，不用发布"), "body")


def _read_moment(typed: datetime | None, moment: datetime, newest: PublishedText | None) -> datetime:
    """When a version begins: not in the past, and not before the one that was published last."""
    begins = typed.replace(tzinfo=LOCAL) if typed and typed.tzinfo is None else typed or moment
    if typed and begins < moment:
        raise ValidationError(gettext("生效时间不能早于现在"), "effective_at")
    if newest is not None and begins < newest.effective_at:
        raise ValidationError(
            gettext("还有一个版本没有生效，请先取消它，或者把生效时间定在它之后"), "effective_at"
        )
    return begins


def _note(action: str, text: PublishedText) -> None:
    detail = {
        "kind": str(text.kind),
        "version": text.version,
        "effective_at": text.effective_at.isoformat(),
    }
    entry = AuditEntry(at=wall_time(), actor_id=g.principal.person_id, action=action, detail=detail)
    db.session.add(entry)
