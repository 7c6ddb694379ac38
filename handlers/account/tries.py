"""How often a password may be tried: counted before it is judged, and nobody's guesses lock out the owner.

Strangers share a budget for each account and address; past what all strangers have together at an account, or
from an address at all accounts, a challenge comes first. A device in which the owner was proved has a budget
of its own and is slowed, never locked.
"""

from __future__ import annotations

from flask import g
from flask_babel import lazy_gettext
from limits import parse

from handlers.account import challenges
from handlers.entry import limits

HERE = parse("5 per 15 minutes")  # at one account, from one address
FROM_ADDRESS, FROM_ADDRESS_MOST = parse("60 per 15 minutes"), parse("300 per 15 minutes")  # a campus
AT_ACCOUNT, AT_ACCOUNT_MOST = parse("20 per hour"), parse("200 per hour")  # by all strangers together
KNOWN, KNOWN_SLOWED = parse("5 per 15 minutes"), parse("1 per 15 seconds")


class TooManyTries(limits.TooMany):
    """Too many wrong passwords by strangers."""

    sentence = lazy_gettext("密码连续输错次数过多，请 %(wait)s后再试，或者找回密码。")


class Slowed(limits.TooMany):
    """Too many wrong passwords on a device that is known, which may go on after a short wait."""

    sentence = lazy_gettext("密码连续输错次数过多，请 %(wait)s后再试。")


def begin(login: str, device: str) -> None:
    """Count a try at signing in before anything is looked at; refused when there were too many."""
    if device:
        if not limits.count(KNOWN, "sign-in", login, "device", device):
            limits.demand(Slowed, KNOWN_SLOWED, "sign-in", login, "device", device)
        return
    here, address = ("sign-in", login, limits.asker()), ("sign-in", "from", limits.asker())
    account = ("sign-in", "at", login)
    limits.demand(TooManyTries, HERE, *here)
    free = [limits.count(FROM_ADDRESS, *address), limits.count(AT_ACCOUNT, *account)]
    if not all(free):
        _challenge(here)
    limits.demand(TooManyTries, FROM_ADDRESS_MOST, *address)
    limits.demand(TooManyTries, AT_ACCOUNT_MOST, *account)


def succeed(login: str, device: str) -> None:
    """The password was right: it was no failure of anybody."""
    if device:
        limits.forget(KNOWN, "sign-in", login, "device", device)
        return
    address, account = ("sign-in", "from", limits.asker()), ("sign-in", "at", login)
    limits.forget(HERE, "sign-in", login, limits.asker())
    for limit, who in (
        (FROM_ADDRESS, address),
        (FROM_ADDRESS_MOST, address),
        (AT_ACCOUNT, account),
        (AT_ACCOUNT_MOST, account),
    ):
        limits.give_back(limit, *who)


def forgive(login: str) -> None:
    """The owner was proved in another way: what was guessed at the account counts no more, here and in all.

    What the address has tried at all accounts together stays counted.
    """
    limits.forget(HERE, "sign-in", login, limits.asker())
    for limit in (AT_ACCOUNT, AT_ACCOUNT_MOST):
        limits.forget(limit, "sign-in", "at", login)


def begin_proof() -> None:
    """Count a try at the password of whoever is signed in, by the session that tries."""
    limits.demand(Slowed, HERE, *_proof())


def succeed_proof() -> None:
    """The password was right."""
    limits.forget(HERE, *_proof())


def _challenge(here: tuple[str, ...]) -> None:
    try:
        challenges.require()
    except challenges.Challenged:
        limits.give_back(HERE, *here)  # nothing was judged
        raise


def _proof() -> tuple[str, ...]:
    return ("password", str(g.principal.person_id), str(g.principal.sign_in_id))
