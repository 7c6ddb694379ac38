"""Lengths."""

from __future__ import annotations

from workflows.engine.lint.diagram import Diagram
from workflows.engine.lint.report import Report


def check(diagram: Diagram, report: Report) -> None:
    """Placeholder."""
