"""Forms of designers: form-js JSON as the parts of a page, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema, fields

from translations import gettext, join_words
from workflows.definitions.designed_forms import form_components
from workflows.definitions.designed_forms.form_components import (
    ASKED,
    CHOICES,
    LISTS,
    LONGEST,
    LONGEST_MATCHED,
    TEXTS,
)
from workflows.definitions.designed_forms.form_conditions import BadCondition, Condition, read_condition
from workflows.definitions.designed_forms.form_patterns import BadPattern, read_pattern
from workflows.definitions.reading import problems
from workflows.definitions.reading.names import Key
from workflows.definitions.reading.texts import NOTHING, Text, TextField
from workflows.problems import LintProblem, LintRefused

MOST_FIELDS, MOST_PARTS, DEEPEST = 200, 400, 5  # answers; components of all sorts; groups in groups
RULE = "form"
# Beginnings and ends that ids of inputs get on a page: two keys must not lead to one id.
_ID_ENDS = ("hint", "error", "glyphs", "count")


@dataclass(frozen=True, kw_only=True, eq=False)
class FormPart:
    """One part of a form: a question, or what is shown between questions."""

    kind: str
    place: str  # the component's id or key, by which problems name it
    key: str = ""  # of the answer
    label: Text = NOTHING
    hint: Text = NOTHING
    text: Text = NOTHING
    choices: tuple[tuple[str, Text], ...] = ()
    subtype: str = ""  # of a date: date, time, datetime
    rules: Mapping[str, Any] = field(default_factory=dict)
    digits: int | None = None  # after the point
    default: Any = None
    hide: Condition | None = None
    is_variable: bool = False  # told to the process, for its gateways

    @property
    def is_asked(self) -> bool:
        """Whether somebody answers it."""
        return self.kind in ASKED

    @property
    def is_required(self) -> bool:
        """Whether it has to be answered, where it is shown."""
        return bool(self.rules.get("required"))


@dataclass(frozen=True, kw_only=True, eq=False)
class DesignedForm:
    """A form of a designer."""

    key: str
    title: Text
    parts: tuple[FormPart, ...]

    @property
    def questions(self) -> tuple[FormPart, ...]:
        """The parts that are answered."""
        return tuple(part for part in self.parts if part.is_asked)

    def list_variables(self) -> dict[str, dict[str, Any]]:
        """The decision variables with their sorts and possible values, for whoever draws the gateways."""
        return {part.key: _describe_variable(part) for part in self.questions if part.is_variable}

    def list_choices(self) -> dict[str, dict[Any, Any]]:
        """What may be chosen for each of them, with its words; nothing for what is typed."""
        ticked = {True: gettext("是"), False: gettext("否")}
        return {
            part.key: ticked if part.kind == "checkbox" else dict(part.choices)
            for part in self.questions
            if part.is_variable
        }


class FormSchema(Schema):
    """A file of a form, without its components."""

    type = fields.String(required=True)
    id = Key(required=True)
    title = TextField(longest=100)
    components = fields.Raw(required=True)
    schema_version = fields.Integer(data_key="schemaVersion")
    exporter = form_components.Plain()
    platform = fields.String(data_key="executionPlatform")
    platform_version = fields.String(data_key="executionPlatformVersion")
    tag = fields.String(data_key="versionTag")


def read_form(file: str, raw: Mapping[str, Any]) -> DesignedForm:
    """The form of a file; raises LintRefused with a problem at each component that is wrong."""
    found = problems.load_checked(file, FormSchema(), raw, place="", rule=RULE)
    if found["type"] != "default":
        said = gettext("type 须为 default。")
        raise LintRefused([problems.build_problem(file, "type", RULE, said)])
    reader = _FormReader(file)
    reader.read_components(found["components"], _Scope(), "components")
    if reader.problems:
        raise LintRefused(reader.problems)
    return DesignedForm(
        key=found["id"], title=found.get("title") or Text(found["id"]), parts=tuple(reader.parts)
    )


@dataclass(frozen=True, kw_only=True)
class _Scope:
    """The group in which components stand."""

    prefix: str = ""  # of their answers: of a group with the path `home`, "home_"
    hide: Condition | None = None
    depth: int = 0


class _FormReader:
    """Reads the components of one form, and gathers what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.parts: list[FormPart] = []
        self.problems: list[LintProblem] = []
        self.seen = 0
        self.keys: set[str] = set()
        self.asked = 0
        self.ids: dict[str, str] = {}  # of inputs on the page → the key to which they belong

    def read_components(self, raw: Any, scope: _Scope, place: str) -> None:
        if not isinstance(raw, list):
            self._report(place, gettext("components 须为组件的列表。"))
            return
        self.seen += len(raw)
        if self.seen > MOST_PARTS or scope.depth > DEEPEST:
            said = gettext(
                "表单最多 %(most)s 个组件，分组最多套 %(deepest)s 层，请拆成几张表单。",
                most=MOST_PARTS,
                deepest=DEEPEST,
            )
            self._report(place, said)
            return
        for number, one in enumerate(raw):
            self._read_component(one, scope, f"{place}.{number}")

    def _read_component(self, raw: Any, scope: _Scope, place: str) -> None:
        if not isinstance(raw, Mapping):
            self._report(place, gettext("组件须为一个 JSON 对象。"))
            return
        named = (raw.get(name) for name in ("id", "key"))
        place = next((name for name in named if isinstance(name, str) and name), place)
        kind = raw.get("type")
        schema = form_components.SCHEMAS.get(kind) if isinstance(kind, str) else None
        if schema is None:
            self._report(place, form_components.explain_kind(kind))
            return
        try:
            found = problems.load_checked(self.file, schema(), raw, place="", rule=RULE)
        except LintRefused as refused:
            for one in refused.problems:
                self._report(place, one.message, one.element)
            return
        hide = self._read_hide(found, scope, place)
        if kind == "group":
            self._read_group(found, scope, hide, place)
        elif kind in ASKED:
            self._read_question(found, scope, hide, place)
        else:
            self._add(FormPart(kind=found["type"], place=place, text=found.get("text", NOTHING), hide=hide))

    def _read_hide(self, found: Mapping[str, Any], scope: _Scope, place: str) -> Condition | None:
        text = (found.get("conditional") or {}).get("hide") or ""
        if not text.strip():
            return scope.hide
        try:
            own = read_condition(text, lambda name: self._resolve(name, scope))
        except BadCondition as refused:
            self._report(place, str(refused), "conditional.hide")
            return None
        return ["or", scope.hide, own] if scope.hide else own

    def _resolve(self, name: str, scope: _Scope) -> str | None:
        plain = name.replace(".", "_")
        return next((one for one in (scope.prefix + plain, plain) if one in self.keys), None)

    def _read_group(
        self, found: Mapping[str, Any], scope: _Scope, hide: Condition | None, place: str
    ) -> None:
        path = found["path"]
        if path and (said := form_components.explain_key(path)):
            self._report(place, said, "path")
            return
        if found["label"]:
            self._add(FormPart(kind="group", place=place, label=found["label"], hide=hide))
        prefix = f"{scope.prefix}{path}_" if path else scope.prefix
        self.read_components(
            found["components"], _Scope(prefix=prefix, hide=hide, depth=scope.depth + 1), place
        )

    def _read_question(
        self, found: Mapping[str, Any], scope: _Scope, hide: Condition | None, place: str
    ) -> None:
        key = scope.prefix + found["key"]
        if said := form_components.explain_key(found["key"]) or form_components.explain_key(key):
            self._report(place, said, "key")
            return
        kind, rules = found["type"], self._read_rules(found, place)
        part = FormPart(
            kind=kind,
            place=place,
            key=key,
            label=found.get("date_label") or found.get("time_label") or found["label"] or Text(key),
            hint=found["description"],
            choices=tuple((one["value"], one["label"]) for one in found.get("values", ())),
            subtype=found.get("subtype", ""),
            rules=rules,
            digits=found.get("digits"),
            default=found.get("default"),
            hide=hide,
            is_variable=self._read_variable(found, place),
        )
        self._check_question(part)
        self.keys.add(key)
        self._add(part)

    def _read_rules(self, found: Mapping[str, Any], place: str) -> dict[str, Any]:
        rules = dict(found["rules"])
        if found["type"] in TEXTS:
            usual = LONGEST_MATCHED if rules.get("pattern") else LONGEST[found["type"]]
            rules["longest"] = rules.get("longest") or usual
        for low, high in (("shortest", "longest"), ("least", "most")):
            if low in rules and high in rules and rules[low] > rules[high]:
                self._report(place, gettext("最小值大于最大值。"), "validate")
        if rules.get("pattern"):
            try:
                rules["pattern"] = read_pattern(rules["pattern"], rules["longest"])
            except BadPattern as refused:
                self._report(place, str(refused), "validate.pattern")
                del rules["pattern"]
        return rules

    def _read_variable(self, found: Mapping[str, Any], place: str) -> bool:
        said = [part.get("variable") for part in (found["properties"], found["zige"])]
        if not any(one is True or one == "true" for one in said):
            return False
        if found["type"] not in form_components.VARIABLES:
            known = join_words(form_components.VARIABLES)
            self._report(place, gettext("只有 %(known)s 的答案可以作判断变量。", known=known), "variable")
        return True

    def _check_question(self, part: FormPart) -> None:
        self.asked += 1
        if self.asked == MOST_FIELDS + 1:
            said = gettext("字段不能超过 %(most)s 个，请拆成几张表单。", most=MOST_FIELDS)
            self._report(part.place, said)
        if part.key in self.keys:
            said = gettext("key %(key)s 已经有字段用了，请改名。", key=part.key)
            self._report(part.place, said, "key")
        elif clash := next((self.ids[one] for one in _list_ids(part) if one in self.ids), None):
            said = gettext("key %(key)s 和 %(other)s 在页面上分不清，请改名。", key=part.key, other=clash)
            self._report(part.place, said, "key")
        self.ids |= dict.fromkeys(_list_ids(part), part.key)
        values = [value for value, _ in part.choices]
        if len(set(values)) != len(values):
            self._report(part.place, gettext("选项的值有重复。"), "values")
        if part.default is not None and not _fits(part):
            self._report(part.place, gettext("默认值不能作这个字段的答案。"), "defaultValue")

    def _add(self, part: FormPart) -> None:
        self.parts.append(part)

    def _report(self, place: str, said: str, at: str | None = None) -> None:
        message = gettext("%(property)s：%(reason)s", property=at, reason=said) if at else said
        self.problems.append(problems.build_problem(self.file, place, RULE, message))


def _list_ids(part: FormPart) -> Iterator[str]:
    name = part.key.replace("_", "-")
    yield name
    yield from (f"{name}-{end}" for end in _ID_ENDS)
    yield from (f"{name}-{number}" for number in range(2, len(part.choices) + 1))


def _fits(part: FormPart) -> bool:
    """Whether the default is of the right sort; its length or size is judged when it is sent."""
    values = [value for value, _ in part.choices]
    if part.kind in LISTS:
        return isinstance(part.default, list) and all(one in values for one in part.default)
    if part.kind in CHOICES:
        return part.default in values
    if part.kind == "checkbox":
        return isinstance(part.default, bool)
    if part.kind == "number":
        return form_components.is_number(part.default)
    return isinstance(part.default, str) and len(part.default) <= LONGEST["textarea"]


def _describe_variable(part: FormPart) -> dict[str, Any]:
    values: list[Any] = [True, False] if part.kind == "checkbox" else [value for value, _ in part.choices]
    bounds = {name: part.rules[name] for name in ("least", "most") if name in part.rules}
    required = part.is_required and part.hide is None
    return {"label": part.label, "sort": part.kind, "values": values, "required": required, **bounds}
