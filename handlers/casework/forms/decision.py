"""First review, second review, decision: three people, each with an opinion."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from domain.cases import process_hooks
from handlers.casework.dossier import case_facts
from handlers.casework.forms.opinions import write_opinion
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

FIRST_OPINIONS = {
    "grant": lazy_gettext("拟予以认定"),
    "refuse": lazy_gettext("拟不予认定"),
    "recheck": lazy_gettext("退回重新核查"),
}
SECOND_OPINIONS = {"agree": lazy_gettext("同意初审意见"), "return": lazy_gettext("退回初审")}
DECISIONS = {
    "granted": lazy_gettext("认定通过"),
    "refused": lazy_gettext("认定未通过"),
    "return": lazy_gettext("退回初审"),
}


class FirstReviewSchema(StandardTextSchema):
    """The opinion of the first reviewer."""

    first = choice_field(lazy_gettext("初审意见"), FIRST_OPINIONS)
    text = text_field(lazy_gettext("理由"), hint=lazy_gettext("拟不予认定或退回重新核查时必须填写"))

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """Only a favourable opinion may stand without a reason."""
        _need_reason(data, data["first"] != "grant", gettext("请说明拟不予认定或重新核查的理由。"))


class SecondReviewSchema(StandardTextSchema):
    """The opinion of the second reviewer."""

    second = choice_field(lazy_gettext("复审意见"), SECOND_OPINIONS)
    text = text_field(lazy_gettext("理由"), hint=lazy_gettext("退回初审时必须填写"))

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """A return says why."""
        _need_reason(data, data["second"] == "return", gettext("请说明退回初审的理由。"))


class DecisionSchema(StandardTextSchema):
    """The decision."""

    decision = choice_field(lazy_gettext("认定结论"), DECISIONS)
    text = text_field(lazy_gettext("理由"), hint=lazy_gettext("不予认定的理由会原样写入不予认定决定书"))

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """A refusal must be given with its reasons (行政许可法 art. 38)."""
        _need_reason(data, data["decision"] != "granted", gettext("请说明不予认定或退回的理由。"))


def view_case(case: FormContext) -> dict[str, Any]:
    """The case as reviewers see it."""
    return case_facts.build_full_facts(process_hooks.require_case_of(case.instance))


def save_first(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the first reviewer's opinion."""
    write_opinion(case, "first", data["first"], data["text"])
    return {"first": data["first"]}


def save_second(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the second reviewer's opinion."""
    write_opinion(case, "second", data["second"], data["text"])
    return {"second": data["second"]}


def save_decision(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the decision with its reasons; the process carries it out."""
    write_opinion(case, "decision", data["decision"], data["text"])
    return {"decision": data["decision"]}


def _need_reason(data: dict[str, Any], needed: bool, sentence: str) -> None:
    if needed and not data["text"]:
        raise ValidationError(sentence, "text")


register_form(
    Form(
        key="decision/first_review",
        title=lazy_gettext("初审"),
        schema=FirstReviewSchema,
        view=view_case,
        save=save_first,
        decides={"first": FIRST_OPINIONS},
    )
)
register_form(
    Form(
        key="decision/second_review",
        title=lazy_gettext("复审"),
        schema=SecondReviewSchema,
        view=view_case,
        save=save_second,
        decides={"second": SECOND_OPINIONS},
    )
)
register_form(
    Form(
        key="decision/decide",
        title=lazy_gettext("作出认定结论"),
        schema=DecisionSchema,
        view=view_case,
        save=save_decision,
        decides={"decision": DECISIONS},
    )
)
