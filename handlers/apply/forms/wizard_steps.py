"""What the steps have in common: answers are checked when going on, and only kept when going elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from marshmallow import ValidationError, fields, pre_load, validate

from domain.cases import process_hooks
from handlers.page.printable_text import PrintedTextSchema
from models import db
from models.base.errors import Invalid
from models.cases.applications import Application
from translations import gettext, lazy_gettext
from workflows import forms
from workflows.forms import Form, FormContext

IN_ORDER = lazy_gettext("请按顺序填写，不能跳到还没有填过的步骤")
NEXT, BACK, ABANDON = "next", "back", "abandon"
# As the steps bar shows them; the way between them is the diagram's.
TITLES = {
    "agreement": lazy_gettext("网上申报协议"),
    "identity": lazy_gettext("填写身份信息"),
    "authority": lazy_gettext("选择认定机构"),
    "details": lazy_gettext("填写认定信息"),
    "check": lazy_gettext("确认申报信息"),
    "notes": lazy_gettext("注意事项"),
    "undertaking": lazy_gettext("提交认定申请"),
    "reminder": lazy_gettext("申报提醒"),
}
# Where a step may lead: on, back, out, or to another step.
WAYS = {
    NEXT: lazy_gettext("下一步"),
    BACK: lazy_gettext("上一步"),
    ABANDON: lazy_gettext("放弃报名"),
    **TITLES,
}
STEP_NUMBERS = {name: place for place, name in enumerate(TITLES)}

Values = Mapping[str, Any]


class StepSchema(PrintedTextSchema):
    """The answers of one step and where to go from it."""

    step = ""

    go = fields.String(load_default=NEXT, validate=validate.Length(max=20, error=IN_ORDER))

    @pre_load
    def _without_blanks(self, data: Any, **_: Any) -> Any:
        # A browser sends every input; an empty one is one that was not answered.
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in data.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    def load(self, data: Any, **options: Any) -> Any:
        """Check the answers when they lead on; else take them as they were typed."""
        go = str(data.get("go") or NEXT)
        if needs_valid_answers(self.step, go):
            return super().load(data, **options)
        unknown = set(data) - set(self.fields)
        if unknown:
            raise ValidationError({name: [gettext("未知的字段")] for name in sorted(unknown)})
        return {"go": go, "typed": {name: value for name, value in data.items() if name != "go"}}


def no_values(*_: Any) -> dict[str, Any]:
    """For steps without answers or choices."""
    return {}


@dataclass(frozen=True, kw_only=True)
class WizardStep:
    """A step: what its page shows, and what becomes of valid answers."""

    name: str
    schema: type[StepSchema]
    stored: Callable[[Application], dict[str, Any]]  # its answers as its inputs show them
    choices: Callable[
        [FormContext, Application, Values], dict[str, Any]
    ]  # what may be chosen, and what is told
    # writes the answers; may answer another way to go
    accept: Callable[[FormContext, Application, Values], str | None]
    # what stands against going on besides the answers, such as a missing picture; 修改 asks it again, when it
    # must not refuse what the number was given for
    refuse_besides: Callable[[Application], dict[str, list[str]]] = no_values


def needs_valid_answers(step: str, go: str) -> bool:
    """Whether going somewhere from a step needs its answers to be valid."""
    return go == NEXT or (go in STEP_NUMBERS and STEP_NUMBERS[go] > STEP_NUMBERS.get(step, 0))


class Problems:
    """What several checks find wrong, told at once and not one by one."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep what a check refuses, and go on to the next one."""
        try:
            yield
        except Invalid as refusal:
            self.found = refusal.fields | self.found

    def refuse(self) -> None:
        """Refuse everything that was found."""
        if self.found:
            raise Invalid(self.found)


class ReadableAnswers(dict[str, Any]):
    """The answers that could be read: a rule that needs another one has nothing to say yet."""

    def __missing__(self, name: str) -> Any:
        raise Invalid({})


STEPS: dict[str, WizardStep] = {}


def register_step(step: WizardStep) -> Form:
    """Make the form of a step and have it known."""
    STEPS[step.name] = step
    form = Form(
        key=f"registration/{step.name}",
        title=TITLES[step.name],
        schema=step.schema,
        view=partial(_view_step, step),
        save=partial(_save_step, step),
        template=f"apply/{step.name}.html",
        decides={"go": WAYS, "step": {step.name: TITLES[step.name]}},
    )
    forms.register_form(form)
    return form


def judge_readable(step: WizardStep, case: FormContext, readable: Values) -> dict[str, list[str]]:
    """What the rules refuse of the answers that can be read, where others cannot; nothing is kept."""
    problems = Problems()
    undone = db.session.begin_nested()
    try:
        with problems.gathered():
            step.accept(case, process_hooks.require_case_of(case.instance), ReadableAnswers(readable))
    finally:
        undone.rollback()
    return problems.found


def judge_answers(step: WizardStep, case: FormContext, answers: Values) -> dict[str, Any]:
    """Everything that is wrong with typed answers, told beside what else keeps them; nothing is kept."""
    unread: dict[str, Any] = {}
    try:
        readable = step.schema().load({**answers, "go": NEXT})
    except ValidationError as error:
        readable = error.valid_data if isinstance(error.valid_data, dict) else {}
        unread = error.normalized_messages()
    return judge_readable(step, case, readable) | unread


def _view_step(step: WizardStep, case: FormContext) -> dict[str, Any]:
    application = process_hooks.require_case_of(case.instance)
    typed = (application.typed or {}).get(step.name, {})
    stored = {name: value for name, value in step.stored(application).items() if value is not None}
    values = {**stored, **typed}
    return {
        "values": values,
        "besides": step.refuse_besides(application),
        **step.choices(case, application, values),
    }


def _save_step(step: WizardStep, case: FormContext, data: Values) -> dict[str, Any]:
    application = process_hooks.require_case_of(case.instance)
    go = (
        _leave_step(step, application, data)
        if "typed" in data
        else _complete_step(step, case, application, data)
    )
    application.revision += 1
    return {"go": go, "step": step.name}


def _leave_step(step: WizardStep, application: Application, data: Values) -> str:
    go = str(data["go"])
    if go not in {BACK, ABANDON, *application.steps}:
        raise Invalid({"go": [IN_ORDER]})
    if set(step.schema().fields) == {"go"}:
        application.finish_step(step.name)
    elif data["typed"]:
        application.keep_typed(step.name, dict(data["typed"]))
    return go


def _complete_step(step: WizardStep, case: FormContext, application: Application, data: Values) -> str:
    problems, elsewhere = Problems(), None
    problems.found |= step.refuse_besides(application)
    with problems.gathered():
        elsewhere = step.accept(case, application, data)
    problems.refuse()
    application.finish_step(step.name)
    go = elsewhere or str(data["go"])
    # A changed answer may have made a later step invalid: then the way leads through it again.
    return go if go in {NEXT, ABANDON, *application.steps} else NEXT
