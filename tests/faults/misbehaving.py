"""Every way in which a register or channel can fail, and how each question to it is then kept."""

from __future__ import annotations

from dataclasses import replace

from flask import Flask

from domain import outside
from models import db
from models.persons.exchanges import RegisterExchange
from simulator.running import RunningSimulator
from simulator.world import MODES

PATIENCE = 0.4  # seconds that a whole answer may take
# mode of the simulator → the outcome that is kept
KEPT = {
    "slow": "no_answer",
    "dripping": "no_answer",
    "closed": "no_answer",
    "down": "no_answer",
    "busy": "no_answer",
    "failing": "no_answer",
    "limited": "limited",
    "unauthorised": "unavailable",
    "redirecting": "unavailable",
    "refusing": "rejected",
    "pending": "pending",
    "malformed": "malformed",
    "garbled": "malformed",
    "oversized": "malformed",
    "truncated": "malformed",
    "unknown_code": "malformed",
    "incomplete": "malformed",
    "mistyped": "malformed",
    "another": "malformed",
    "gbk": "malformed",
    "untyped": "malformed",
}
assert set(KEPT) == set(MODES) - {"normal"}


def reach(app: Flask, simulator: RunningSimulator, timeout: float = 5.0) -> None:
    """Look for the registers at the simulator, as a process does that has just begun."""
    known = app.extensions["settings"]
    app.extensions["settings"] = replace(known, simulator_url=simulator.url, registers_timeout=timeout)
    outside.install(app)


def break_register(app: Flask, simulator: RunningSimulator, register: str, mode: str) -> None:
    """Have a register fail; no breaker rests."""
    reach(app, simulator, PATIENCE if mode in {"slow", "dripping"} else 5.0)
    simulator.behave(register, mode, 2.0)


def mend_register(app: Flask, simulator: RunningSimulator, register: str) -> None:
    """Have it answer again."""
    simulator.behave(register, "normal")
    reach(app, simulator)


def newest_exchange(register: str) -> RegisterExchange:
    """What was kept of the last question."""
    db.session.rollback()
    found = db.session.query(RegisterExchange).filter_by(register=register)
    return found.order_by(RegisterExchange.id.desc()).first()
