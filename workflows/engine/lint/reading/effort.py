"""How much work one deployment may cost the linter: counted, so that the answer is always the same."""

from __future__ import annotations

from translations import gettext
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import Element

MOST_STEPS = 2_000_000  # of all files together; a step is about a microsecond


class EffortExhausted(Exception):
    """The steps are used up; the element is the one at which it happened."""

    def __init__(self, element: Element) -> None:
        super().__init__()
        self.element = element


class Effort:
    """The steps that are left for the files of one deployment."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.left = most

    def spend(self, element: Element, steps: int) -> None:
        """Count steps spent on an element; raises Exhausted when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise EffortExhausted(element)


def build_exhausted_problem(file: str, element: Element, described: str) -> LintProblem:
    """What designers read about files that would take too long to check."""
    message = gettext(
        "检查到%(described)s时，计算量已超过上限，没有继续检查；请减少分支和循环，或拆成几个流程。",
        described=described,
    )
    return LintProblem(file=file, element=element.get("id"), rule="too-much-work", message=message)
