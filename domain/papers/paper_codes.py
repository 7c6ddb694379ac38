"""校验码: which paper it is and on what day it was made, sealed in twenty characters that nobody can guess.

A paper is printed without anything being stored, so its code holds what finds it again. The seal is made with
the secret key; what it seals is hidden by it too, so that two codes of one case have nothing in common.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from flask import current_app

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are taken for others
MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})
LENGTH, GROUP = 20, 4
KIND, ROW, VERSION, DAY = 4, 28, 12, 14  # bits of what is sealed
SEALED = KIND + ROW + VERSION + DAY
SEAL = 5 * LENGTH - SEALED
FIRST_DAY = date(2020, 1, 1)


class PaperKind(IntEnum):
    """What is printed; the numbers stand in codes and stay as they are."""

    APPLICATION_FORM = 1
    LETTER = 2
    CERTIFICATE = 3
    UNDERTAKING = 4
    MEDICAL_FORM = 5


@dataclass(frozen=True, kw_only=True)
class PaperReference:
    """A paper by its kind, the row that it is of, which version of it, and the day it was made."""

    kind: PaperKind
    row: int
    version: int
    day: date


def write_code(reference: PaperReference) -> str:
    """The code in groups, as it is printed."""
    sealed = 0
    for value, bits in (
        (int(reference.kind), KIND),
        (reference.row, ROW),
        (wrap_version(reference.version), VERSION),
        ((reference.day - FIRST_DAY).days, DAY),
    ):
        if not 0 <= value < 1 << bits:
            raise ValueError(f"{value} has no place in the code of a paper")
        sealed = sealed << bits | value
    seal = _derive(b"seal", sealed, SEAL)
    number = (sealed ^ _derive(b"hide", seal, SEALED)) << SEAL | seal
    text = "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(text[place : place + GROUP] for place in range(0, LENGTH, GROUP))


def read_code(text: str) -> PaperReference | None:
    """What a code says; None for everything that was not written here."""
    typed = tidy_code(text).translate(MISREAD)
    if len(typed) != LENGTH or not set(typed) <= set(LETTERS):
        return None
    number = 0
    for letter in typed:
        number = number << 5 | LETTERS.index(letter)
    seal = number & (1 << SEAL) - 1
    sealed = number >> SEAL ^ _derive(b"hide", seal, SEALED)
    if not hmac.compare_digest(_as_bytes(seal), _as_bytes(_derive(b"seal", sealed, SEAL))):
        return None
    return _unpack(sealed)


def tidy_code(text: str) -> str:
    """A code as it was typed, in capitals and without what people put between the groups."""
    return "".join(one for one in unicodedata.normalize("NFKC", text).upper() if one.isalnum())


def wrap_version(version: int) -> int:
    """A version as far as a code holds it."""
    return version % (1 << VERSION)


def _unpack(sealed: int) -> PaperReference | None:
    found = []
    for bits in (DAY, VERSION, ROW, KIND):
        found.append(sealed & (1 << bits) - 1)
        sealed >>= bits
    days, version, row, kind = found
    if kind not in set(PaperKind):
        return None
    return PaperReference(
        kind=PaperKind(kind), row=row, version=version, day=FIRST_DAY + timedelta(days=days)
    )


def _derive(purpose: bytes, value: int, bits: int) -> int:
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.digest(key, b"paper." + purpose + _as_bytes(value), hashlib.sha256)
    return int.from_bytes(digest) >> 256 - bits


def _as_bytes(value: int) -> bytes:
    return value.to_bytes(16)
