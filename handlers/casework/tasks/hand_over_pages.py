"""Handing a work item over to a colleague, with the reason."""

from __future__ import annotations

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue

from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.casework.forms.schema_fields import text_field
from handlers.casework.tasks import task_pages
from handlers.casework.worklist import return_links
from handlers.entry import row_numbers
from handlers.entry.access import allow
from handlers.page.formfields import FormView
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import DomainError
from models.listing import claims
from models.persons.people import Person
from models.processes.instances import WorkItem
from translations import gettext, lazy_gettext
from workflows import worklist


class HandingOver(StandardTextSchema):
    """Why a colleague takes it on."""

    reason = text_field(lazy_gettext("转交原因"), required=True, most=400)


@pages.get("/tasks/<int:item_id>/hand-over")
@allow("staff")
def hand_over_page(item_id: int) -> ResponseReturnValue:
    """Choose to whom the item goes, and why."""
    return _render_page(item_id, FormView.blank(HandingOver()))


@pages.post("/tasks/<int:item_id>/hand-over")
@allow("staff")
def hand_over(item_id: int) -> ResponseReturnValue:
    """Hand an item over to a colleague who holds the same role at the same place."""
    scope.find_item(g.principal, item_id)
    problems = _find_problems(item_id)
    if problems:
        return _render_page(item_id, FormView.refused(request.form, problems, HandingOver())), 422
    to, reason = request.form.get("to", type=row_numbers.read_number) or 0, request.form["reason"].strip()
    try:
        worklist.hand_over_item(item_id, to, actor=g.principal.person_id, reason=reason)
    except DomainError as refusal:
        return task_pages.show_refusal(item_id, refusal)
    db.session.commit()
    flash(gettext("已转交。"), "ok")
    return return_links.redirect_back("casework.worklist", view="mine")


def _render_page(item_id: int, form: FormView) -> ResponseReturnValue:
    item = scope.find_item(g.principal, item_id)
    bars = _list_bars(item)
    options = [(person.id, person.name) for person, bar in bars.items() if not bar]
    barred = [(person.name, bar) for person, bar in bars.items() if bar]
    return render_template(
        "casework/hand_over.html", item=item, people_options=options, barred=barred, form=form
    )


def _find_problems(item_id: int) -> dict[str, list[str]]:
    bars = {person.id: bar for person, bar in _list_bars(scope.find_item(g.principal, item_id)).items()}
    problems: dict[str, list[str]] = {}
    if bar := bars.get(request.form.get("to", type=row_numbers.read_number), gettext("请选择接手人。")):
        problems["to"] = [bar]
    return problems | HandingOver().validate({"reason": request.form.get("reason", "")})


def _list_bars(item: WorkItem) -> dict[Person, str]:
    """The colleagues, each with what stands against their taking the item, if anything does."""
    holders = db.session.scalars(claims.select_role_holders(item.role, item.place)) if item.role else ()
    others = [person for person in holders if person.id not in (g.principal.person_id, item.assignee_id)]
    return {person: worklist.explain_bar(item.id, person.id) for person in others}
