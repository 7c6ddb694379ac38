"""Kinds of people, and what is known of them."""

from __future__ import annotations

from enum import StrEnum


class PersonKind(StrEnum):
    """On which side of the counter an account is."""

    APPLICANT = "applicant"  # signs in with the number of an identity document
    STAFF = "staff"  # signs in with a login name, and may do what their posts allow


class Verification(StrEnum):
    """What the identity register (实名核验) said last of a name and number."""

    NONE = "none"  # not asked yet
    VERIFIED = "verified"  # they belong together
    MISMATCH = "mismatch"  # they do not
    UNAVAILABLE = "unavailable"  # it did not answer; it is asked again


class RequestSort(StrEnum):
    """What a request about an account asks for."""

    CONTESTED = "contested"  # 账号申诉: somebody else has registered the number
    MOBILE = "mobile"  # the mobile number is lost or changed, and no code reaches its owner
    PARTICULARS = "particulars"  # particulars that the person cannot change any more


class RequestOutcome(StrEnum):
    """How a request about an account ended."""

    CLOSED = "closed"  # the account that held the number is disabled
    HANDED_OVER = "handed_over"  # the account is the requester's from now on
    MOBILE_CHANGED = "mobile_changed"  # the account has the new mobile number
    CORRECTED = "corrected"  # the particulars are as the document has them
    REFUSED = "refused"  # the account stays as it is
