"""States, findings and outcomes of cases."""

from __future__ import annotations

from enum import StrEnum


class ApplicationState(StrEnum):
    """The public state of an application; only its process writes it, by the name the diagram gives."""

    DRAFT = "draft"  # being filled in; nobody but the applicant knows of it
    PENDING_CONFIRMATION = "pending_confirmation"  # registered; to be confirmed at the site or online
    CORRECTION = "correction"  # 补正: something was returned and is awaited
    NOT_ACCEPTED = "not_accepted"  # 不予受理
    PENDING_DECISION = "pending_decision"  # accepted: the legal time for the decision runs
    GRANTED = "granted"  # 认定通过: the certificate is numbered, printed, handed over
    REFUSED = "refused"  # 认定未通过
    WITHDRAWN = "withdrawn"  # by the applicant
    LAPSED = "lapsed"  # nobody came, or nothing was sent, in time
    ABANDONED = "abandoned"  # a draft that was given up or ran out


class RecordSource(StrEnum):
    """How a record of the personal centre came about."""

    VERIFIED = "verified"  # found in its register under the person's name and number
    SYNCED = "synced"  # taken over from the register of students, once
    MANUAL = "manual"  # typed by the person; the original is looked at
    EXEMPT = "exempt"  # from the Putonghua test, as only higher education accepts


class MaterialVerdict(StrEnum):
    """What the clerk found of one material."""

    CONFORM = "conform"  # it is what was asked for
    NOT_CONFORM = "not_conform"  # another one is needed
    MISSING = "missing"  # nothing was handed in


class RegisterFinding(StrEnum):
    """What an outside register knows about an applicant."""

    CLEAR = "clear"  # nothing that stands against it
    HIT = "hit"  # an entry that stands against the qualification until somebody has judged it


class ThreadOutcome(StrEnum):
    """How a thread of messages (留言) ended."""

    DELIVERED = "delivered"  # no answer was wanted
    ANSWERED = "answered"  # the applicant has replied, and the office has read it
    UNANSWERED = "unanswered"  # its time was over
    CLOSED = "closed"  # by the office, before its time


class DeliveryState(StrEnum):
    """Where one channel of a notice stands."""

    WAITING = "waiting"  # a job will send it, or is trying
    SENT = "sent"  # the gateway took it
    FAILED = "failed"  # no try is left
