"""Clients of the SMS gateway and of the mail service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors.breakers import Breaker
from connectors.evidence import Evidence
from connectors.exchange import Clock, Envelope, ServiceClient, utc_now


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The channel has taken the message."""

    evidence: Evidence


class _Accepted(Envelope, frozen=True, kw_only=True):
    code: Literal["ACCEPTED"]
    records: tuple[()] = ()


class _Channel:
    path = ""

    def __init__(
        self,
        base_url: str,
        key: str,
        timeout: float,
        *,
        clock: Clock = utc_now,
        breaker: Breaker | None = None,
    ) -> None:
        self._line = ServiceClient(base_url, key, timeout, clock=clock, breaker=breaker)

    def _send(self, body: Mapping[str, Any], key: str) -> Receipt:
        return Receipt(evidence=self._line.ask(self.path, body, key, _Accepted)[1])


class Sms(_Channel):
    """The SMS gateway."""

    path = "/sms/messages"

    def send(self, to: str, text: str, *, key: str) -> Receipt:
        """Send one message to a mobile number."""
        return self._send({"to": to, "text": text}, key)


@dataclass(frozen=True, kw_only=True)
class OutgoingMail:
    """A mail to one address."""

    to: str
    subject: str
    text: str
    attachments: tuple[str, ...] = ()  # names of files


class Mail(_Channel):
    """The mail service."""

    path = "/mail/messages"

    def send(self, letter: OutgoingMail, *, key: str) -> Receipt:
        """Send one mail."""
        body = {"to": letter.to, "subject": letter.subject, "text": letter.text}
        return self._send(body | {"attachments": list(letter.attachments)}, key)
