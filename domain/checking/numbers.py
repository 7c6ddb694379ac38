"""Numbers that are given once each and without a gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.checking.rows import Found, sliced
from models import db
from models.applications import Application, Certificate, CertificateCounter, RegistrationCounter

Series = dict[Any, "Given"]


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
        given.setdefault((one.authority_id, one.year), Given()).add(one.serial)
        if (one.number[:4], one.number[-6:]) != (f"{one.year}", f"{one.serial:06}"):
            yield "certificate_number", f"certificate:{one.id}"
    counters = db.session.scalars(select(CertificateCounter))
    yield from _compared("certificate", given, (((one.authority_id, one.year), one.last) for one in counters))


def _registrations() -> Found:
    given: Series = {}
    numbers = select(Application.id, Application.registration_number)
    for one in sliced(numbers.where(Application.registration_number.is_not(None)), Application.id):
        period, serial = one.registration_number[:4], one.registration_number[4:]
        if serial.isdecimal():
            given.setdefault(period, Given()).add(int(serial))
        else:
            yield "registration_serial", f"application:{one.id}"
    counters = db.session.scalars(select(RegistrationCounter))
    yield from _compared("registration", given, ((one.period, one.last) for one in counters))


def _compared(name: str, given: Series, counters: Iterable[tuple[Any, int]]) -> Found:
    counted = dict(counters)
    for key in sorted({*given, *counted}):
        series = given.get(key, Given())
        if not series.is_unbroken:
            yield f"{name}_serial", str(key)
        if counted.get(key, 0) != series.last:
            yield f"{name}_counter", str(key)


CHECKS = (_certificates, _registrations)
