"""Parameter schemas that several operations share."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from models.base.codes import REGISTERS
from models.processes.states import DefinitionSort
from translations import lazy_gettext
from workflows.working_days import LOCAL

DEADLINES = {
    "decision": lazy_gettext("法定办理期限，告知作结论的人员"),
    "acceptance": lazy_gettext("核对材料的时限，告知确认点"),
    "approval": lazy_gettext("批准再次退回的时限，告知确认点主管"),
}
DECISIONS = {"granted": lazy_gettext("认定通过"), "refused": lazy_gettext("不予认定")}


class ApplicationParameters(Schema):
    """The id of an application."""

    application = fields.Integer(required=True, strict=True)


class PayloadParameters(ApplicationParameters):
    """An application and the payload of the message that led here."""

    withdrawal = fields.Dict()
    reopening = fields.Dict()


class RegisterParameters(ApplicationParameters):
    """An application and the register to ask."""

    register = fields.String(
        required=True,
        validate=validate.OneOf(list(REGISTERS), labels=list(REGISTERS.values())),
        metadata={"label": lazy_gettext("核验库")},
    )


class DeadlineParameters(ApplicationParameters):
    """An application and which of its deadlines is meant."""

    deadline = fields.String(
        required=True,
        validate=validate.OneOf(list(DEADLINES), labels=list(DEADLINES.values())),
        metadata={"label": lazy_gettext("哪一个期限")},
    )


class ClockParameters(ApplicationParameters):
    """An application and what was kept when its legal limit stopped."""

    clock = fields.Dict(metadata={"parts": ["paused_at"]})


class DecisionParameters(ApplicationParameters):
    """An application and the decision on it."""

    decision = fields.String(
        required=True,
        validate=validate.OneOf(list(DECISIONS), labels=list(DECISIONS.values())),
        metadata={"label": lazy_gettext("认定结论")},
    )


class LetterParameters(ApplicationParameters):
    """An application, the letter about it, and until when it asks for something."""

    letter = fields.String(required=True, metadata={"names": DefinitionSort.LETTER})
    until = fields.AwareDateTime(default_timezone=LOCAL, allow_none=True)


class TemplateParameters(ApplicationParameters):
    """An application and the template of a notice about it."""

    template = fields.String(required=True, metadata={"names": DefinitionSort.NOTICE})
