"""How often something may be tried, by whom, and when again."""

from __future__ import annotations

import math
from ipaddress import IPv6Address, ip_address

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from handlers.entry import rate_limit_store
from models.base.errors import DomainError
from translations import gettext_plural, lazy_gettext
from workflows.clock import wall_time

__all__ = ["rate_limit_store"]

IDENTITY_CHECKS = parse("3 per day")
HOUSEHOLD_BITS = 64  # bits of an IPv6 address that one household shares
DEFAULT_WAIT = 60  # seconds to wait where nobody said how long
SECONDS, MINUTES = 100, 100 * 60  # up to which a wait is told in them


class TooMany(DomainError):
    """Something was tried too often; the sentence tells when it may be tried again."""

    code = "too_many"
    status = 429
    sentence = lazy_gettext("操作太频繁，请 %(wait)s后再试。")

    def __init__(self, seconds: int) -> None:
        super().__init__(str(type(self).sentence) % {"wait": waiting_time(seconds)})
        self.seconds = seconds


def install(app: Flask) -> None:
    """Open the store of counts."""
    if "limits" not in app.extensions:  # the store may be opened again, as for another database
        app.before_request(_clear_refusal)
        app.after_request(_add_retry_after)
    app.extensions["limits"] = FixedWindowRateLimiter(storage_from_string(app.config["LIMITS_URL"]))


def has_tries_left(limit: RateLimitItem, *who: str) -> bool:
    """Whether one more try is allowed; it is not counted yet."""
    return bool(_get_limiter().test(limit, *who))


def count_try(limit: RateLimitItem, *who: str) -> bool:
    """Count a try before it is judged; False when there were too many."""
    return bool(_get_limiter().hit(limit, *who))


def count_or_refuse(refusal: type[TooMany], limit: RateLimitItem, *who: str) -> None:
    """Count a try, or refuse it with the time to wait."""
    if not count_try(limit, *who):
        refuse_try(refusal, limit, *who)


def refuse_try(refusal: type[TooMany], limit: RateLimitItem, *who: str) -> None:
    """Refuse a try until the limit's window ends."""
    found = refusal(seconds_left(limit, *who))
    g.retry_after = found.seconds
    raise found


def take_back_try(limit: RateLimitItem, *who: str) -> None:
    """Take one count back: the try was no failure."""
    _get_limiter().hit(limit, *who, cost=-1)


def reset_count(limit: RateLimitItem, *who: str) -> None:
    """Start counting from the beginning, as after a success."""
    _get_limiter().clear(limit, *who)


def seconds_left(limit: RateLimitItem, *who: str) -> int:
    """How long until the window ends."""
    reset_time, _ = _get_limiter().get_window_stats(limit, *who)
    return max(1, math.ceil(reset_time - wall_time().timestamp()))


def waiting_time(seconds: int) -> str:
    """A wait as people say it."""
    if seconds < SECONDS:
        return gettext_plural("%(num)s 秒", num=seconds)
    if seconds < MINUTES:
        return gettext_plural("%(num)s 分钟", num=math.ceil(seconds / 60))
    return gettext_plural("%(num)s 小时", num=math.ceil(seconds / 3600))


def client_address() -> str:
    """The address that asks, as far as one subscriber holds it."""
    text = request.remote_addr or ""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(int(address) >> (128 - HOUSEHOLD_BITS))
    return str(getattr(address, "ipv4_mapped", None) or address)


def refused_status() -> int:
    """The status of a page that is shown again: 429 where a limit was the reason."""
    return 429 if g.retry_after else 422


def _clear_refusal() -> None:
    g.retry_after = 0
    g.challenge = None
    g.work_is_done = g.wait_is_over = False


def _add_retry_after(response: Response) -> Response:
    if response.status_code == 429:
        response.headers["Retry-After"] = str(g.get("retry_after") or DEFAULT_WAIT)
    return response


def _get_limiter() -> FixedWindowRateLimiter:
    found: FixedWindowRateLimiter = current_app.extensions["limits"]
    return found
