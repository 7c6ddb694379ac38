"""The app in a process that is killed once at a named point: gunicorn serves it, or a worker runs it.

The points: before_commit and after_commit of a writing request; after_answer, which is when an outward
operation has been answered and its result is about to be recorded.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from app import create_app
from models import db
from models.database import writing
from settings import from_environment
from workflows.worker import Worker

LEASE, RECORD = 1, 2  # which writing transaction of a worker does what, with one job


def create() -> Flask:
    """The app, armed by the environment."""
    app = create_app(from_environment())
    point, mark = os.environ["ZIGE_TEST_FAULT"], Path(os.environ["ZIGE_TEST_MARK"])
    with app.app_context():
        if point == "after_answer":
            _arm_worker(mark)
        else:
            event.listen(db.session, point, lambda _session: _die(mark) if writing.get() else None)
    return app


def _arm_worker(mark: Path) -> None:
    begun = []

    def count(_connection: Any) -> None:
        if writing.get():
            begun.append(len(begun))
        if len(begun) == RECORD:
            _die(mark)

    event.listen(db.engine, "begin", count)


def _die(mark: Path) -> None:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Worker(app=create()).run()
