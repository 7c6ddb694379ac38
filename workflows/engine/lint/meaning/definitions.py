"""What is defined besides diagrams and tables: each once, and naming only what there is."""

from __future__ import annotations

from collections.abc import Iterator, Set

from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows import vocabulary
from workflows.definitions.files import DefinitionName, FoundDefinition
from workflows.definitions.letters import Sheet
from workflows.definitions.reading.names import suggest_known
from workflows.engine.lint.reading.diagram import read_properties
from workflows.engine.lint.reading.report import local_name
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem
from workflows.vocabulary import TermSort

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
        *_find_lost_states(known),
        *_find_misplaced_states(known),
        *_find_states_in_no_stage(known),
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
    kept = (one for one in known.kept if one.sort == DefinitionSort.STATES)
    seen: dict[str, str] = {state: one.key for one in kept for state in one.value.states}
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


def _find_lost_states(known: DeploymentContext) -> Iterator[LintProblem]:
    """States that deployed diagrams name and that no set has any more."""
    defined = known.public_states
    replacing = {one.key: file for file, one in known.definitions if one.sort == DefinitionSort.STATES}
    if not replacing or defined is None:
        return
    first = next(iter(replacing.values()))
    former: dict[str, list[str]] = {}  # state → the sets that have it as they are deployed
    for one in known.environment.kept:
        for state in one.value.states if one.sort == DefinitionSort.STATES else ():
            former.setdefault(state, []).append(one.key)
    unread = known.list_unread(DefinitionSort.PROCESS)  # what would replace these is told to be wrong already
    named = {
        state: f"{scope.element.get('id')}#{name}"
        for diagram in known.around
        if not unread & {process.get("id") for process in diagram.running}
        for scope in diagram.scopes
        for name, states in scope.public_states.items()
        for state in states
    }
    for state in sorted(named.keys() - defined):
        said = gettext(
            "已部署的流程图用到公开状态“%(state)s”（%(place)s），这里却没有，请补上，或与改过的流程图一并部署。",
            state=state,
            place=named[state],
        )
        file = next((replacing[key] for key in former.get(state, ()) if key in replacing), first)
        yield LintProblem(file=file, element="states", rule="lost-public-state", message=said)


def _find_misplaced_states(known: DeploymentContext) -> Iterator[LintProblem]:
    """In a set whose states count as something each does, and an end is where cases end."""
    sets = [(file, one.value.states) for file, one in known.definitions if one.sort == DefinitionSort.STATES]
    for file, states in sets:
        if not any(state.counts_as for state in states.values()):
            continue
        ends, rests = _list_places(known, states.keys())
        for name, state in states.items():
            if not state.counts_as:
                said = gettext("公开状态“%(state)s”没有写明算作什么（countsAs），请选择。", state=name)
            elif name in ends and not _may(state.counts_as, "ends"):
                said = gettext("公开状态“%(state)s”写在结束事件上，却不算作结束，请改 countsAs。", state=name)
            elif name in rests and not _may(state.counts_as, "rests"):
                said = gettext(
                    "公开状态“%(state)s”写在还没有结束的地方，却算作结束，请改 countsAs。", state=name
                )
            else:
                continue
            place = f"states.{name}.countsAs"
            yield LintProblem(file=file, element=place, rule="state-standing", message=said)


def _find_states_in_no_stage(known: DeploymentContext) -> Iterator[LintProblem]:
    """In a set with stages: while a case stands in a state of no stage, its applicant sees none marked."""
    for file, one in known.definitions:
        stages = one.value.stages if one.sort == DefinitionSort.STATES else ()
        staged = {state for stage in stages for state in (*stage.states, *stage.ends)}
        for name, state in one.value.states.items() if stages else ():
            if name not in staged and _may(state.counts_as, "shown"):
                said = gettext(
                    "公开状态“%(state)s”不在任何阶段（stages）里，办到这里时申请人看不到走到了哪一步；"
                    "请把它写进一个阶段的 states 或 ends。",
                    state=name,
                )
                yield LintProblem(
                    file=file, element=f"states.{name}", rule="state-stage", message=said, severity="warning"
                )


def _list_places(known: DeploymentContext, states: Set[str]) -> tuple[set[str], set[str]]:
    """The states that stand at ends, and those that stand where a case rests."""
    ends: set[str] = set()
    rests: set[str] = set()
    for diagram in (*known.diagrams, *known.around):
        for scope in diagram.scopes:
            for name in scope.nodes:
                found = read_properties(scope.nodes[name]).get("publicState")
                if found in states:
                    (ends if local_name(scope.nodes[name]) == "endEvent" else rests).add(str(found))
    return ends, rests


