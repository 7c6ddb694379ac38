"""Deploying from a page, the API or a command: checked while other writers go on, stored in a moment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from domain.diagrams.vocabulary import environment
from models import db
from models.database import writing
from workflows import engine

ATTEMPTS = 3  # of checking, when somebody else deploys meanwhile


def deploy(sources: Mapping[str, bytes], *, by: int | None) -> engine.Deployment:
    """Check and build, then lock and store; once more when what it was checked against has changed."""
    for _ in range(ATTEMPTS):
        writing.set(False)
        known, seen = environment(), engine.catalogue()
        db.session.rollback()
        prepared = engine.prepare(sources, environment=known, catalogue=seen)
        writing.set(True)
        if environment() == known:
            with suppress(engine.Overtaken):
                return engine.store(prepared, by=by)
        db.session.rollback()
    raise engine.Overtaken
