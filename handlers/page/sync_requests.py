"""A person has registers asked about themselves: no oftener than registers bear, and never twice at once."""

from __future__ import annotations

from flask import flash, g
from limits import parse

from domain.outside.records import record_syncs
from handlers.entry import rate_limits
from models import db
from translations import gettext

BY_HAND = parse("12 per hour")  # a register that is busy is not to be pressed


def request_sync(*registers: str) -> None:
    """Have registers asked as the person wishes, unless they have just been; no transaction may be open."""
    person_id = g.principal.person_id
    try:
        rate_limits.count_or_refuse(rate_limits.TooMany, BY_HAND, "sync", f"person {person_id}")
    except rate_limits.TooMany as refusal:
        flash(refusal.sentence, "warn")
        return
    if not record_syncs.request_by_hand(person_id, registers):
        flash(gettext("正在核验，或者刚刚同步过，不用重复同步。"), "ok")
    db.session.commit()
