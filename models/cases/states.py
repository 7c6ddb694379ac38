"""States, findings and outcomes of cases."""

from __future__ import annotations

from enum import StrEnum


class Standing(StrEnum):
    """What the public state of an application counts as, whatever designers call it.

    Only the process writes it, with the state that a diagram names and a file of states describes.
    """

    DRAFT = "draft"  # being filled in; nobody but the applicant knows of it
    CONFIRMING = "confirming"  # registered; its materials are awaited, or being confirmed
    DECLINED = "declined"  # 不予受理; it may still be set back
    DECIDING = "deciding"  # accepted: the legal time for the decision runs
    GRANTED = "granted"  # 认定通过: the certificate is numbered, printed, handed over
    REFUSED = "refused"  # 认定未通过
    WITHDRAWN = "withdrawn"  # by the applicant
    LAPSED = "lapsed"  # nobody came, or nothing was sent, in time
    ABANDONED = "abandoned"  # a draft that was given up or ran out


# What ends an application and sets person and exam certificate free for another one.
ENDED_STANDINGS = (Standing.REFUSED, Standing.WITHDRAWN, Standing.LAPSED, Standing.ABANDONED)
OVER_STANDINGS = (*ENDED_STANDINGS, Standing.GRANTED)  # nothing is asked of the applicant any more
RUNNING_STANDINGS = (Standing.CONFIRMING, Standing.DECIDING)  # some time runs


class Ability(StrEnum):
    """What a public state allows while a case stands in it."""

    CHANGE = "change"  # the applicant changes what was filled in
    UPLOAD = "upload"  # the applicant uploads materials, where a task asks for them
    CONFIRM = "confirm"  # the materials are confirmed, at the site or online
    CORRECT = "correct"  # 补正: something was returned and is awaited
    WITHDRAW = "withdraw"  # the applicant withdraws, where the diagram waits for it
    SET_BACK = "set_back"  # the authority sets it back, where the diagram waits for it


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
