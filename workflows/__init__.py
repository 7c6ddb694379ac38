"""The process side: the engine, the work list, jobs and the clock."""

from __future__ import annotations

from flask import Flask

from workflows import clock


def install(app: Flask) -> None:
    """Give the app its clock."""
    clock.install(app)
