"""邮件咨询: a letter in the required form, which a job takes to the office and another one to its sender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from domain import outside
from domain.wording import dates
from models import db
from models.authorities.places import find_region
from models.base.codes import DOCUMENT_KINDS
from models.base.errors import DomainError
from models.cases.enquiries import Enquiry
from models.cases.states import DeliveryState
from translations import gettext, lazy_gettext, office_language
from workflows.background import jobs
from workflows.operations import OperationCall, OperationRejected

CATEGORIES = {
    "account": lazy_gettext("账号和实名核验"),
    "certificates": lazy_gettext("考试、普通话、学历核验"),
    "applying": lazy_gettext("报名"),
    "confirmation": lazy_gettext("确认和材料"),
    "decision": lazy_gettext("认定结论和证书"),
    "other": lazy_gettext("其他"),
}
STATES = {"office": "office_state", "copy": "copy_state"}


class OfficeTakesNoMail(DomainError):
    """An office that gives no address for letters, or no longer does."""

    code = "no_mail"
    field = "authority"
    sentence = lazy_gettext("这个认定机构没有公布电子邮箱，请改用电话咨询。")


def find_by_form(form_key: str) -> Enquiry | None:
    """The letter that a form has become, if it was sent before."""
    return db.session.scalar(select(Enquiry).where(Enquiry.form_key == form_key))


def write_enquiry(letter: Enquiry) -> None:
    """Keep a letter and queue both of its ways; the caller commits."""
    if not letter.authority.email:
        raise OfficeTakesNoMail
    db.session.add(letter)
    db.session.flush()
    for way in STATES:
        jobs.enqueue_job(f"enquiries.{way}", {"enquiry": letter.id}, key=f"enquiry:{letter.id}:{way}")


def prepare_office_mail(call: OperationCall, enquiry: int) -> dict[str, Any]:
    """The letter as the office gets it."""
    letter = db.session.get_one(Enquiry, enquiry)
    with office_language():
        return {"address": letter.authority.email, "title": build_title(letter), "text": _build_text(letter)}


def prepare_copy(call: OperationCall, enquiry: int) -> dict[str, Any]:
    """The copy for the sender, who learns where the letter went."""
    letter = db.session.get_one(Enquiry, enquiry)
    with office_language():
        head = gettext(
            "这是您 %(moment)s 写给%(office)s的来信副本，工作人员将按信中的联系方式答复。"
            "不是您本人写的，不用理会。",
            moment=dates.format_full_deadline(letter.written_at),
            office=letter.authority.short_contact,
        )
        title = gettext("来信副本：%(title)s", title=build_title(letter))
    return {"address": letter.email, "title": title, "text": f"{head}\n\n{_build_text(letter)}"}


def deliver_mail(request: Mapping[str, Any], key: str) -> None:
    """Send it; an office that took its address back in the meantime is an incident, not a silence."""
    if not request["address"]:
        raise OperationRejected(str(OfficeTakesNoMail.sentence))
    outside.send_mail(request["address"], request["title"], request["text"], key)


def record_delivery(way: str, call: OperationCall, parameters: Mapping[str, Any], _: Any) -> None:
    setattr(db.session.get_one(Enquiry, parameters["enquiry"]), STATES[way], DeliveryState.SENT)


def abandon_delivery(way: str, call: OperationCall, parameters: Mapping[str, Any]) -> None:
    setattr(db.session.get_one(Enquiry, parameters["enquiry"]), STATES[way], DeliveryState.FAILED)


def build_title(letter: Enquiry) -> str:
    """浙江省＋张三＋报名: the title that the manual asks for."""
    region = find_region(letter.authority.region_code[:2] + "0000")
    return gettext(
        "%(province)s＋%(name)s＋%(category)s",
        province=region.name if region else letter.authority.name,
        name=letter.name,
        category=CATEGORIES.get(letter.category, letter.category),
    )


def _build_text(letter: Enquiry) -> str:
    rows = (
        (gettext("姓名"), letter.name),
        (
            gettext("证件类型和号码后四位"),
            gettext(
                "%(kind)s %(tail)s",
                kind=DOCUMENT_KINDS.get(letter.document_kind, ""),
                tail=letter.document_tail,
            ),
        ),
        (gettext("报名号"), letter.registration_number or gettext("未报名")),
        (gettext("联系电话"), letter.mobile),
        (gettext("电子邮箱"), letter.email),
        (gettext("认定机构"), letter.authority.name),
        (gettext("问题类别"), CATEGORIES.get(letter.category, letter.category)),
        (gettext("来信编号"), str(letter.id)),
    )
    lines = [gettext("%(label)s：%(value)s", label=label, value=value) for label, value in rows]
    return "\n".join([*lines, "", letter.text])
