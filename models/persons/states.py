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


class RequestOutcome(StrEnum):
    """How a request about a contested account (账号申诉) ended."""

    CLOSED = "closed"  # the account that held the number is disabled
    HANDED_OVER = "handed_over"  # the account is the requester's from now on
    REFUSED = "refused"  # the account stays as it is


class TextKind(StrEnum):
    """Texts that people agree to by version."""

    TERMS = "terms"  # 用户协议
    PRIVACY = "privacy"  # 隐私说明
