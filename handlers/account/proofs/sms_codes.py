"""Who may ask for a code by SMS, and how often: by number, by address, and in all.

Nobody can use up what another has: the pause and the hourly share of a number belong to whoever asks, a
person who is signed in or known on the device has shares of their own, and past what is free for strangers a
challenge comes first. What remains possible: many addresses together, each of them doing the work, can use up
what a number has for strangers in a day.
"""

from __future__ import annotations

from flask import current_app
from limits import RateLimitItem, RateLimitItemPerHour, parse

from domain.accounts import one_time_codes
from handlers.account.proofs import challenges
from handlers.entry import rate_limits
from models import db
from translations import lazy_gettext

PAUSE = parse("1 per 50 seconds")
PROVED = parse("5 per hour")
HERE = parse("15 per hour")  # for one number, from one address
NUMBER, NUMBER_MOST = parse("5 per hour"), parse("30 per day")
ADDRESS, ADDRESS_MOST = parse("10 per hour"), parse("200 per hour")
MORE = 4  # times what the site has in an hour may be sent against challenges

WRONG = lazy_gettext("验证码不正确或已失效。请核对短信后重新填写；已过 5 分钟的，请重新获取")

accept_code = one_time_codes.accept_code


class TooManyCodes(rate_limits.TooMany):
    """More codes were asked for than one number or address may have."""

    sentence = lazy_gettext("验证码发送过于频繁，请 %(wait)s后再试。")


class TooSoon(rate_limits.TooMany):
    """A code was asked for within a minute of the last one."""

    sentence = lazy_gettext("验证码刚刚发送过，请 %(wait)s后再试。")


def send_code(mobile: str, purpose: str, *, whose: str = "", proved: str = "") -> int:
    """Let a job send a code, commit, and return the code's id, by which the next page knows it.

    `whose` is what strangers' shares are counted by where the number may be nobody's; `proved` names the
    person or the device that asks for itself.
    """
    charge_asker(purpose, whose or mobile, proved)
    code_id = one_time_codes.issue_code(mobile, purpose)
    db.session.commit()
    return code_id


def charge_asker(purpose: str, whose: str, proved: str = "") -> None:
    """Count somebody who asks for a code, or for what is sent in its place, before anything is done."""
    if proved:
        _charge_proved(purpose, proved)
    else:
        _charge_stranger(purpose, whose)


def _charge_proved(purpose: str, proved: str) -> None:
    rate_limits.count_or_refuse(TooSoon, PAUSE, "code", purpose, proved)
    rate_limits.count_or_refuse(TooManyCodes, PROVED, "code", purpose, proved)


def _charge_stranger(purpose: str, whose: str) -> None:
    here = ("code", purpose, whose, rate_limits.client_address())
    if not rate_limits.has_tries_left(
        PAUSE, *here
    ):  # said first: it costs whoever presses twice no share and no work
        rate_limits.refuse_try(TooSoon, PAUSE, *here)
    shares = _stranger_shares(purpose, whose)
    free = [rate_limits.count_try(share, *who) for share, _, who in shares]
    if not all(free):
        challenges.require_challenge()
    rate_limits.count_or_refuse(TooSoon, PAUSE, *here)
    rate_limits.count_or_refuse(TooManyCodes, HERE, *here)
    for _, most, who in shares:
        rate_limits.count_or_refuse(TooManyCodes, most, *who)


def _stranger_shares(purpose: str, whose: str) -> list[tuple[RateLimitItem, RateLimitItem, tuple[str, ...]]]:
    """What is free for strangers, what is to be had at all, and of whom."""
    hourly = current_app.config["CODES_PER_HOUR"]
    return [
        (NUMBER, NUMBER_MOST, ("code", purpose, whose)),
        (ADDRESS, ADDRESS_MOST, ("code", "from", rate_limits.client_address())),
        (RateLimitItemPerHour(hourly), RateLimitItemPerHour(MORE * hourly), ("code", "all")),
    ]
