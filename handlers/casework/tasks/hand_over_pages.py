"""Handing a work item over to a colleague, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, g
from marshmallow import ValidationError, fields, validates

from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.casework.forms.schema_fields import text_field
from handlers.casework.tasks import task_pages
from handlers.casework.worklist import return_links
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import DomainError
from models.listing import claims
from models.persons.people import Person
from models.processes.instances import WorkItem
from translations import gettext, lazy_gettext
from workflows import worklist

CHOOSE = lazy_gettext("请选择接手人。")


class HandingOver(StandardTextSchema):
    """To whom, and why they take it on."""

    to = fields.Integer(
        required=True,
        error_messages={"required": CHOOSE, "invalid": CHOOSE, "null": CHOOSE},
        metadata={"label": lazy_gettext("接手人")},
    )
    reason = text_field(lazy_gettext("转交原因"), required=True, most=400)

    def __init__(self, bars: Mapping[int, str] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.bars = bars or {}  # what stands against each colleague, if anything does

    @validates("to")
    def check_colleague(self, value: int, **_: Any) -> None:
        """A colleague who may take the item; told together with what is wrong with the reason."""
        if bar := self.bars.get(value, str(CHOOSE)):
            raise ValidationError(bar)


@pages.route("/tasks/<int:item_id>/hand-over", methods=["GET", "POST"])
@allow("staff")
@show("casework/hand_over.html")
@accept(lambda item_id: _build_schema(item_id))
def hand_over(sent: Submission, item_id: int) -> Page:
    """Hand an item over to a colleague who holds the same role at the same place."""
    item = scope.find_item(g.principal, item_id)
    if not sent.is_accepted:
        bars = _list_bars(item)
        options = [(person.id, person.name) for person, bar in bars.items() if not bar]
        barred = [(person.name, bar) for person, bar in bars.items() if bar]
        return {"item": item, "people_options": options, "barred": barred}
    try:
        worklist.hand_over_item(
            item_id, sent.answers["to"], actor=g.principal.person_id, reason=sent.answers["reason"]
        )
    except DomainError as refusal:
        return task_pages.show_refusal(item_id, refusal)
    db.session.commit()
    flash(gettext("已转交。"), "ok")
    return return_links.redirect_back("casework.worklist", view="mine")


def _build_schema(item_id: int) -> HandingOver:
    bars = _list_bars(scope.find_item(g.principal, item_id))
    return HandingOver({person.id: bar for person, bar in bars.items()})


def _list_bars(item: WorkItem) -> dict[Person, str]:
    """The colleagues, each with what stands against their taking the item, if anything does."""
    holders = db.session.scalars(claims.select_role_holders(item.role, item.place)) if item.role else ()
    others = [person for person in holders if person.id not in (g.principal.person_id, item.assignee_id)]
    return {person: worklist.explain_bar(item.id, person.id) for person in others}
