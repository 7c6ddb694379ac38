"""The app in a process that is killed once at a named point: gunicorn serves it, or a worker runs it.

The points: `begin`, `before_commit` and `after_commit` of the writing transaction with a number, as in
`before_commit:2`. A worker makes two for each job: it leases the job, and it records its result; one between
them keeps what a register or channel answered. `begin:2` is when the first outward operation has been
answered and nothing of that is written down.
"""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event

from app import create_app
from models import db
from models.base.database import writing
from settings import load_settings
from workflows.background.worker import Worker


def create() -> Flask:
    """The app, armed by the environment."""
    app = create_app(load_settings())
    point, _, number = os.environ["ZIGE_TEST_FAULT"].partition(":")
    mark, passed = Path(os.environ["ZIGE_TEST_MARK"]), count(1)

    def pass_by(_target: Any) -> None:
        if writing.get() and not db.session().in_nested_transaction() and next(passed) == int(number or 1):
            _die(mark)

    with app.app_context():
        event.listen(db.engine if point == "begin" else db.session, point, pass_by)
    return app


def _die(mark: Path) -> None:
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    Worker(app=create(), width=1).run()  # a second thread might count between the first one's two
