"""What is defined besides diagrams and tables: each once, and naming only what there is."""

from __future__ import annotations

from collections.abc import Iterator

from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows.definitions.files import DefinitionName, FoundDefinition
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem

SORTS = {
    DefinitionSort.FORM: lazy_gettext("表单"),
    DefinitionSort.LETTER: lazy_gettext("文书"),
    DefinitionSort.NOTICE: lazy_gettext("通知"),
    DefinitionSort.STATES: lazy_gettext("公开状态"),
    DefinitionSort.SERVICE: lazy_gettext("服务"),
}


def check_definitions(known: DeploymentContext) -> list[LintProblem]:
    """Definitions that stand twice, and names of theirs that nobody defined."""
    return [
        *_find_twice(known),
        *_find_states_twice(known),
        *_find_unknown(known),
        *_find_services(known),
        *_find_taken_forms(known),
    ]


def _find_twice(known: DeploymentContext) -> Iterator[LintProblem]:
    seen: dict[DefinitionName, str] = {}
    for file, one in known.definitions:
        if (one.sort, one.key) in seen:
            said = gettext(
                "%(sort)s %(key)s 在文件 %(first)s 中已经有了，请改名或只留一个。",
                sort=SORTS[one.sort],
                key=one.key,
                first=seen[one.sort, one.key],
            )
            yield LintProblem(file=file, element=one.key, rule="duplicate-definition", message=said)
        seen.setdefault((one.sort, one.key), file)


def _find_states_twice(known: DeploymentContext) -> Iterator[LintProblem]:
    """A diagram names a state alone, not its set."""
    seen: dict[str, str] = {}
    for file, one in known.definitions:
        for state in one.value.states if one.sort == DefinitionSort.STATES else ():
            if state in seen:
                said = gettext(
                    "公开状态 %(state)s 在 %(first)s 中已经有了，流程图分不清是哪一个，请改名。",
                    state=state,
                    first=seen[state],
                )
                yield LintProblem(
                    file=file, element=f"states.{state}", rule="duplicate-definition", message=said
                )
            seen.setdefault(state, one.key)


def _find_unknown(known: DeploymentContext) -> Iterator[LintProblem]:
    for file, one in known.definitions:
        for sort, key in sorted(one.names - known.named):
            said = gettext(
                "%(sort)s“%(key)s”没有定义，请核对名称，或一并部署。",
                sort=SORTS[DefinitionSort(sort)],
                key=key,
            )
            yield LintProblem(file=file, element=_find_place(one, key), rule=f"unknown-{sort}", message=said)


def _find_place(one: FoundDefinition, key: str) -> str:
    """Where a definition names another one."""
    if one.sort == DefinitionSort.STATES:
        states = one.value.states.items()
        return next(
            (f"states.{name}.notice" for name, state in states if state.notice and state.notice.name == key),
            one.key,
        )
    if one.sort == DefinitionSort.SERVICE:
        named = [("notices", one.value.notices), ("sheets", one.value.sheets)]
        found = (f"{part}.{word}" for part, words in named for word, name in words.items() if name == key)
        return next(found, one.key)
    return one.key


def _find_services(known: DeploymentContext) -> Iterator[LintProblem]:
    subjects: dict[str, str] = {}
    for file, one in known.definitions:
        if one.sort != DefinitionSort.SERVICE:
            continue
        if one.value.entry not in known.processes:
            said = gettext("流程“%(key)s”没有部署，请核对名称，或一并部署。", key=one.value.entry)
            yield LintProblem(file=file, element="entry", rule="unknown-process", message=said)
        if (first := subjects.get(one.value.subject)) is not None:
            said = gettext(
                "服务 %(first)s 已经办理这类案件（subject %(subject)s），只能有一个。",
                first=first,
                subject=one.value.subject,
            )
            yield LintProblem(file=file, element="subject", rule="duplicate-subject", message=said)
        if one.value.subject:
            subjects.setdefault(one.value.subject, one.key)


def _find_taken_forms(known: DeploymentContext) -> Iterator[LintProblem]:
    """Forms under a key that is a registered form's."""
    for file, one in known.definitions:
        if one.sort == DefinitionSort.FORM and one.key in known.environment.forms:
            said = gettext("表单 %(key)s 是系统自带的，请换一个 id。", key=one.key)
            yield LintProblem(file=file, element="id", rule="duplicate-definition", message=said)
