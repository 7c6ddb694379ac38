"""What was filled into forms that designers defined, under the labels of the form as it was then."""

from __future__ import annotations

from typing import Any

from domain.reach import visibility
from domain.reach.principal import Principal
from domain.reach.visibility import Visibility
from models import db
from models.persons.people import Person
from models.processes.form_answers import FormAnswer, select_answers
from models.processes.instances import ProcessInstance
from translations import gettext, join_words
from workflows import forms
from workflows.definitions.designed_forms.forms import FormPart


def list_told(principal: Principal, instance: ProcessInstance) -> list[dict[str, Any]]:
    """The answers of an instance that are a person's to see: their own, and those of places told to them."""
    if not db.session.scalar(select_answers(instance.id).exists().select()):
        return []
    return list_told_of(principal, instance.id, visibility.find_visibility(principal, instance))


def list_told_of(
    principal: Principal, instance_id: int | None, seen: Visibility | None
) -> list[dict[str, Any]]:
    """The same where it is known what is told of the instance."""
    rows = db.session.scalars(select_answers(instance_id))
    return [_describe_answer(row) for row in rows if _is_told(row, principal.person_id, seen)]


def _find_name(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else gettext("系统")


def _is_told(row: FormAnswer, person: int, seen: Visibility | None) -> bool:
    return row.answered_by == person or (seen is not None and seen.tells(row.item.element))


def _describe_answer(row: FormAnswer) -> dict[str, Any]:
    designed = forms.find_definition(row.form_key, row.sha256)
    parts = {part.key: part for part in designed.questions} if designed else {}
    return {
        "id": row.id,
        "title": row.item.name,
        "who": _find_name(row.answered_by),
        "at": row.answered_at,
        "rows": [
            (str(parts[key].label) if key in parts else key, format_answer(value, parts.get(key)))
            for key, value in row.answers.items()
        ],
    }


def format_answer(value: Any, part: FormPart | None) -> str:
    """An answer in the words of its form."""
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    words = dict(part.choices) if part else {}
    if isinstance(value, list):
        return join_words(words.get(one, one) for one in value)
    said = str(words.get(value, value))
    return said.replace("T", " ") if part and part.subtype == "datetime" else said
