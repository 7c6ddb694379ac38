"""Expert review: appointing, each expert's opinion, and the chair's conclusion."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from domain.cases import process_hooks
from domain.reach import opinions
from handlers.casework.dossier import case_facts
from handlers.casework.forms.opinions import write_opinion
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import Invalid
from models.listing import claims
from models.persons.people import Person
from translations import gettext, join_words, lazy_gettext, office_language
from workflows.forms import Form, FormContext, register_form
from workflows.vocabulary import PERSON, Kind, ValueType

OPINIONS = {"pass": lazy_gettext("评审通过"), "fail": lazy_gettext("评审不通过")}
CONCLUSIONS = OPINIONS | {"again": lazy_gettext("重新评议")}
CHOOSE_EXPERTS = lazy_gettext("请至少选择一位评审专家。")


class AppointSchema(StandardTextSchema):
    """The experts who are to judge the case."""

    experts = fields.List(
        fields.Integer(error_messages={"invalid": lazy_gettext("评审专家有误，请重新选择。")}),
        required=True,
        validate=validate.Length(min=1, error=CHOOSE_EXPERTS),
        error_messages={"required": CHOOSE_EXPERTS, "null": CHOOSE_EXPERTS, "invalid": CHOOSE_EXPERTS},
        metadata={"label": lazy_gettext("评审专家")},
    )


class OpinionSchema(StandardTextSchema):
    """One expert's opinion."""

    opinion = choice_field(lazy_gettext("评审意见"), OPINIONS)
    text = text_field(lazy_gettext("评语"), required=True)


class ConcludeSchema(StandardTextSchema):
    """The conclusion of the committee."""

    committee = choice_field(lazy_gettext("评审结论"), CONCLUSIONS)
    text = text_field(lazy_gettext("说明"), hint=lazy_gettext("评审不通过或重新评议时必须填写"))

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """Anything but a pass says why."""
        if data["committee"] != "pass" and not data["text"]:
            raise ValidationError(gettext("请说明评审不通过或重新评议的理由。"), "text")


def view_case(case: FormContext) -> dict[str, Any]:
    """The case as experts see it."""
    return case_facts.build_facts(process_hooks.require_case_of(case.instance), opinions.OF_EXPERTS)


def view_candidates(case: FormContext) -> dict[str, Any]:
    """The case with the experts of its authority."""
    people = [{"id": person.id, "name": person.name} for person in list_candidates(case)]
    options = {"experts": [(person["id"], person["name"]) for person in people]}
    return view_case(case) | {"candidates": people, "options": options}


def list_candidates(case: FormContext) -> list[Person]:
    """Those who hold the role of expert at the authority of the case."""
    place = f"authority:{process_hooks.require_case_of(case.instance).authority_id}"
    return list(db.session.scalars(claims.select_role_holders("expert", place)))


def save_appointed(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Appoint experts of the authority, each once."""
    known = {person.id: person.name for person in list_candidates(case)}
    chosen = list(dict.fromkeys(data["experts"]))
    if any(person_id not in known for person_id in chosen):
        raise Invalid({"experts": [gettext("只能从本机构的评审专家中选择。")]})
    with office_language():
        names = join_words(known[person_id] for person_id in chosen)
    write_opinion(case, "experts", "appointed", names)
    return {"experts": chosen}


def save_opinion(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep one expert's opinion."""
    write_opinion(case, "expert", data["opinion"], data["text"])
    return {"opinion": data["opinion"]}


def save_conclusion(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the committee's conclusion."""
    write_opinion(case, "committee", data["committee"], data["text"])
    return {"committee": data["committee"]}


register_form(
    Form(
        key="experts/appoint",
        title=lazy_gettext("指定评审专家"),
        schema=AppointSchema,
        view=view_candidates,
        save=save_appointed,
        decides={"experts": ValueType(kind=Kind.LIST, entries=PERSON)},
    )
)
register_form(
    Form(
        key="experts/opinion",
        title=lazy_gettext("提交评审意见"),
        schema=OpinionSchema,
        view=view_case,
        save=save_opinion,
        decides={"opinion": OPINIONS},
    )
)
register_form(
    Form(
        key="experts/conclude",
        title=lazy_gettext("汇总评审结论"),
        schema=ConcludeSchema,
        view=view_case,
        save=save_conclusion,
        decides={"committee": CONCLUSIONS},
    )
)
