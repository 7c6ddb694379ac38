"""The routes of the API; OpenAPI at /api/v1/openapi.json."""

from __future__ import annotations

from flask import Flask

from handlers.api import openapi
from handlers.api.blueprint import pages

__all__ = ["install", "pages"]


def install(app: Flask, prefix: str) -> None:
    """Register the routes with their description."""
    from handlers.api import deployments, instances, messages, tasks, vocabulary  # noqa: F401  (they add routes)

    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # people read these sentences
    openapi.register_routes(app, pages, prefix)
