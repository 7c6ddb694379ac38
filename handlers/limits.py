"""How often something may be tried: in memory on one machine, in Redis in a fleet."""

from __future__ import annotations

from flask import Flask, current_app
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

SIGN_IN_FAILURES = parse("5 per 15 minutes")
ADDRESS_FAILURES = parse("60 per 15 minutes")  # a campus may sit behind one address
CODES = parse("5 per hour")
CODE_PAUSE = parse("1 per 50 seconds")
IDENTITY_CHECKS = parse("3 per day")


def install(app: Flask) -> None:
    """Open the store of counts."""
    storage = storage_from_string(app.config["LIMITS_URL"])
    app.extensions["limits"] = MovingWindowRateLimiter(storage)


def is_free(limit: RateLimitItem, *who: str) -> bool:
    """Whether one more try is allowed; it is not counted yet."""
    return bool(_limiter().test(limit, *who))


def count(limit: RateLimitItem, *who: str) -> bool:
    """Count a try; False when there were too many."""
    return bool(_limiter().hit(limit, *who))


def forget(limit: RateLimitItem, *who: str) -> None:
    """Start counting anew, as after a success."""
    _limiter().clear(limit, *who)


def _limiter() -> MovingWindowRateLimiter:
    found: MovingWindowRateLimiter = current_app.extensions["limits"]
    return found
