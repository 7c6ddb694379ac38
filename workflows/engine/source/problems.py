"""What the engine's parser finds wrong with a diagram, as a problem that designers can act on."""

from __future__ import annotations

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from translations import gettext
from workflows.problems import LintProblem, LintRefused, Severity, errors_in, limit_problems

__all__ = ["LintProblem", "LintRefused", "Severity", "build_from_exception", "errors_in", "limit_problems"]


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
