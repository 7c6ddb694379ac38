"""Passwords: argon2id, with the same work for accounts that do not exist, and never more at once than fit.

The parameters are OWASP's minimum (19 MiB, two passes, one lane): 21 ms where argon2-cffi's own defaults
took 192, and 5,000 people sign in during the opening minute. Older hashes keep working and are replaced at
the next sign-in.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.base.errors import DomainError
from translations import lazy_gettext

Found = TypeVar("Found")

PASSES, KIBIBYTES, LANES = 2, 19 * 1024, 1
AT_ONCE = 2  # in one process: more would only share the same cores, at 19 MiB each
PATIENCE = 10.0  # seconds of waiting for one's turn

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=KIBIBYTES, parallelism=LANES)
_NOBODY = _hasher.hash("nobody has this password")
# Its queue is first come, first served; a semaphore lets late comers pass (worst wait seen: 1.1 s).
_turns = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="argon2")


class TooManySignIns(DomainError):
    """Too many people sign in just now."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("同时登录的人太多，这一次没有轮到。请稍等几秒再次提交。")


def hash_password(password: str) -> str:
    """What is kept of a password; slow on purpose, so never inside a writing transaction."""
    return _run_in_turn(lambda: _hasher.hash(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right; without an account the answer takes as long."""
    right = _run_in_turn(lambda: _verify_hash(password_hash or _NOBODY, password))
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _verify_hash(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _run_in_turn(work: Callable[[], Found]) -> Found:
    turn = _turns.submit(work)
    try:
        return turn.result(PATIENCE)
    except NotInTime:
        turn.cancel()
        raise TooManySignIns from None
