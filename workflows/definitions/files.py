"""Which definitions a designer's JSON or typst file holds, and what each of them names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from models.processes.states import DefinitionSort
from translations import gettext
from workflows.definitions.designed_forms.forms import read_form
from workflows.definitions.letters import Letter, LetterSchema, Sheet, find_sheet_problem
from workflows.definitions.notices import Notice, NoticeSchema
from workflows.definitions.reading import problems
from workflows.definitions.reading.names import KEY, is_key, kept_words
from workflows.definitions.services import Service, ServiceSchema
from workflows.definitions.states import StateSet, StateSetSchema
from workflows.problems import LintProblem, LintRefused

DefinitionName = tuple[str, str]  # sort and key of a definition
# The end of a file's name, which may be the whole of it → what it holds.
SORTS = {
    "form.json": DefinitionSort.FORM,
    "notices.json": DefinitionSort.NOTICE,
    "states.json": DefinitionSort.STATES,
    "service.json": DefinitionSort.SERVICE,
    "letter.json": DefinitionSort.LETTER,
    "typ": DefinitionSort.LETTER,  # a sheet as a whole
}
STATE = "state"  # how a single state stands among the claimed names
OPENING = '{"body":'  # of a letter as it is kept; what begins otherwise is a sheet


@dataclass(frozen=True, kw_only=True)
class FoundDefinition:
    """One definition of a file."""

    sort: DefinitionSort
    key: str
    name: str
    content: bytes  # as it is kept: of JSON this definition alone, in one order
    value: Any  # what it is, ready to be used
    names: frozenset[DefinitionName] = frozenset()  # the definitions that it uses


def find_sort(file: str) -> DefinitionSort | None:
    """What a file holds, by its name; nothing for diagrams, tables and whatever else."""
    name = PurePosixPath(file).name
    return next((sort for end, sort in SORTS.items() if name == end or name.endswith(f".{end}")), None)


def read_file(file: str, content: bytes) -> list[FoundDefinition]:
    """The definitions of a file; raises LintRefused with a problem at each wrong place."""
    sort = find_sort(file)
    assert sort is not None, file
    return list(_READERS[sort](file, content))


def list_claimed(file: str, content: bytes) -> frozenset[DefinitionName]:
    """What a file that is refused was to define: its names are not told as unknown besides."""
    sort = find_sort(file)
    try:
        raw = problems.load_json(file, content)
    except LintRefused:
        stem = PurePosixPath(file).name.partition(".")[0]
        return frozenset({(str(sort), stem)})
    keys = list(raw) if sort == DefinitionSort.NOTICE else [raw.get("key", raw.get("id"))]
    states = raw.get("states") if sort == DefinitionSort.STATES else None
    claimed = {(str(sort), key) for key in keys if isinstance(key, str)}
    return frozenset(claimed | {(STATE, name) for name in states or ()})


@lru_cache(maxsize=1024)
def read_kept(sort: str, key: str, content: bytes) -> FoundDefinition:
    """A definition that was deployed."""
    with kept_words():
        (found,) = _KEPT[DefinitionSort(sort)](key, content)
    return found


def _read_states(file: str, content: bytes) -> Iterator[FoundDefinition]:
    raw = problems.load_json(file, content)
    value: StateSet = problems.load_checked(file, StateSetSchema(), raw, place="", rule="states")
    notices = {state.notice.name for state in value.states.values() if state.notice}
    yield FoundDefinition(
        sort=DefinitionSort.STATES,
        key=value.key,
        name=value.key,
        content=problems.dump_canonical(raw),
        value=value,
        names=frozenset((DefinitionSort.NOTICE, name) for name in notices),
    )


def _read_service(file: str, content: bytes) -> Iterator[FoundDefinition]:
    raw = problems.load_json(file, content)
    value: Service = problems.load_checked(file, ServiceSchema(), raw, place="", rule="service")
    notices = {(DefinitionSort.NOTICE, name) for name in value.notices.values()}
    sheets = {(DefinitionSort.LETTER, name) for name in value.sheets.values()}
    yield FoundDefinition(
        sort=DefinitionSort.SERVICE,
        key=value.key,
        name=str.__str__(value.title),
        content=problems.dump_canonical(raw),
        value=value,
        names=frozenset(notices | sheets),
    )


def _read_form(file: str, content: bytes) -> Iterator[FoundDefinition]:
    raw = problems.load_json(file, content)
    value = read_form(file, raw)
    yield FoundDefinition(
        sort=DefinitionSort.FORM,
        key=value.key,
        name=str.__str__(value.title),
        content=problems.dump_canonical(raw),
        value=value,
    )


def _read_notices(file: str, content: bytes) -> Iterator[FoundDefinition]:
    found: list[LintProblem] = []
    for key, raw in problems.load_json(file, content).items():
        if not is_key(key):
            found.append(problems.build_problem(file, key, "notice", str(KEY.error)))
            continue
        try:
            yield _read_notice(file, key, raw)
        except LintRefused as refused:
            found += refused.problems
    if found:
        raise LintRefused(found)


def _read_notice(file: str, key: str, raw: Any) -> FoundDefinition:
    if not isinstance(raw, Mapping):
        said = gettext("请写一个 JSON 对象，含 title 和 text。")
        raise LintRefused([problems.build_problem(file, key, "notice", said)])
    variants = problems.load_checked(file, NoticeSchema(), raw, place=key, rule="notice")
    value = Notice(key=key, variants=variants)
    return FoundDefinition(
        sort=DefinitionSort.NOTICE,
        key=key,
        name=str.__str__(variants[-1].title),
        content=problems.dump_canonical(raw),
        value=value,
    )


def _read_letter(file: str, content: bytes) -> Iterator[FoundDefinition]:
    if PurePosixPath(file).suffix == ".typ":
        yield _read_sheet(file, content)
    else:
        yield _read_blocks(file, content)


def _read_blocks(file: str, content: bytes) -> FoundDefinition:
    raw = problems.load_json(file, content)
    value: Letter = problems.load_checked(file, LetterSchema(), raw, place="", rule="letter")
    return FoundDefinition(
        sort=DefinitionSort.LETTER,
        key=value.key,
        name=str.__str__(value.title),
        content=problems.dump_canonical(raw),
        value=value,
        names=frozenset({(DefinitionSort.NOTICE, value.notice)} if value.notice else ()),
    )


def _read_sheet(file: str, content: bytes) -> FoundDefinition:
    key = PurePosixPath(file).stem
    text = problems.load_text(file, content)
    if not is_key(key):
        raise LintRefused([problems.build_problem(file, "", "typst", str(KEY.error))])
    if text.startswith(OPENING):
        said = gettext("这是文书的内容，请以 .letter.json 命名。")
        raise LintRefused([problems.build_problem(file, "", "typst", said)])
    if (problem := find_sheet_problem(file, text)) is not None:
        place = str(problem.line) if problem.line else ""
        raise LintRefused([problems.build_problem(file, place, "typst", problem.sentence)])
    return _build_sheet(key, content)


def _build_sheet(key: str, content: bytes) -> FoundDefinition:
    sheet = Sheet(key=key, text=content.decode("utf-8-sig"))
    return FoundDefinition(sort=DefinitionSort.LETTER, key=key, name=key, content=content, value=sheet)


def _read_kept_letter(key: str, content: bytes) -> Iterator[FoundDefinition]:
    # A sheet was tried when it was deployed.
    yield _read_blocks(key, content) if content.startswith(OPENING.encode()) else _build_sheet(key, content)


def _read_kept_notice(key: str, content: bytes) -> Iterator[FoundDefinition]:
    yield _read_notice(key, key, problems.load_json(key, content))


_READERS: dict[DefinitionSort, Callable[[str, bytes], Iterator[FoundDefinition]]] = {
    DefinitionSort.STATES: _read_states,
    DefinitionSort.SERVICE: _read_service,
    DefinitionSort.NOTICE: _read_notices,
    DefinitionSort.LETTER: _read_letter,
    DefinitionSort.FORM: _read_form,
}
# The same for what is kept: of files with several definitions, each alone.
_KEPT: dict[DefinitionSort, Callable[[str, bytes], Iterator[FoundDefinition]]] = {
    **_READERS,
    DefinitionSort.NOTICE: _read_kept_notice,
    DefinitionSort.LETTER: _read_kept_letter,
}
