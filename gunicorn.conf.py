"""How gunicorn serves the app, wherever it is started: `gunicorn "app:create_app()"` reads this file."""

from __future__ import annotations

import gc
import os
from typing import Any

bind = f"127.0.0.1:{os.environ.get('ZIGE_PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8
loglevel = "warning"
control_socket_disable = True

# The app is loaded once and shared: a worker starts in no time, and costs only what it writes.
preload_app = True

# A worker that has answered so many is replaced, so that no library's leak can grow for ever; it takes no new
# request, finishes those it has, and the others go on meanwhile.
max_requests = 5000
max_requests_jitter = 1000
graceful_timeout = 30

# What a front lets through (8 kB lines) is taken here too, and refused by the app with a page of its own.
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190


def when_ready(_server: Any) -> None:
    """What is loaded stays: no collection need look at it again, nor copy its pages into each worker."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # a page makes some thousand objects, and nearly all go by themselves


def post_fork(_server: Any, worker: Any) -> None:
    """Nothing that was opened while loading may be shared by two processes."""
    from models import db

    with worker.app.wsgi().app_context():
        db.engine.dispose(close=False)
