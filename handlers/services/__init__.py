"""What service tasks of a diagram may call: operations with their parameters, done by the domain."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

MODULES = ("accounts", "applications", "deadlines", "identity", "letters", "notices", "registers", "threads")


def install(_app: Flask) -> None:
    """Register every operation."""
    for name in MODULES:
        import_module(f"handlers.services.{name}")
