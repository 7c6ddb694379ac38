"""What offices write to applicants again and again: texts to start from, with {name} and {number}."""

from __future__ import annotations

from dataclasses import dataclass

from models.cases.applications import Application
from translations import lazy_gettext


@dataclass(frozen=True, kw_only=True)
class MessageTemplate:
    """A text to start from."""

    label: str  # in the list of templates
    title: str
    text: str
    days: int = 5  # working days to answer; none: no answer is wanted

    def filled(self, application: Application) -> str:
        """The text for one application."""
        return self.text.format(name=application.person.name, number=application.registration_number)


TEMPLATES = {
    "explain": MessageTemplate(
        label=lazy_gettext("请说明申报内容"),
        title=lazy_gettext("请说明申报内容"),
        text=lazy_gettext(
            "{name}，您好：\n您的申请（报名号 {number}）中，下列内容需要说明：\n1. \n"
            "请回复说明，必要时附证明材料。"
        ),
    ),
    "paper": MessageTemplate(
        label=lazy_gettext("请补充一份材料"),
        title=lazy_gettext("请补充材料"),
        text=lazy_gettext(
            "{name}，您好：\n请补充下列材料的扫描件，作为附件随回复发送：\n1. \n原件请妥善保管，以备核对。"
        ),
    ),
    "name": MessageTemplate(
        label=lazy_gettext("姓名或者证件号码不一致"),
        title=lazy_gettext("请核对姓名和证件号码"),
        text=lazy_gettext(
            "{name}，您好：\n您申报的姓名或者证件号码与核验库记载不一致。\n"
            "请说明原因；曾经更名的，请附户口簿更名页或者公安机关证明。"
        ),
    ),
    "medical": MessageTemplate(
        label=lazy_gettext("体检合格证明不完整"),
        title=lazy_gettext("体检合格证明不完整"),
        text=lazy_gettext(
            "{name}，您好：\n您的体检合格证明缺少医师签名或者医院盖章。\n"
            "请到原体检医院补齐，不需要重新体检；补齐后扫描成一个 PDF，作为附件回复。"
        ),
        days=10,
    ),
    "come": MessageTemplate(
        label=lazy_gettext("提醒按时办理（不需要回复）"),
        title=lazy_gettext("请按时办理确认"),
        text=lazy_gettext(
            "{name}，您好：\n请在规定的确认时间内携带材料原件到确认点办理，逾期申请作废。\n"
            "时间和地点请在业务平台的办理进度中查看。"
        ),
        days=0,
    ),
}
TEMPLATE_OPTIONS = {key: one.label for key, one in TEMPLATES.items()}
