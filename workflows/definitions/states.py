"""Public states: what a place in a diagram is called, means for its applicant, allows and counts as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from translations import gettext
from workflows.definitions.reading.names import Key, OneWord, TermField, explain_unknown
from workflows.definitions.reading.texts import NOTHING, Text, TextField
from workflows.vocabulary import TermSort

TONES = ("", "ok", "bad", "warn", "info")  # colours of its tag
ACTORS = ("applicant", "authority", "recipient", "nobody")


@dataclass(frozen=True, kw_only=True)
class StateNotice:
    """Of what the applicant is told when a case comes into a state, and after which states not."""

    name: str
    except_after: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """That a state is a refusal: what it is called, and whose opinion holds its reasons."""

    title: Text
    reason: str


@dataclass(frozen=True, kw_only=True)
class PublicState:
    """One public state."""

    name: str
    label: Text
    tone: str = ""
    tag: Text = NOTHING  # beside the label, for what the label alone does not say
    past: Text = NOTHING  # what it is called in the history of a case, when that is not its label
    title: Text = NOTHING  # what it means for the applicant
    text: Text = NOTHING  # what comes next
    acts: str = "nobody"  # who must act
    counts_as: str = ""
    allows: frozenset[str] = frozenset()
    notice: StateNotice | None = None
    refusal: Refusal | None = None
    at_desk: Text = NOTHING  # what is said where somebody comes to have it confirmed, and it cannot be

    def is_allowing(self, ability: str) -> bool:
        """Whether something may be done in this state."""
        return ability in self.allows


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A part of the way that applicants are shown: states that count as one place on it."""

    title: Text
    text: Text
    states: tuple[str, ...]  # while the case goes on
    ends: tuple[str, ...] = ()  # states that end the way here


@dataclass(frozen=True, kw_only=True)
class StateSet:
    """The public states of one file, and the way on which they stand."""

    key: str
    states: Mapping[str, PublicState]
    stages: tuple[Stage, ...] = field(default=())


class NoticeSchema(Schema):
    """The notice of a state."""

    name = Key(required=True)
    except_after = fields.List(Key(), data_key="exceptAfter", load_default=list)

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> StateNotice:
        return StateNotice(name=found["name"], except_after=frozenset(found["except_after"]))


class RefusalSchema(Schema):
    """The refusal that a state is."""

    title = TextField(required=True)
    reason = TermField(TermSort.REASON, required=True)

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> Refusal:
        return Refusal(**found)


class StateSchema(Schema):
    """One state of a file."""

    label = TextField(required=True, longest=40)
    tone = fields.String(validate=OneWord(TONES))
    tag = TextField(longest=20)
    past = TextField(longest=40)
    title = TextField(longest=60)
    text = TextField(longest=200)
    acts = fields.String(validate=OneWord(ACTORS))
    counts_as = TermField(TermSort.STANDING, data_key="countsAs")
    allows = fields.List(TermField(TermSort.ABILITY))
    notice = fields.Nested(NoticeSchema)
    refusal = fields.Nested(RefusalSchema)
    at_desk = TextField(data_key="atDesk", longest=200)


class StageSchema(Schema):
    """One stage of the way."""

    title = TextField(required=True, longest=40)
    text = TextField(longest=100, load_default=NOTHING)
    states = fields.List(Key(), required=True, validate=validate.Length(min=1))
    ends = fields.List(Key(), load_default=list)

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> Stage:
        return Stage(
            title=found["title"],
            text=found["text"],
            states=tuple(found["states"]),
            ends=tuple(found["ends"]),
        )


class StateSetSchema(Schema):
    """A file of states."""

    key = Key(required=True)
    states = fields.Dict(keys=Key(), values=fields.Nested(StateSchema), required=True)
    stages = fields.List(fields.Nested(StageSchema), load_default=list)

    @validates_schema
    def _check_names(self, found: dict[str, Any], **_: Any) -> None:
        known = found["states"]
        for number, stage in enumerate(found["stages"]):
            for name in (*stage.states, *stage.ends):
                if name not in known:
                    raise ValidationError({"stages": {number: [explain_unknown(name, known)]}})
        for name, state in known.items():
            for other in state["notice"].except_after if "notice" in state else ():
                if other not in known:
                    raise ValidationError({"states": {name: [explain_unknown(other, known)]}})
            if len(name) > 40:
                raise ValidationError({"states": {name: [gettext("状态名不能超过 40 个字符。")]}})

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> StateSet:
        return StateSet(
            key=found["key"],
            states={name: _build_state(name, state) for name, state in found["states"].items()},
            stages=tuple(found["stages"]),
        )


def _build_state(name: str, found: dict[str, Any]) -> PublicState:
    return PublicState(name=name, **{**found, "allows": frozenset(found.get("allows", ()))})
