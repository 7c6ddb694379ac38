"""Forms that designers define: their schema, what is shown, and what is kept of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache, partial
from typing import Any, Protocol

from marshmallow import Schema, ValidationError, fields, pre_load, validate
from sqlalchemy import bindparam, select

from models import db
from models.base.prebuilt import Prebuilt
from models.processes.form_answers import FormAnswer, select_answers
from models.processes.instances import Definition, ProcessInstance
from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows import subjects
from workflows.definitions import contents
from workflows.definitions.designed_forms import form_conditions
from workflows.definitions.designed_forms.form_components import LARGEST_NUMBER
from workflows.definitions.designed_forms.forms import DesignedForm, FormPart
from workflows.definitions.files import read_kept
from workflows.forms import registry
from workflows.forms.done import DONE
from workflows.forms.registry import Form, FormContext
from workflows.working_days import LOCAL

MISSING = lazy_gettext("请填写此项。")
PHONE = r"\+?[0-9][0-9 -]{4,19}\Z"
FIND_KEY = Prebuilt(
    select(ProcessInstance.business_key).where(ProcessInstance.id == bindparam("instance"))
)  # asked at each completion of a task without a form
NOTHING: tuple[Any, ...] = (None, "", [])  # what counts as no answer


class FormItem(Protocol):
    """A work item as far as its form is found by it."""

    @property
    def form_key(self) -> str | None:
        """The key that its diagram names."""

    @property
    def instance_id(self) -> int:
        """The instance whose release has the form."""


def find_form_of(item: FormItem) -> Form | None:
    """The form of an item as its release has it; nothing where a task goes without one.

    A task of somebody's case that names no form is done with one button: nobody writes what no form decides.
    """
    if not item.form_key:
        return DONE if _is_of_a_subject(item.instance_id) else None
    own = contents.contents_of(item.instance_id).definitions.get((DefinitionSort.FORM, item.form_key))
    if own is not None:
        return build_form(own.value, own.sha256)
    return registry.find_form(item.form_key) or _find_newest(item.form_key)


def _is_of_a_subject(instance_id: int) -> bool:
    return subjects.find_subject(FIND_KEY.scalar({"instance": instance_id})) is not None


def get_form_of(item: FormItem) -> Form:
    """The same, where there has to be one."""
    found = find_form_of(item)
    if found is None:
        raise registry.UnknownForm
    return found


def find_definition(key: str, sha256: str) -> DesignedForm | None:
    """The form as it was when somebody answered it."""
    row = db.session.scalar(
        select(Definition.source)
        .where(Definition.sort == DefinitionSort.FORM, Definition.key == key, Definition.sha256 == sha256)
        .limit(1)
    )
    return None if row is None else read_kept(DefinitionSort.FORM, key, row).value


def _find_newest(key: str) -> Form | None:
    chosen = select(Definition.source, Definition.sha256).where(
        Definition.sort == DefinitionSort.FORM, Definition.key == key
    )
    row = db.session.execute(chosen.order_by(Definition.version.desc()).limit(1)).first()
    if row is None:
        return None
    return build_form(read_kept(DefinitionSort.FORM, key, row.source).value, row.sha256)


@lru_cache(maxsize=256)
def build_form(designed: DesignedForm, sha256: str) -> Form:
    """A form of the registry's shape; its answers are kept as facts, its decision variables are told."""
    return Form(
        key=designed.key,
        title=designed.title,
        schema=build_schema(designed),
        view=partial(_view_answers, designed),
        save=partial(_save_answers, designed, sha256),
        decides=dict.fromkeys(designed.list_variables()),
    )


