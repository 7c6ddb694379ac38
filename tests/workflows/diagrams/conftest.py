"""The world of the engine tests: the diagrams are those of instances that the engine moved."""

from __future__ import annotations

from tests.workflows.engine.conftest import engine_app, world

__all__ = ["engine_app", "world"]
