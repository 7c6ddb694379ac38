"""Numbers that are given once each and without a gap."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.checking.rows import Found, are, sliced
from models import db
from models.applications import Application, Certificate, CertificateCounter, RegistrationCounter

Series = dict[Any, "Given"]
Counter = tuple[Any, int]  # of a series: its key, the last number given
REGISTRATION = re.compile(r"(.{4})([0-9]{1,9})")


@dataclass(kw_only=True)
class Given:
    """The serials of one series, however many there are."""

    count: int = 0
    total: int = 0
    last: int = 0

    def add(self, serial: int) -> None:
        """Count one more."""
        self.count, self.total, self.last = self.count + 1, self.total + serial, max(self.last, serial)

    @property
    def is_unbroken(self) -> bool:
        """Whether each number up to the last was given once."""
        return self.count == self.last and self.total == self.last * (self.last + 1) // 2


def _certificates() -> Found:
    given: Series = {}
    columns = (Certificate.id, Certificate.number, Certificate.authority_id)
    for one in sliced(select(*columns, Certificate.year, Certificate.serial), Certificate.id):
        if not (are(int, one.authority_id, one.year, one.serial) and are(str, one.number)):
            yield "row_unreadable", f"certificate:{one.id}"
            continue
        given.setdefault((one.authority_id, one.year), Given()).add(one.serial)
        if (one.number[:4], one.number[-6:]) != (f"{one.year}", f"{one.serial:06}"):
            yield "certificate_number", f"certificate:{one.id}"
    counters: list[Counter] = []
    kept = select(CertificateCounter.authority_id, CertificateCounter.year, CertificateCounter.last)
    for authority, year, last in db.session.execute(kept):
        if are(int, authority, year, last):
            counters.append(((authority, year), last))
        else:
            yield "row_unreadable", f"certificate_counter:{authority}-{year}"
    yield from _compared("certificate", given, counters)


def _registrations() -> Found:
    given: Series = {}
    numbers = select(Application.id, Application.registration_number)
    for one in sliced(numbers.where(Application.registration_number.is_not(None)), Application.id):
        if not are(str, one.registration_number):
            yield "row_unreadable", f"application:{one.id}"
        elif number := REGISTRATION.fullmatch(one.registration_number):
            given.setdefault(number[1], Given()).add(int(number[2]))
        else:
            yield "registration_serial", f"application:{one.id}"
    counters: list[Counter] = []
    for period, last in db.session.execute(select(RegistrationCounter.period, RegistrationCounter.last)):
        if are(str, period) and are(int, last):
            counters.append((period, last))
        else:
            yield "row_unreadable", f"registration_counter:{period}"
    yield from _compared("registration", given, counters)


def _compared(name: str, given: Series, counters: Iterable[Counter]) -> Found:
    counted = dict(counters)
    for key in sorted({*given, *counted}):
        series = given.get(key, Given())
        if not series.is_unbroken:
            yield f"{name}_serial", str(key)
        if counted.get(key, 0) != series.last:
            yield f"{name}_counter", str(key)


CHECKS = (_certificates, _registrations)
