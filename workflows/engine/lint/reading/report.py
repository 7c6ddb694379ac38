"""Collects the findings of one file and names the elements in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from translations import gettext
from workflows.engine.lint.reading.allowlist import TITLES
from workflows.engine.lint.reading.effort import Effort
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import Element


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return cast(str, element.tag).rpartition("}")[2]


_STEPS_OF_A_PROBLEM = 20
_LABEL, _ID = 40, 60  # characters that a sentence repeats


def shorten_text(text: str, most: int) -> str:
    """The text, or its beginning: one answer with long names in it had 34 MB."""
    return text if len(text) <= most else f"{text[:most]}…"


def describe_element(element: Element) -> str:
    """The element in the words of designers: kind, label and id."""
    kind = TITLES.get(local_name(element), local_name(element))
    label, name = shorten_text(element.get("name", ""), _LABEL), shorten_text(element.get("id", ""), _ID)
    if label and name:
        return gettext("%(kind)s“%(label)s”（%(id)s）", kind=kind, label=label, id=name)
    if name:
        return gettext("%(kind)s（%(id)s）", kind=kind, id=name)
    if label:
        return gettext(
            "%(kind)s“%(label)s”（第 %(line)s 行）", kind=kind, label=label, line=element.sourceline
        )
    return gettext("%(kind)s（第 %(line)s 行）", kind=kind, line=element.sourceline)


# What has no shape of its own: people select the element that it belongs to.
_PARTS = ("EventDefinition", "Characteristics", "Specification", "Association", "Cardinality", "Expression")
_PART_NAMES = frozenset(
    {
        "completionCondition",
        "correlationSubscription",
        "dataInput",
        "dataOutput",
        "inputDataItem",
        "laneSet",
        "outputDataItem",
        "property",
        "script",
        "timeCycle",
        "timeDate",
        "timeDuration",
    }
)


def find_selectable(element: Element) -> Element:
    """The nearest element that designers can select; the file's root where there is none."""
    while element.getparent() is not None and (not element.get("id") or _is_part(element)):
        element = element.getparent()
    return element


def find_element_id(element: Element) -> str | None:
    """The id by which a problem leads to its element; of the first process where the file itself is meant."""
    found = find_selectable(element)
    if found.get("id"):
        return cast(str, found.get("id"))
    return next((one.get("id") for one in found.iter() if isinstance(one.tag, str) and one.get("id")), None)


def _is_part(element: Element) -> bool:
    name = local_name(element) if isinstance(element.tag, str) else ""
    return name.endswith(_PARTS) or name in _PART_NAMES


def _describe_place(element: Element) -> str:
    """The element, or the part of one that has no shape of its own."""
    host = find_selectable(element)
    if host is element or not host.get("id"):
        return describe_element(element)
    if element.get("id") and not _is_part(element):
        return describe_element(element)
    return gettext("%(host)s中的“%(part)s”", host=describe_element(host), part=local_name(element))


class Report:
    """The problems of one file."""

    def __init__(self, file: str, effort: Effort | None = None) -> None:
        self.file = file
        self.problems: list[LintProblem] = []
        self._effort = effort or Effort()

    def spend(self, element: Element, steps: int) -> None:
        """Count the steps of a rule that walks more than the element itself."""
        self._effort.spend(element, steps)

    def error(self, element: Element, rule: str, sentence: str, /, **values: object) -> None:
        """The element must be changed; its name takes the place of `%(element)s` in the sentence."""
        self.problems.append(self._build_problem(element, rule, sentence, values))

    def warning(self, element: Element, rule: str, sentence: str, /, **values: object) -> None:
        """The element may be deployed, but somebody should look at it."""
        self.problems.append(
            replace(self._build_problem(element, rule, sentence, values), severity="warning")
        )

    def add_path(self, path: tuple[str, ...]) -> None:
        """Say which elements lead to the problem that was told last."""
        self.problems[-1] = replace(self.problems[-1], path=path)

    def _build_problem(
        self, element: Element, rule: str, sentence: str, values: Mapping[str, object]
    ) -> LintProblem:
        self.spend(element, _STEPS_OF_A_PROBLEM)
        message = sentence % {"element": _describe_place(element), **values}
        return LintProblem(file=self.file, element=find_element_id(element), rule=rule, message=message)
