"""The web server makes the app once, and forks its processes from the one that made it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.settings.test_starting import ended

# The child writes and reads as a request would; where it waits for threads that it has not, it is ended.
FORKED = """
import os, signal
from app import create_app
from connectors.storage import new_key
from domain import outside

app = create_app()
child = os.fork()
if child == 0:
    signal.alarm(20)
    key = new_key("photo")
    with app.app_context():
        outside.get_store().put(key, b"kept")
        os._exit(0 if outside.get_store().get(key) == b"kept" else 1)
raise SystemExit(os.waitpid(child, 0)[1])
"""


@pytest.mark.found("X5", "X12")
def test_a_forked_process_keeps_files(tmp_path: Path) -> None:
    """Every upload of the default start once waited for ever: the store was opened before the fork."""
    done = ended([sys.executable, "-c", FORKED], {"ZIGE_INSTANCE_PATH": str(tmp_path / "instance")})
    assert done.returncode == 0, done.stderr
