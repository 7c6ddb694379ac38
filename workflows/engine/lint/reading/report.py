"""Collects the findings of one file and names the elements in them."""

from __future__ import annotations

from typing import cast

from workflows.engine.lint.reading.effort import Effort
from workflows.engine.lint.reading.vocabulary import TITLES
from workflows.engine.source.problems import Problem
from workflows.engine.source.xml import Element


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return cast(str, element.tag).rpartition("}")[2]


_STEPS_OF_A_PROBLEM = 20
_LABEL, _ID = 40, 60  # characters that a sentence repeats


def shortened(text: str, most: int) -> str:
    """The text, or its beginning: one answer with long names in it had 34 MB."""
    return text if len(text) <= most else f"{text[:most]}…"


def describe(element: Element) -> str:
    """The element in the words of designers: kind, label and id."""
    label = f"“{shortened(element.get('name'), _LABEL)}”" if element.get("name") else ""
    name = element.get("id")
    place = f"（{shortened(name, _ID)}）" if name else f"（第 {element.sourceline} 行）"
    return f"{TITLES.get(local(element), local(element))}{label}{place}"


class Report:
    """The problems of one file."""

    def __init__(self, file: str, effort: Effort | None = None) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._effort = effort or Effort()

    def spend(self, element: Element, steps: int) -> None:
        """Count the steps of a rule that walks more than the element itself."""
        self._effort.spend(element, steps)

    def error(self, element: Element, rule: str, sentence: str) -> None:
        """The element must be changed; the sentence goes on after its name."""
        self.problems.append(self._problem(element, rule, sentence))

    def warning(self, element: Element, rule: str, sentence: str) -> None:
        """The element may be deployed, but somebody should look at it."""
        problem = self._problem(element, rule, sentence)
        self.problems.append(
            Problem(
                file=self.file,
                element=problem.element,
                rule=rule,
                message=problem.message,
                severity="warning",
            )
        )

    def _problem(self, element: Element, rule: str, sentence: str) -> Problem:
        self.spend(element, _STEPS_OF_A_PROBLEM)
        message = f"{describe(element)}{sentence}"
        return Problem(file=self.file, element=element.get("id"), rule=rule, message=message)
