"""First review, second review, decision: three people, each with an opinion."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from handlers.casework.dossier import case_facts
from handlers.casework.forms.opinions import application_of, write_opinion
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from workflows.forms import Form, FormContext, register_form

FIRST_OPINIONS = {"grant": "拟予以认定", "refuse": "拟不予认定", "recheck": "退回重新核查"}
SECOND_OPINIONS = {"agree": "同意初审意见", "return": "退回初审"}
DECISIONS = {"granted": "认定通过", "refused": "认定未通过", "return": "退回初审"}


class FirstReviewSchema(StandardTextSchema):
    """The opinion of the first reviewer."""

    first = choice_field("初审意见", FIRST_OPINIONS)
    text = text_field("理由", hint="拟不予认定或退回重新核查时必须填写")

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """Only a favourable opinion may stand without a reason."""
        _need_reason(data, data["first"] != "grant", "请说明拟不予认定或重新核查的理由。")


class SecondReviewSchema(StandardTextSchema):
    """The opinion of the second reviewer."""

    second = choice_field("复审意见", SECOND_OPINIONS)
    text = text_field("理由", hint="退回初审时必须填写")

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """A return says why."""
        _need_reason(data, data["second"] == "return", "请说明退回初审的理由。")


class DecisionSchema(StandardTextSchema):
    """The decision."""

    decision = choice_field("认定结论", DECISIONS)
    text = text_field("理由", hint="不予认定的理由会原样写入不予认定决定书")

    @validates_schema(skip_on_field_errors=True)
    def reason(self, data: dict[str, Any], **_: Any) -> None:
        """A refusal must be given with its reasons (行政许可法 art. 38)."""
        _need_reason(data, data["decision"] != "granted", "请说明不予认定或退回的理由。")


def view_case(case: FormContext) -> dict[str, Any]:
    """The case as reviewers see it."""
    return case_facts.build_full_facts(application_of(case))


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
        title="初审",
        schema=FirstReviewSchema,
        view=view_case,
        save=save_first,
    )
)
register_form(
    Form(
        key="decision/second_review",
        title="复审",
        schema=SecondReviewSchema,
        view=view_case,
        save=save_second,
    )
)
register_form(
    Form(
        key="decision/decide",
        title="作出认定结论",
        schema=DecisionSchema,
        view=view_case,
        save=save_decision,
    )
)
