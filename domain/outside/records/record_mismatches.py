"""What a register holds otherwise than the person has it, in words that give nothing away.

Only the words of the person's own question are named, never what the register has in their place.
"""

from __future__ import annotations

from collections.abc import Iterable

from connectors import registers as asking
from models.base.errors import DomainError
from translations import gettext, join_words, lazy_gettext

NAME, DOCUMENT = "name", "document_number"
KNOWN = (NAME, DOCUMENT)
ASK_AGAIN = lazy_gettext(
    "登记库有误的，请联系发证机构更正后再核验；急着报名的，可以先改用录入，确认时带原件。"
)


class RecordMismatch(DomainError):
    """A certificate that is not the person's as the register has it."""

    code = "mismatch"
    status = 422
    sentence = lazy_gettext(
        "没有核验到这份证书。请核对编号，并确认证书上的姓名、证件号码与本平台一致；仍核验不到的，请改用录入。"
    )


def check_match(holder: asking.DocumentHolder, answer: asking.RegisterReply[asking.R]) -> asking.R:
    """The record that a register found for a person; else it is said what differs."""
    if answer.code == "MATCH" and answer.records:
        return answer.records[0]
    # A register that knows the number under another name may say so by its code alone.
    named = answer.differs or ((NAME,) if answer.code == "MISMATCH" else ())
    if told := describe_difference(holder, named):
        raise RecordMismatch(
            gettext("编号查得到，但是%(difference)s。%(advice)s", difference=told, advice=ASK_AGAIN)
        )
    raise RecordMismatch


def describe_difference(holder: asking.DocumentHolder, differs: Iterable[str]) -> str:
    """Which of the person's own words a register has otherwise; empty when it named none."""
    own = {
        NAME: gettext("姓名“%(name)s”", name=holder.name),
        DOCUMENT: gettext("证件号码"),
    }
    named = [own[one] for one in KNOWN if one in set(differs)]
    return gettext("%(words)s与登记库中的不一致", words=join_words(named)) if named else ""
