"""How often a password may be tried: counted before it is judged, and nobody's guesses lock out the owner.

Strangers share a budget for each account and address; past what all strangers have together at an account, or
from an address at all accounts, a challenge comes first. A device in which the owner was proved has a budget
of its own and is slowed, never locked.
"""

from __future__ import annotations

from flask import g
from limits import parse

from handlers.account.proofs import challenges
from handlers.entry import rate_limits
from translations import lazy_gettext

HERE = parse("5 per 15 minutes")  # at one account, from one address
FROM_ADDRESS, FROM_ADDRESS_MOST = parse("60 per 15 minutes"), parse("300 per 15 minutes")  # a campus
AT_ACCOUNT, AT_ACCOUNT_MOST = parse("20 per hour"), parse("200 per hour")  # by all strangers together
KNOWN, KNOWN_SLOWED = parse("5 per 15 minutes"), parse("1 per 15 seconds")


class TooManyTries(rate_limits.TooMany):
    """Too many wrong passwords by strangers."""

    sentence = lazy_gettext("密码连续输错次数过多，请 %(wait)s后再试，或者找回密码。")


class DeviceThrottled(rate_limits.TooMany):
    """Too many wrong passwords on a device that is known, which may go on after a short wait."""

    sentence = lazy_gettext("密码连续输错次数过多，请 %(wait)s后再试。")


def count_attempt(login: str, device: str) -> None:
    """Count a try at signing in before anything is looked at; refused when there were too many."""
    if device:
        if not rate_limits.count_try(KNOWN, "sign-in", login, "device", device):
            rate_limits.count_or_refuse(DeviceThrottled, KNOWN_SLOWED, "sign-in", login, "device", device)
        return
    here, address = (
        ("sign-in", login, rate_limits.client_address()),
        ("sign-in", "from", rate_limits.client_address()),
    )
    account = ("sign-in", "at", login)
    rate_limits.count_or_refuse(TooManyTries, HERE, *here)
    free = [rate_limits.count_try(FROM_ADDRESS, *address), rate_limits.count_try(AT_ACCOUNT, *account)]
    if not all(free):
        _require_challenge(here)
    rate_limits.count_or_refuse(TooManyTries, FROM_ADDRESS_MOST, *address)
    rate_limits.count_or_refuse(TooManyTries, AT_ACCOUNT_MOST, *account)


def record_success(login: str, device: str) -> None:
    """The password was right: it was no failure of anybody."""
    if device:
        rate_limits.reset_count(KNOWN, "sign-in", login, "device", device)
        return
    address, account = ("sign-in", "from", rate_limits.client_address()), ("sign-in", "at", login)
    rate_limits.reset_count(HERE, "sign-in", login, rate_limits.client_address())
    for limit, who in (
        (FROM_ADDRESS, address),
        (FROM_ADDRESS_MOST, address),
        (AT_ACCOUNT, account),
        (AT_ACCOUNT_MOST, account),
    ):
        rate_limits.take_back_try(limit, *who)


def clear_attempts(login: str) -> None:
    """The owner was proved in another way: what was guessed at the account counts no more, here and in all.

    What the address has tried at all accounts together stays counted.
    """
    rate_limits.reset_count(HERE, "sign-in", login, rate_limits.client_address())
    for limit in (AT_ACCOUNT, AT_ACCOUNT_MOST):
        rate_limits.reset_count(limit, "sign-in", "at", login)


def count_password_check() -> None:
    """Count a try at the password of whoever is signed in, by the session that tries."""
    rate_limits.count_or_refuse(DeviceThrottled, HERE, *_proof_key())


def record_password_check() -> None:
    """The password was right."""
    rate_limits.reset_count(HERE, *_proof_key())


def _require_challenge(here: tuple[str, ...]) -> None:
    try:
        challenges.require_challenge()
    except challenges.ChallengeRequired:
        rate_limits.take_back_try(HERE, *here)  # nothing was judged
        raise


def _proof_key() -> tuple[str, ...]:
    return ("password", str(g.principal.person_id), str(g.principal.sign_in_id))
