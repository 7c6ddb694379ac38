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
        message = sentence % {"element": describe_element(element), **values}
        return LintProblem(file=self.file, element=element.get("id"), rule=rule, message=message)
