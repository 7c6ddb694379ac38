"""Letters: blocks of text with data of the case in braces, set by our template; and whole sheets of typst."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from translations import gettext, join_words, lazy_gettext
from workflows.definitions.reading import names
from workflows.definitions.reading.names import Key
from workflows.definitions.reading.texts import LONGEST, Text, TextField

USE = "letter"  # of the data that letters may name
LIST, ITEMS, TEXT = "list", "items", "text"  # kinds of data: lines, rows of a table, a text
KINDS = {TEXT: lazy_gettext("文字"), LIST: lazy_gettext("清单"), ITEMS: lazy_gettext("材料表")}
# What the template takes for itself, always and for some blocks.
ALWAYS = frozenset({"authority", "verification_code"})
OF_BLOCK: Mapping[str, frozenset[str]] = {
    "addressee": frozenset({"name", "document_kind", "document_number"}),
    "paragraph": frozenset(),
    "particulars": frozenset(),
    "findings": frozenset(),
    "quoted": frozenset(),
    "contact": frozenset({"phone", "address", "hours"}),
    "remedies": frozenset({"government"}),
    "signed": frozenset({"issued_on"}),
}


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter that is issued to a person."""

    key: str
    title: Text  # what people call it
    series: str  # the authority's word in its number
    layout: Mapping[str, Any]  # heading, seal and blocks, as the template reads them
    fields: frozenset[str]  # the data that it takes
    notice: str = ""  # what goes out with it


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """An official form, drawn by its designers in typst."""

    key: str
    text: str


@dataclass(frozen=True, kw_only=True)
class SheetProblem:
    """Why a sheet cannot be printed."""

    sentence: str
    line: int | None = None


SheetCheck = Callable[[str, str], SheetProblem | None]  # name of the file, its text
_checks: list[SheetCheck] = []


def register_sheet_check(check: SheetCheck) -> None:
    """Let somebody who can print try the sheets of designers."""
    if check not in _checks:
        _checks.append(check)


def find_sheet_problem(file: str, text: str) -> SheetProblem | None:
    """What is wrong with a sheet, as far as somebody can try it."""
    return next((found for check in _checks if (found := check(file, text)) is not None), None)


def check_field(name: str, kind: str | None = None) -> None:
    """Refuse data that no case has, and data of another kind."""
    known = names.list_fields(USE)
    if name not in known:
        raise ValidationError(names.explain_unknown(name, known))
    found = known[name].details["kind"]
    if kind is not None and found != kind:
        fitting = sorted(one for one, term in known.items() if term.details["kind"] == kind)
        said = gettext(
            "“%(name)s”是%(found)s，这里要写%(wanted)s，可以用：%(fitting)s。",
            name=name,
            found=KINDS[found],
            wanted=KINDS[kind],
            fitting=join_words(fitting),
        )
        raise ValidationError(said)


class DataField(fields.String):
    """The name of data that letters may take, of one kind where only one fits."""

    def __init__(self, kind: str | None = None, **known: Any) -> None:
        super().__init__(**known)
        self.kind = kind

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **kwargs)
        check_field(name, self.kind)
        return name


class Pieces(fields.Field[list[dict[str, str]]]):
    """A text with data in braces, as its pieces: `[{"text": "请于"}, {"field": "correct_until"}]`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, str]]:
        if not isinstance(value, str) or not value:
            raise ValidationError(gettext("须为文字。"))
        if len(value) > LONGEST:
            raise ValidationError(gettext("不能超过 %(longest)s 个字符。", longest=LONGEST))
        return list(_read_pieces(value))


def _read_pieces(text: str) -> Iterator[dict[str, str]]:
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        raise ValidationError(gettext("花括号没有成对。")) from None
    for said, name, form, conversion in parsed:
        if said:
            yield {"text": said}
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValidationError(gettext("花括号中只能写一个数据项的名称。"))
        check_field(name, TEXT)
        yield {"field": name}


class ConditionSchema(Schema):
    """What stands under a condition."""

    when = DataField()
    unless = DataField()


class PartSchema(ConditionSchema):
    """A part of a paragraph."""

    pieces = Pieces(required=True, data_key="text")
    bold = fields.Boolean(load_default=False)


class BlockSchema(ConditionSchema):
    """A block without words of its own."""

    type = fields.String(required=True)


class ParagraphSchema(BlockSchema):
    """A paragraph: one text, or parts of which some are bold or under a condition."""

    pieces = Pieces(data_key="text")
    parts = fields.List(fields.Nested(PartSchema), validate=validate.Length(min=1, max=40))

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        if ("pieces" in found) == ("parts" in found):
            raise ValidationError({"text": [gettext("请写 text，或者分成几部分写在 parts 里。")]})
        if "pieces" in found:
            found["parts"] = [{"pieces": found.pop("pieces"), "bold": False}]
        return found


class RowSchema(Schema):
    """A row of particulars: a label with a text or a list."""

    label = fields.String(required=True, validate=validate.Length(min=1, max=20))
    pieces = Pieces(data_key="text")
    list = DataField(LIST)

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> dict[str, Any]:
        if ("pieces" in found) == ("list" in found):
            raise ValidationError({"text": [gettext("请写 text，或者写 list。")]})
        return found


class ParticularsSchema(BlockSchema):
    """A table of labels and values."""

    rows = fields.List(fields.Nested(RowSchema), required=True, validate=validate.Length(min=1, max=40))


class FindingsSchema(BlockSchema):
    """A table of what was found wrong."""

    list = DataField(ITEMS, required=True)


class QuotedSchema(BlockSchema):
    """What people wrote."""

    list = DataField(LIST, required=True)


SCHEMAS: dict[str, type[BlockSchema]] = {
    **dict.fromkeys(OF_BLOCK, BlockSchema),
    "paragraph": ParagraphSchema,
    "particulars": ParticularsSchema,
    "findings": FindingsSchema,
    "quoted": QuotedSchema,
}


class BlockField(fields.Field[dict[str, Any]]):
    """One block, by the schema of its type."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise ValidationError(gettext("请写一个 JSON 对象，含 type。"))
        schema = SCHEMAS.get(str(value.get("type")))
        if schema is None:
            raise ValidationError({"type": [names.explain_unknown(str(value.get("type")), SCHEMAS)]})
        found: dict[str, Any] = schema().load(value)
        return found


class LetterSchema(Schema):
    """A file of one letter."""

    key = Key(required=True)
    title = TextField(required=True, longest=60)
    heading = fields.String(validate=validate.Length(min=1, max=30))
    series = fields.String(required=True, validate=validate.Length(min=1, max=12))
    seal = fields.String(required=True, validate=validate.Length(min=1, max=20))
    notice = Key(load_default="")
    body = fields.List(BlockField(), required=True, validate=validate.Length(min=1, max=60))

    @post_load
    def _build(self, found: dict[str, Any], **_: Any) -> Letter:
        heading = found.get("heading") or str.__str__(found["title"])
        return Letter(
            key=found["key"],
            title=found["title"],
            series=found["series"],
            notice=found["notice"],
            layout={"heading": heading, "seal": found["seal"], "body": found["body"]},
            fields=ALWAYS.union(*map(_list_fields, found["body"])),
        )


def _list_fields(block: Mapping[str, Any]) -> Iterator[str]:
    """The data that a block takes."""
    yield from OF_BLOCK[block["type"]]
    for part in (block, *block.get("parts", ()), *block.get("rows", ())):
        yield from (part[name] for name in ("when", "unless", "list") if name in part)
        yield from (piece["field"] for piece in part.get("pieces", ()) if "field" in piece)