def _may(standing: str, place: str) -> bool:
    term = vocabulary.find_term(TermSort.STANDING, standing)
    return term is None or bool(term.details.get(place, True))


def _find_unknown(known: DeploymentContext) -> Iterator[LintProblem]:
    for file, one in known.definitions:
        for sort, key in sorted(one.names - known.named):
            said = gettext(
                "%(sort)s“%(key)s”没有定义，请核对名称，或一并部署。%(hint)s",
                sort=SORTS[DefinitionSort(sort)],
                key=key,
                hint=suggest_known(key, known.list_named(DefinitionSort(sort))),
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
    kept = [one for one in known.kept if one.sort == DefinitionSort.SERVICE]
    subjects = {one.value.subject: one.key for one in kept if one.value.subject}
    before = {one.key: one.value for one in known.environment.kept if one.sort == DefinitionSort.SERVICE}
    called = _list_called(known)
    for file, one in known.definitions:
        if one.sort == DefinitionSort.SERVICE:
            yield from _check_service(file, one, (known, called, subjects))
            old = before.get(one.key)
            if old is not None and old.subject and old.subject != one.value.subject:
                said = gettext(
                    "服务 %(key)s 已有的案件属于 %(subject)s，不能改，也不能删去。",
                    key=one.key,
                    subject=old.subject,
                )
                yield LintProblem(file=file, element="subject", rule="changed-subject", message=said)
            if one.value.subject:
                subjects.setdefault(one.value.subject, one.key)


def _list_called(known: DeploymentContext) -> frozenset[str]:
    drawn = (
        node.get("calledElement", "")
        for diagram in (*known.diagrams, *known.around)
        for scope in diagram.scopes
        for node in scope.of("callActivity")
    )
    return frozenset(drawn)


def _check_service(
    file: str, one: FoundDefinition, around: tuple[DeploymentContext, frozenset[str], dict[str, str]]
) -> Iterator[LintProblem]:
    known, called, subjects = around
    service = one.value
    if service.entry not in known.processes:
        said = gettext(
            "流程“%(key)s”没有部署，请核对名称，或一并部署。%(hint)s",
            key=service.entry,
            hint=suggest_known(service.entry, known.processes),
        )
        yield LintProblem(file=file, element="entry", rule="unknown-process", message=said)
    elif service.subject and service.entry in called:
        said = gettext(
            "流程“%(key)s”是别的流程的一部分，单独办理不会走到结束，请填写整件事的流程。", key=service.entry
        )
        yield LintProblem(file=file, element="entry", rule="entry-is-called", message=said)
    if (first := subjects.get(service.subject)) is not None:
        said = gettext(
            "服务 %(first)s 已经办理这类案件（subject %(subject)s），只能有一个。",
            first=first,
            subject=service.subject,
        )
        yield LintProblem(file=file, element="subject", rule="duplicate-subject", message=said)
    yield from _check_sheets(file, one, known)
    for number, role in enumerate(service.starts):
        if known.environment.roles and role not in known.environment.roles:
            hint = suggest_known(role, known.environment.roles)
            said = gettext("“%(role)s”不是已知的角色，请选择。%(hint)s", role=role, hint=hint)
            yield LintProblem(file=file, element=f"starts.{number}", rule="unknown-role", message=said)


def _find_taken_forms(known: DeploymentContext) -> Iterator[LintProblem]:
    """Forms under a key that is a registered form's."""
    for file, one in known.definitions:
        if one.sort == DefinitionSort.FORM and one.key in known.environment.forms:
            said = gettext("表单 %(key)s 是系统自带的，请换一个 id。", key=one.key)
            yield LintProblem(file=file, element="id", rule="duplicate-definition", message=said)


def _check_sheets(file: str, one: FoundDefinition, known: DeploymentContext) -> Iterator[LintProblem]:
    """The papers that pages print of a subject's cases: each has its sheet, and no letter in its place."""
    letters = {
        found.key
        for found in (*(found for _, found in known.definitions), *known.kept)
        if found.sort == DefinitionSort.LETTER and not isinstance(found.value, Sheet)
    }
    for name, key in one.value.sheets.items():
        if key in letters:
            said = gettext("“%(key)s”是文书，不是整张的样式（.typ），请另选。", key=key)
            yield LintProblem(file=file, element=f"sheets.{name}", rule="sheet", message=said)
    for name, term in vocabulary.list_terms(TermSort.SHEET).items():
        wanted = one.value.subject and term.details.get("subject") == one.value.subject
        if wanted and name not in one.value.sheets:
            said = gettext("没有写明“%(sheet)s”用哪一个样式，请补上。", sheet=term.label)
            yield LintProblem(file=file, element="sheets", rule="sheet", message=said)
