"""Variables with which a case starts: nothing writes them, and what takes the subject is given it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from translations import lazy_gettext
from workflows.engine.expressions import ExpressionError, compile_expression
from workflows.engine.lint.data.certain import CertainFlow, overlay
from workflows.engine.lint.data.flow import DataFlow, list_called
from workflows.engine.lint.data.writing import Writers, list_items, read_scripts
from workflows.engine.lint.reading.allowlist import PEOPLE, SPIFF
from workflows.engine.lint.reading.diagram import Scope, find_process, list_extensions, read_properties
from workflows.engine.lint.reading.report import Report, local_name, shorten_text
from workflows.engine.lint.types.known_variables import Known, Values
from workflows.engine.source.safe_xml import Element
from workflows.vocabulary import Kind, ValueType

_SHOWN = 60
_WRITTEN = lazy_gettext(
    "%(element)s会写入变量 %(name)s，但它是办理开始时给出的，不能改写，否则会办到别的业务上；请换一个变量名。"
)
_ANOTHER = lazy_gettext(
    "%(element)s的参数 %(name)s 须是本业务自己的编号，不能是 %(text)s；是不是“%(variable)s”？"
)


class Shield:
    """Which variables the cases start with that come to each process."""

    def __init__(self, flow: DataFlow, starting: Mapping[str, Mapping[str, ValueType | None]]) -> None:
        self.subjects = {name for told in starting.values() for name, one in told.items() if _is_subject(one)}
        self._given: dict[str, dict[str, Values]] = {}
        for entry, known in flow.starting.items():
            self._hand_over(entry, known, flow)

    def _hand_over(self, entry: str, known: Known, flow: DataFlow) -> None:
        ahead, seen = [entry], {entry}
        while ahead:
            key = ahead.pop()
            self._given.setdefault(key, {}).update(known.values)
            for called in list_called(flow.processes[key].element) if key in flow.processes else ():
                if called not in seen:
                    seen.add(called)
                    ahead.append(called)

    def given(self, node: Element) -> Mapping[str, Values]:
        """The variables that nothing at this node may write."""
        return self._given.get(find_process(node).get("id", ""), {})


def check_written(scope: Scope, shield: Shield, writers: Writers, report: Report) -> None:
    """Refuse what writes a variable with which the case has started."""
    given = shield.given(scope.element)
    for node in scope.nodes.values() if given else ():
        for name in sorted(given.keys() & _list_written(node, writers)):
            if _is_subject(given[name]) or not _is_registered(node, writers):
                report.error(node, "protected-variable", _WRITTEN, name=name)


def _list_written(node: Element, writers: Writers) -> set[str]:
    items = (*list_items(node, "inputDataItem"), *list_items(node, "outputDataItem"))
    return {*writers.read_own(node).values, *items}


def _is_registered(node: Element, writers: Writers) -> bool:
    """Whether a form of the product writes here, which may set a term anew: until when one answers."""
    facts = writers.forms.get(read_properties(node).get("formKey", ""))
    return local_name(node) in PEOPLE and facts is not None and not facts.is_designed


def check_subjects(scope: Scope, certain: CertainFlow, shield: Shield, report: Report) -> None:
    """Refuse a parameter that takes the subject and is given anything else."""
    for task in scope.of("serviceTask"):
        before = certain.before.get(task)
        for name, text in _list_given(task, shield) if before is not None else ():
            assert before is not None
            if not _is_own(name, text, overlay(before, read_scripts(task))):
                said = {"name": name, "text": shorten_text(text, _SHOWN), "variable": name}
                report.error(task, "parameter-value", _ANOTHER, **said)


def _list_given(task: Element, shield: Shield) -> Iterator[tuple[str, str]]:
    for operator in list_extensions(task, "serviceTaskOperator"):
        for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
            if parameter.get("id") in shield.subjects:
                yield parameter.get("id", ""), (parameter.get("value") or "").strip()


def _is_own(name: str, text: str, known: Known) -> bool:
    try:
        expression = compile_expression(text)
    except ExpressionError:
        return True  # told elsewhere
    if not isinstance(ast.parse(text, mode="eval").body, ast.Name) or not expression.names:
        return False
    if not expression.names <= known.values.keys():
        return True  # told elsewhere, or nobody knows what is there
    values = known.values[text]
    if values is None:
        return text == name or known.is_open  # called from where nobody knows what is there
    return isinstance(values, ValueType) and values.kind == Kind.SUBJECT and values.of == name


def _is_subject(values: Values) -> bool:
    return isinstance(values, ValueType) and values.kind == Kind.SUBJECT
