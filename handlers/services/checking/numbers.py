"""Numbers that are given once each and without a gap."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from handlers.services.checking.rows import Found
from models import db
from models.applications import Application, Certificate, CertificateCounter, RegistrationCounter


def _certificates() -> Found:
    given: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in db.session.scalars(select(Certificate).order_by(Certificate.id)):
        given[one.authority_id, one.year].append(one.serial)
        if (one.number[:4], one.number[-6:]) != (f"{one.year}", f"{one.serial:06}"):
            yield "certificate_number", f"certificate:{one.id}"
    counters = {
        (one.authority_id, one.year): one.last for one in db.session.scalars(select(CertificateCounter))
    }
    yield from _series("certificate", given, counters)


def _registrations() -> Found:
    given: dict[str, list[int]] = defaultdict(list)
    numbers = select(Application.registration_number).where(Application.registration_number.is_not(None))
    for number in db.session.scalars(numbers):
        given[str(number)[:4]].append(int(str(number)[4:]))
    counters = {one.period: one.last for one in db.session.scalars(select(RegistrationCounter))}
    yield from _series("registration", given, counters)


def _series(name: str, given: dict[Any, list[int]], counters: dict[Any, int]) -> Found:
    for key in sorted({*given, *counters}):
        serials = sorted(given.get(key, []))
        if serials != list(range(1, len(serials) + 1)):
            yield f"{name}_serial", str(key)
        if counters.get(key, 0) != max(serials, default=0):
            yield f"{name}_counter", str(key)


CHECKS = (_certificates, _registrations)
