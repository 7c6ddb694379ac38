"""Hearing from PostgreSQL that jobs were queued, on a connection of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import psycopg
from flask import Flask

from models import db
from workflows.publishing import CHANNEL

log = logging.getLogger(__name__)

AGAIN = 2.0  # seconds after which a lost connection is made again
STRETCH = 1.0  # seconds after which a listener looks whether it is to stop


def start_listening(app: Flask, heard: Callable[[], None], stopped: threading.Event) -> None:
    """Call `heard` whenever jobs are queued; on SQLite nobody can be heard."""
    with app.app_context():
        url = db.engine.url
    if url.get_backend_name() == "postgresql":
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        threading.Thread(
            target=_listen_until_stopped, args=(address, heard, stopped), name="listening", daemon=True
        ).start()


def _listen_until_stopped(address: str, heard: Callable[[], None], stopped: threading.Event) -> None:
    while not stopped.is_set():
        try:
            _hear_notifications(address, heard, stopped)
        except psycopg.Error as error:  # meanwhile the worker looks by itself
            log.warning("no longer hearing of new jobs: %s", type(error).__name__)
            stopped.wait(AGAIN)


def _hear_notifications(address: str, heard: Callable[[], None], stopped: threading.Event) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"LISTEN {CHANNEL}".encode())
        heard()  # what was queued before anybody listened
        while not stopped.is_set():
            for _ in connection.notifies(timeout=STRETCH):
                heard()
