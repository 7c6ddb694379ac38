"""Browsers in which somebody has proved who they are: guesses made elsewhere keep nobody out there."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Response
from sqlalchemy import delete

from handlers.entry.access import hash_token
from handlers.entry.cookies import keep_cookie, sent_cookie
from models import db
from models.persons.people import KnownDevice, renew_device_token, select_known_device
from workflows.clock import wall_time

COOKIE = "zige_device"
VALID = timedelta(days=365)


def find_known_device(*logins: str) -> str:
    """The device that asks, if somebody of these logins was proved in it; empty when it is a strange one."""
    token = sent_cookie(COOKIE)
    if not token:
        return ""
    found = db.session.scalar(select_known_device(hash_token(token), logins, wall_time()))
    db.session.rollback()
    return str(found or "")


def remember_device(response: Response, person_id: int) -> Response:
    """Know the browser from now on, under a new token; the caller commits.

    The old token ends with it: one that somebody planted or copied becomes worthless at the next sign-in.
    """
    token, at = secrets.token_urlsafe(32), wall_time()
    old = hash_token(sent_cookie(COOKIE) or token)
    own = KnownDevice.person_id == person_id
    db.session.execute(delete(KnownDevice).where(own, _ended_filter(old)))
    db.session.execute(renew_device_token(old, hash_token(token)))
    row = KnownDevice(token_hash=hash_token(token), person_id=person_id, proved_at=at, expires_at=at + VALID)
    db.session.add(row)
    keep_cookie(response, COOKIE, token, max_age=int(VALID.total_seconds()))
    return response


def forget_other_devices(person_id: int) -> None:
    """Know a person in no other browser than this one; the caller commits."""
    here = hash_token(sent_cookie(COOKIE))
    others = (KnownDevice.person_id == person_id) & (KnownDevice.token_hash != here)
    db.session.execute(delete(KnownDevice).where(others))


def _ended_filter(old: str) -> object:
    return (KnownDevice.token_hash == old) | (KnownDevice.expires_at <= wall_time())
