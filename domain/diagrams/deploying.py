"""Deploying from a page, the API or a command: checked while other writers go on, stored in a moment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from domain.diagrams.lint_environment import build_environment
from models import db
from models.base.database import writing
from workflows import engine

ATTEMPTS = 3  # of checking, when somebody else deploys meanwhile


def deploy_sources(sources: Mapping[str, bytes], *, by: int | None) -> engine.Deployment:
    """Check and build, then lock and store; once more when what it was checked against has changed."""
    for _ in range(ATTEMPTS):
        writing.set(False)
        known, seen = build_environment(), engine.read_catalogue()
        db.session.rollback()
        prepared = engine.prepare_deployment(sources, environment=known, catalogue=seen)
        writing.set(True)
        if build_environment() == known:
            with suppress(engine.DeploymentOvertaken):
                return engine.store_deployment(prepared, by=by)
        db.session.rollback()
    raise engine.DeploymentOvertaken
