"""What is wrong with a diagram or a decision table, in words that designers can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from models.base.errors import DomainError
from models.base.unseen import show_unseen
from translations import gettext, gettext_plural, lazy_gettext

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class LintProblem:
    """One finding of the linter."""

    file: str
    element: str | None  # the id of the element; nothing when the whole file is meant
    rule: str  # stable code, kebab-case
    message: str  # Chinese, names the element and says what to do
    severity: Severity = "error"
    path: tuple[str, ...] = ()  # ids of the elements that lead to it, in order from the start


class LintRefused(DomainError):
    """Files that are not deployed, with their problems."""

    code = "lint_refused"
    status = 422
    sentence = lazy_gettext("流程文件有需要修改的地方，尚不能部署。")

    def __init__(self, problems: Sequence[LintProblem]) -> None:
        super().__init__()
        self.problems = limit_problems(problems)


MORE = "more"  # rule of the problem that counts those that are not listed
MOST_TOLD = 100  # problems of one answer
LONGEST_MESSAGE = 600  # characters
LONGEST_ELEMENT = 120  # characters of an id; a longer one is a problem of its own
LONGEST_PATH = 100  # elements of a path; what is before them is left out


def limit_problems(problems: Sequence[LintProblem]) -> list[LintProblem]:
    """What one answer lists: the errors first when there are too many, and how many more there are."""
    shown = [_cut_problem(problem) for problem in problems]
    if len(problems) > MOST_TOLD and all(problem.rule != MORE for problem in problems):
        ordered = sorted(problems, key=lambda problem: problem.severity != "error")
        shown = [_cut_problem(problem) for problem in ordered[:MOST_TOLD]]
        shown.append(_build_more(ordered[MOST_TOLD:]))
    return shown


def _build_more(left: Sequence[LintProblem]) -> LintProblem:
    message = gettext_plural("另有 %(num)s 处问题没有列出，请先修改以上各处，再检查一次。", num=len(left))
    return LintProblem(file=left[0].file, element=None, rule=MORE, message=message, severity=left[0].severity)


def _cut_problem(problem: LintProblem) -> LintProblem:
    message = problem.message
    if len(message) > LONGEST_MESSAGE:
        message = gettext("%(beginning)s……。", beginning=message[:LONGEST_MESSAGE])
    element = (problem.element or "")[:LONGEST_ELEMENT] or None
    # Names are repeated in sentences: one with a mark that turns the line round would turn the sentence.
    path = tuple(show_unseen(one[:LONGEST_ELEMENT]) for one in problem.path[-LONGEST_PATH:])
    return replace(problem, message=show_unseen(message), element=element, path=path)


def errors_in(problems: Sequence[LintProblem]) -> list[LintProblem]:
    """The problems that forbid deployment; warnings are left out."""
    return [problem for problem in problems if problem.severity == "error"]


def build_from_exception(error: Exception, *, file: str) -> LintProblem:
    """The problem behind an exception of the engine's parser, which may refuse what the linter let pass."""
    if isinstance(error, ValidationException):
        return _build_from_validation(error, file)
    detail = f"{type(error).__name__}: {error}"
    return LintProblem(
        file=file,
        element=None,
        rule="parser-refused",
        message=gettext("引擎不能读取 %(file)s：%(detail)s", file=file, detail=detail),
    )


def _build_from_validation(error: ValidationException, file: str) -> LintProblem:
    return LintProblem(
        file=error.file_name or file,
        element=error.id or None,
        rule="parser-refused",
        message=_explain_validation(error),
    )


def _explain_validation(error: ValidationException) -> str:
    said = {"line": error.line_number, "name": error.name, "id": error.id, "reason": error}
    if error.line_number and error.id:
        return gettext(
            "引擎不能读取第 %(line)s 行、“%(name)s”（%(id)s），请修改后重新上传。原因：%(reason)s", **said
        )
    if error.id:
        return gettext("引擎不能读取“%(name)s”（%(id)s），请修改后重新上传。原因：%(reason)s", **said)
    if error.line_number:
        return gettext("引擎不能读取第 %(line)s 行，请修改后重新上传。原因：%(reason)s", **said)
    return gettext("引擎不能读取文件，请修改后重新上传。原因：%(reason)s", **said)
