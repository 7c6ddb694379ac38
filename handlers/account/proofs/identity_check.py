"""Asking the identity register: shares of one's own come first, and what the register limits is told apart.

The register answers a few wrong tries a day for each number, whoever makes them. So a number that it no
longer answers for says nothing about the person who asks, and spends nothing of theirs; and somebody who
guesses at another's number runs out of a share of their own, by mobile or account and by address.
"""

from __future__ import annotations

from limits import RateLimitItem, parse

from domain import outside
from domain.outside.records.register_records import Holder
from handlers.entry import rate_limits
from translations import lazy_gettext

ASKED = parse("20 per hour")  # by one asker, answered or not
FROM_ADDRESS = parse("60 per hour")  # that did not agree; a campus has one address


class TooManyMismatches(rate_limits.TooMany):
    """Too many checks from one address did not agree."""

    sentence = lazy_gettext("从这个网络核验不一致的次数过多，请 %(wait)s后再试。")


def check_identity(holder: Holder, spent: type[rate_limits.TooMany], *asker: str) -> str:
    """Ask whether document and name belong together: verified, mismatch, limited or unavailable.

    `limited` is the register's word about this number. The asker's own shares raise `spent`, or another
    `TooMany`. No transaction may be open.
    """
    wrong = (rate_limits.IDENTITY_CHECKS, ("identity", *asker))
    address = (FROM_ADDRESS, ("identity", "from", rate_limits.client_address()))
    _charge_shares(
        {spent: wrong, rate_limits.TooMany: (ASKED, ("identity-asked", *asker)), TooManyMismatches: address}
    )
    outcome = outside.verify_identity(holder.document_kind, holder.document_number, holder.name)
    if outcome != "mismatch":
        for share in (wrong, address):
            _give_back(share)
    return outcome


Share = tuple[RateLimitItem, tuple[str, ...]]


def _charge_shares(shares: dict[type[rate_limits.TooMany], Share]) -> None:
    charged: list[Share] = []
    for refusal, share in shares.items():
        limit, who = share
        if not rate_limits.count_try(limit, *who):
            for one in charged:  # nothing was judged
                _give_back(one)
            rate_limits.refuse_try(refusal, limit, *who)
        charged.append(share)


def _give_back(share: Share) -> None:
    limit, who = share
    rate_limits.take_back_try(limit, *who)
