"""Before what many could ask for at once, a browser works for a second, or a person waits for a minute.

The work is ALTCHA's: no picture to read, no third party. The wait is for browsers without script or without
Web Crypto; as an address is let through by it once a minute, it is no way around the work.
"""

from __future__ import annotations

import hmac
import json
import secrets
from typing import Any

import altcha
from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits import parse

from handlers.entry import rate_limits
from translations import lazy_gettext
from workflows.clock import wall_time

ALGORITHM = "PBKDF2/SHA-256"
COST = 5000  # iterations a guess; 256 guesses on average, about a second of a phone's time
VALID = 10 * 60  # seconds
PATIENCE = 60  # seconds that the way without script takes
ONCE = parse("1 per 20 minutes")  # longer than anything is valid
FIELD = "challenge"  # the name under which a page finds what is told about it
LONGEST = 4000  # characters of a solution
WAITED = parse("1 per 1 minute")


class ChallengeRequired(rate_limits.TooMany):
    """Many have asked from here, or for this; work or a wait comes first."""

    code = "challenge"
    field = FIELD
    sentence = lazy_gettext("需要先完成安全验证：显示“已验证”后，或者等待 %(wait)s后，再提交一次。")


def require_challenge() -> None:
    """Go on if the form brings a solved challenge that nobody used before; else refuse and offer one."""
    if not (is_solved() or has_waited()):
        offer_challenge()
        g.retry_after = PATIENCE
        raise ChallengeRequired(PATIENCE)


def offer_challenge() -> None:
    """Let the page carry a challenge."""
    g.challenge = make_challenge()


def make_challenge() -> dict[str, Any]:
    """Work for a browser, and a ticket that says since when somebody waits."""
    expires_at = int(wall_time().timestamp()) + VALID
    made = altcha.create_challenge(ALGORITHM, COST, expires_at=expires_at, hmac_secret=_challenge_secret())
    ticket = _ticket_serializer().dumps([secrets.token_urlsafe(12), wall_time().timestamp()])
    return {"work": json.dumps(made.to_dict()), "ticket": ticket, "patience": PATIENCE}


def is_solved() -> bool:
    """Whether the form brings work that was done; used up by it, it counts for all of this request."""
    g.work_is_done = g.get("work_is_done", False) or _is_work_done()
    return bool(g.work_is_done)


def has_waited() -> bool:
    """Whether whoever sends the form has waited since it was drawn; counted as the work is."""
    g.wait_is_over = g.get("wait_is_over", False) or _is_wait_over()
    return bool(g.wait_is_over)


def _is_work_done() -> bool:
    sent = request.form.get("altcha", "")
    if not sent or len(sent) > LONGEST:
        return False
    try:
        payload = altcha.Payload.from_base64(sent)
        verified = altcha.verify_solution(payload, _challenge_secret()).verified
    except Exception:  # whatever was sent, it is no solution
        return False
    return bool(verified) and rate_limits.count_try(ONCE, "challenge", str(payload.challenge.signature))


def _is_wait_over() -> bool:
    sent = request.form.get("challenge_ticket", "")
    try:
        name, made_at = _ticket_serializer().loads(sent)
    except BadSignature:
        return False
    if not PATIENCE <= wall_time().timestamp() - made_at <= VALID:
        return False
    return rate_limits.count_try(ONCE, "ticket", name) and rate_limits.count_try(
        WAITED, "waited", rate_limits.client_address()
    )


def _ticket_serializer() -> Any:
    return URLSafeSerializer(_challenge_secret(), salt="account.challenge")


def _challenge_secret() -> str:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, b"challenge", "sha256").hexdigest()
