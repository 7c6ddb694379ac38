"""Separation of duties: a group that excludes people has to be set by somebody."""

from __future__ import annotations

from translations import lazy_gettext
from workflows.engine.lint.reading.allowlist import PEOPLE
from workflows.engine.lint.reading.diagram import Scope, read_properties
from workflows.engine.lint.reading.report import Report
from workflows.engine.lint.shape.references import DeploymentContext


def check_duties(scope: Scope, report: Report, known: DeploymentContext) -> None:
    """Check `duty` and `notBy` of the user tasks of a scope."""
    for task in scope.of(*PEOPLE):
        found = read_properties(task)
        own = found.get("duty")
        if own is not None and (not own or "," in own):
            report.error(task, "duty", lazy_gettext("%(element)s的属性 duty 只能写一个分组的名称。"))
        for group in found.get("notBy", "").split(",") if "notBy" in found else ():
            if group.strip() not in known.duties:
                sentence = lazy_gettext(
                    "%(element)s的属性 notBy 中的分组“%(group)s”没有任务设置，请在前面的任务上写 duty。"
                )
                report.error(task, "unknown-duty", sentence, group=group.strip())
