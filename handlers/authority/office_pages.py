"""Telephones, addresses and mailboxes of offices, as the public site shows them."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from marshmallow import ValidationError, fields, validate

from domain.reach import scope
from handlers.authority.blueprint import pages
from handlers.authority.question_pages import EDITORS
from handlers.authority.schemas import StaffSchema
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.authorities.places import Authority, select_offices
from models.base.errors import NotFound
from models.cases.notices import AuditEntry
from translations import gettext, lazy_gettext
from workflows.clock import now

FIELDS = ("phone", "hours", "address", "email")


def _check_address(text: str) -> None:
    """An address of e-mail, or none."""
    if text:
        validate.Email(error=gettext("请填写正确的电子邮箱，如 name@example.com"))(text)


def _within(label: str, most: int, *rules: Any, hint: str = "") -> fields.String:
    told = gettext("%(label)s不超过 %(most)s 个字符", label=label, most=most)
    return fields.String(
        load_default="",
        validate=[validate.Length(max=most, error=told), *rules],
        metadata={"label": label, "hint": hint, "optional": True},
    )


class OfficeSchema(StaffSchema):
    """How an office is reached."""

    phone = _within(
        lazy_gettext("咨询电话"), 40, hint=lazy_gettext("写明区号，几个号码用“、”分开，如 0570-3020 567")
    )
    hours = _within(lazy_gettext("接听时间"), 100, hint=lazy_gettext("如 工作日 8:30–12:00、14:00–17:30"))
    address = _within(lazy_gettext("地址"), 200)
    email = _within(
        lazy_gettext("咨询邮箱"),
        200,
        _check_address,
        hint=lazy_gettext("邮件咨询的来信发到这里；不填的不接受来信"),
    )


@pages.get("/offices")
@allow(*EDITORS)
@show("authority/offices.html")
def offices() -> Page:
    """The offices in the person's care."""
    return {"rows": _list_own()}


@pages.route("/offices/<int:authority_id>", methods=["GET", "POST"])
@allow(*EDITORS)
@show("authority/office.html")
@accept(OfficeSchema)
def office(sent: Submission, authority_id: int) -> Page:
    """How one office is reached."""
    found = next((one for one in _list_own() if one.id == authority_id), None)
    if found is None:
        raise NotFound
    before = {name: getattr(found, name) for name in FIELDS}
    if not sent.is_accepted:
        return {"office": found, "form": sent.view(before)}
    if not (sent.answers["phone"] or sent.answers["email"]):
        raise ValidationError(gettext("电话和邮箱至少填写一项，否则没有人能咨询"), "phone")
    for name in FIELDS:
        setattr(found, name, sent.answers[name])
    detail = {"authority": found.id, "before": before, "after": sent.answers}
    noted = AuditEntry(at=now(), actor_id=g.principal.person_id, action="office.changed", detail=detail)
    db.session.add(noted)
    db.session.commit()
    flash(gettext("已保存，公众页面立即按新的内容显示。"), "ok")
    return redirect(url_for("authority.offices"), 303)


def _list_own() -> list[Authority]:
    mine = scope.list_authorities(g.principal, EDITORS)
    query = select_offices()
    return list(db.session.scalars(query if mine is None else query.where(Authority.id.in_(mine))))
