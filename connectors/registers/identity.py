"""Real-name check (实名核验) with the police register."""

from __future__ import annotations

from typing import Literal

from connectors.registers.base import DocumentHolder, NoRecord, Register, RegisterReply


class _IdentityReply(NoRecord, frozen=True, kw_only=True):
    code: Literal["MATCH", "MISMATCH", "NOT_FOUND"]


class IdentityRegister(Register):
    """Answers MATCH, MISMATCH or NOT_FOUND; only a few failed tries a day are allowed (`RateLimited`)."""

    def ask(self, holder: DocumentHolder, *, request_id: str) -> RegisterReply[None]:
        """Do this name and this document number belong together?"""
        return self._ask("identity/check", holder, request_id, _IdentityReply)
