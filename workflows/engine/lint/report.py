"""Collects the findings of one file and names the elements in them."""

from __future__ import annotations

from typing import cast

from lxml import etree

from workflows.engine.lint.vocabulary import TITLES
from workflows.engine.problems import Problem
from workflows.engine.xml import Element


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return cast(str, etree.QName(element).localname)


def describe(element: Element) -> str:
    """The element in the words of designers: kind, label and id."""
    label = f"“{element.get('name')}”" if element.get("name") else ""
    place = f"（{element.get('id')}）" if element.get("id") else f"（第 {element.sourceline} 行）"
    return f"{TITLES.get(local(element), local(element))}{label}{place}"


class Report:
    """The problems of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

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
        message = f"{describe(element)}{sentence}"
        return Problem(file=self.file, element=element.get("id"), rule=rule, message=message)