class DesignedSchema(Schema):
    """The answers of a designed form: what a condition hides is no answer, whoever sends it."""

    designed: DesignedForm

    def handle_error(self, error: ValidationError, data: Any, *, many: bool, **_: Any) -> None:
        """Let each problem name its question: a list of them stands above the form."""
        labels = {part.key: part.label for part in self.designed.questions}
        if isinstance(error.messages, dict):
            for name, said in error.messages.items():
                if labels.get(name) and isinstance(said, list):
                    error.messages[name] = [_name_question(labels[name], one) for one in said]

    @pre_load
    def _drop_hidden(self, data: Any, **_: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        kept = dict(data)
        known: dict[str, Any] = {}
        for part in self.designed.questions:
            if form_conditions.is_true(part.hide, known):
                kept.pop(part.key, None)
                continue
            if _is_nothing(kept.get(part.key)):
                kept.pop(part.key, None)
                if part.hide and part.is_required:
                    kept[part.key] = None  # which the field refuses
            known[part.key] = self._read_plain(part, kept.get(part.key))
        return kept

    def _read_plain(self, part: FormPart, value: Any) -> Any:
        """An answer as conditions see it; one that is refused is none."""
        if value is None:
            return False if part.kind == "checkbox" else None
        try:
            return to_plain(self.fields[part.key].deserialize(value))
        except ValidationError:
            return None


def _name_question(label: str, said: str) -> str:
    if said == MISSING:
        return gettext("请填写“%(label)s”。", label=label)
    return gettext("%(label)s：%(problem)s", label=label, problem=said)


def build_schema(designed: DesignedForm) -> type[Schema]:
    """The schema of a designed form."""
    made = DesignedSchema.from_dict(
        {part.key: _build_field(part) for part in designed.questions}, name="DesignedAnswers"
    )
    made.designed = designed  # type: ignore[attr-defined]
    return made


class WholeNumber(fields.Integer):
    """A whole number, also as it was typed; no part of another is cut off."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class PlainNumber(fields.Float):
    """A number with so many digits after its point; a whole one is an integer."""

    def __init__(self, digits: int | None, **known: Any) -> None:
        super().__init__(**known)
        self.digits = digits

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)
        if self.digits is not None and round(found, self.digits) != found:
            raise ValidationError(gettext("小数点后不能超过 %(digits)s 位。", digits=self.digits))
        return int(found) if found.is_integer() else found


class BoundedPattern(validate.Regexp):
    """A pattern that is tried only on texts of the length for which its work was counted."""

    def __init__(self, regex: str, longest: int) -> None:
        super().__init__(regex)
        self.longest = longest

    def __call__(self, value: Any) -> Any:
        return super().__call__(value) if len(value) <= self.longest else value


def _build_field(part: FormPart) -> fields.Field[Any]:
    refused = {"null": MISSING, "required": MISSING}
    common: dict[str, Any] = {
        "required": part.is_required and part.hide is None,
        "allow_none": not part.is_required,
        "error_messages": refused,
        "metadata": {"label": part.label, "hint": part.hint, "optional": not part.is_required}
        | ({"multiline": True} if part.kind == "textarea" else {}),
    }
    if part.choices:
        values, labels = zip(*part.choices, strict=True)
        choice = validate.OneOf(values, labels=labels)
        if part.kind in ("radio", "select"):
            return fields.String(validate=choice, **common)
        most = validate.Length(min=1 if part.is_required else None, max=len(values))
        return fields.List(fields.String(validate=choice), validate=most, **common)
    if part.kind == "checkbox":
        ticked: dict[str, Any] = {"validate": validate.Equal(True, error=MISSING)} if part.is_required else {}
        return fields.Boolean(**common, **ticked)
    if part.kind == "number":
        return _build_number(part, common)
    if part.kind == "datetime":
        return _build_date(part, common)
    return _build_text(part, common)


def _build_number(part: FormPart, common: dict[str, Any]) -> fields.Field[Any]:
    least, most = part.rules.get("least", -LARGEST_NUMBER), part.rules.get("most", LARGEST_NUMBER)
    bounds = validate.Range(min=least, max=most)
    if part.digits == 0:
        return WholeNumber(validate=bounds, **common)
    return PlainNumber(part.digits, validate=bounds, **common)


def _build_date(part: FormPart, common: dict[str, Any]) -> fields.Field[Any]:
    if part.subtype == "datetime":
        office: Any = LOCAL  # a zone of its name, which marshmallow's types do not know
        return fields.NaiveDateTime(timezone=office, **common)
    return fields.Time(**common) if part.subtype == "time" else fields.Date(**common)


def _build_text(part: FormPart, common: dict[str, Any]) -> fields.Field[Any]:
    longest = part.rules["longest"]
    shortest = max(part.rules.get("shortest", 0), 1 if part.is_required else 0) or None
    rules: list[Any] = [validate.Length(min=shortest, max=longest)]
    if part.rules.get("pattern"):
        rules.append(BoundedPattern(part.rules["pattern"], longest))
    if part.rules.get("format") == "phone":
        rules.append(validate.Regexp(PHONE, error=lazy_gettext("电话号码格式有误。")))
    kind = fields.Email if part.rules.get("format") == "email" else fields.String
    return kind(validate=rules, **common)


def _is_nothing(value: Any) -> bool:
    return value in NOTHING or (isinstance(value, str) and not value.strip())


def to_plain(value: Any) -> Any:
    """An answer as it is kept, compared by conditions and shown in its input again."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else value


def _view_answers(designed: DesignedForm, case: FormContext) -> dict[str, Any]:
    """What stands in the form at first: what was answered in it before, else the defaults."""
    own = select_answers(case.instance.id).where(FormAnswer.form_key == designed.key)
    if case.item.role == "applicant":
        own = own.where(FormAnswer.answered_by == case.actor)
    before = db.session.scalars(own.order_by(None).order_by(FormAnswer.id.desc()).limit(1)).first()
    if before is not None:
        known = {part.key for part in designed.questions}
        return {"answered": {key: value for key, value in before.answers.items() if key in known}}
    defaults = {part.key: part.default for part in designed.questions if part.default is not None}
    return {"answered": defaults}


def _save_answers(
    designed: DesignedForm, sha256: str, case: FormContext, data: dict[str, Any]
) -> dict[str, Any]:
    """Keep the answers as facts; only decision variables go to the process, nothing where none was given."""
    answers = {key: to_plain(value) for key, value in data.items() if value is not None}
    row = FormAnswer(
        instance_id=case.instance.id,
        work_item_id=case.item.id,
        form_key=designed.key,
        sha256=sha256,
        answers=answers,
        answered_by=case.actor,
        answered_at=case.now,
    )
    db.session.add(row)
    return {
        part.key: answers.get(part.key, _EMPTY.get(part.kind))
        for part in designed.questions
        if part.is_variable
    }


_EMPTY: dict[str, Any] = {"checkbox": False, "checklist": []}
