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
    ACCEPTED = "accepted"  # a clerk has seen the document; the register did not say so


IDENTIFIED = (Verification.VERIFIED, Verification.ACCEPTED)  # who may begin business


class IdentityPurpose(StrEnum):
    """What a real-name check is for."""

    ACCOUNT = "account"  # the name under which somebody registered
    RENAME = "rename"  # another name than the one that counts; that one counts until the end


class IdentityFinding(StrEnum):
    """What the identity register answered last in a real-name check."""

    MATCH = "match"  # name and number belong together
    MISMATCH = "mismatch"  # the number is somebody else's, or the name another
    NOT_FOUND = "not_found"  # it does not know the document
    BUSY = "busy"  # it answers no more for this number today
    UNAVAILABLE = "unavailable"  # it gave no usable answer, however often it was asked


class IdentityOutcome(StrEnum):
    """How a real-name check ended."""

    VERIFIED = "verified"  # the register knows the name under the number
    ACCEPTED = "accepted"  # a clerk has seen the document
    REFUSED = "refused"  # the document does not prove the name


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


class TextKind(StrEnum):
    """Texts that people agree to by version."""

    TERMS = "terms"  # 用户协议
    PRIVACY = "privacy"  # 隐私说明
