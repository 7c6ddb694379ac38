"""Parameter schemas that several operations share."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from models.letters import TITLES


class OfApplication(Schema):
    """The id of an application."""

    application = fields.Integer(required=True, strict=True)


class WithPayload(OfApplication):
    """An application and the payload of the message that led here."""

    withdrawal = fields.Dict()
    reopening = fields.Dict()


class OfRegister(OfApplication):
    """An application and the register to ask."""

    register = fields.String(required=True)


class OfDeadline(OfApplication):
    """An application and which of its deadlines is meant."""

    deadline = fields.String(required=True, validate=validate.OneOf(["decision", "acceptance", "approval"]))


class OfDecision(OfApplication):
    """An application and the decision on it."""

    decision = fields.String(required=True, validate=validate.OneOf(["granted", "refused"]))


class OfLetter(OfApplication):
    """An application and the letter about it."""

    letter = fields.String(required=True, validate=validate.OneOf(sorted(TITLES)))


class OfTemplate(OfApplication):
    """An application and the template of a notice about it."""

    template = fields.String(required=True)
