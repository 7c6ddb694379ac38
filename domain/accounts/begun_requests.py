"""A request that somebody begins who cannot sign in: who they say they are, and the number they prove."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from models import db
from models.base.errors import DomainError
from models.persons.accounts import BegunRequest
from translations import lazy_gettext
from workflows.clock import wall_time

KEPT = timedelta(minutes=30)


class RequestExpired(DomainError):
    """A request that was begun too long ago, or that has been handed in."""

    code = "request_expired"
    status = 410
    sentence = lazy_gettext("页面停留时间过长，或者申请已经提交。请从第一步重新填写。")


@dataclass(frozen=True, kw_only=True)
class Requester:
    """Who asks, and the mobile number that they have now."""

    document_kind: str
    document_number: str
    name: str
    mobile: str


def begin(requester: Requester, token_hash: str, code_id: int) -> None:
    """Keep who asks under the hash of their browser's token; what others left unfinished is swept away."""
    at = wall_time()
    db.session.execute(delete(BegunRequest).where(BegunRequest.expires_at <= at))
    row = BegunRequest(token_hash=token_hash, code_id=code_id, expires_at=at + KEPT, **asdict(requester))
    db.session.add(row)


def find(token_hash: str) -> BegunRequest:
    """What a browser has begun."""
    own = (BegunRequest.token_hash == token_hash, BegunRequest.expires_at > wall_time())
    found = db.session.scalar(select(BegunRequest).where(*own))
    if found is None:
        raise RequestExpired
    return found


def find_proved(token_hash: str) -> BegunRequest:
    """What a browser has begun, whose mobile number is proved."""
    found = find(token_hash)
    if found.proved_at is None:
        raise RequestExpired
    return found


def mark_proved(token_hash: str) -> None:
    """The code was right; there is time for the picture now."""
    found = find(token_hash)
    found.proved_at, found.expires_at = wall_time(), wall_time() + KEPT
