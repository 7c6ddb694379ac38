"""Numbers that are given once each and without a gap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain.checking.rows import FoundRows, all_of_type, read_in_slices
from models import db
from models.cases.applications import (
    Application,
    Certificate,
    CertificateCounter,
    RegistrationCounter,
)

Series = dict[Any, "Given"]
Counter = tuple[Any, int]  # of a series: its key, the last number given


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


def _check_certificates() -> FoundRows:
    given: Series = {}
    columns = (Certificate.id, Certificate.number, Certificate.authority_id)
    for one in read_in_slices(select(*columns, Certificate.year, Certificate.serial), Certificate.id):
        if not (all_of_type(int, one.authority_id, one.year, one.serial) and all_of_type(str, one.number)):
            yield "row_unreadable", f"certificate:{one.id}"
            continue
        given.setdefault((one.authority_id, one.year), Given()).add(one.serial)
        if (one.number[:4], one.number[-6:]) != (f"{one.year}", f"{one.serial:06}"):
            yield "certificate_number", f"certificate:{one.id}"
    counters: list[Counter] = []
    kept = select(CertificateCounter.authority_id, CertificateCounter.year, CertificateCounter.last)
    for authority, year, last in db.session.execute(kept):
        if all_of_type(int, authority, year, last):
            counters.append(((authority, year), last))
        else:
            yield "row_unreadable", f"certificate_counter:{authority}-{year}"
    yield from _compare_counters("certificate", given, counters)


def _check_registrations() -> FoundRows:
    counters: list[Counter] = []
    for period, last in db.session.execute(select(RegistrationCounter.period, RegistrationCounter.last)):
        if all_of_type(str, period) and all_of_type(int, last):
            counters.append((period, last))
        else:
            yield "row_unreadable", f"registration_counter:{period}"
    known = sorted((period for period, _ in counters), key=len, reverse=True)
    given: Series = {}
    numbers = select(Application.id, Application.registration_number)
    for one in read_in_slices(numbers.where(Application.registration_number.is_not(None)), Application.id):
        if not all_of_type(str, one.registration_number):
            yield "row_unreadable", f"application:{one.id}"
        elif number := _split_number(one.registration_number, known):
            given.setdefault(number[0], Given()).add(number[1])
        else:
            yield "registration_serial", f"application:{one.id}"
    yield from _compare_counters("registration", given, counters)


def _split_number(number: str, periods: list[str]) -> tuple[str, int] | None:
    """The beginning of a number and its serial: by the series that were counted, else YYMM and the rest."""
    period = next((one for one in periods if number.startswith(one)), number[:4])
    serial = number.removeprefix(period)
    return (period, int(serial)) if serial.isascii() and serial.isdecimal() and len(serial) < 11 else None


def _compare_counters(name: str, given: Series, counters: Iterable[Counter]) -> FoundRows:
    counted = dict(counters)
    for key in sorted({*given, *counted}):
        series = given.get(key, Given())
        if not series.is_unbroken:
            yield f"{name}_serial", str(key)
        if counted.get(key, 0) != series.last:
            yield f"{name}_counter", str(key)


CHECKS = (_check_certificates, _check_registrations)
