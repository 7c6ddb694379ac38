"""用户协议 and 隐私说明 that a new site begins with; from then on staff publish versions of them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from domain.site import agreed_texts
from models import db
from models.persons.published_texts import PublishedText
from models.persons.states import TextKind
from translations import lazy_gettext, source_of

HEADING, ENTRY = agreed_texts.HEADING, agreed_texts.ENTRY

TERMS = (
    (HEADING, lazy_gettext("平台和账号")),
    (
        "",
        lazy_gettext(
            "本平台由教师资格认定主管部门设立，用于教师资格认定的网上申报、查询和咨询。注册账号即表示同意本协议。"
        ),
    ),
    (ENTRY, lazy_gettext("一个证件只能注册一个账号，须使用本人的证件、姓名和手机号，并通过实名核验。")),
    (ENTRY, lazy_gettext("请妥善保管密码和短信验证码，不要交给他人；以本人账号办理的事项视为本人的行为。")),
    (ENTRY, lazy_gettext("手机号、电子邮箱有变化的，请及时更换，以免收不到通知。")),
    (HEADING, lazy_gettext("办理申请")),
    (ENTRY, lazy_gettext("填写的信息和提交的材料须真实、准确、完整，与本人的证件、证书一致。")),
    (ENTRY, lazy_gettext("请在公布的时间内报名、确认和补正；逾期未办理的，视为放弃本次申请。")),
    (ENTRY, lazy_gettext("不得冒用他人身份、伪造材料，不得用程序批量查询或者干扰平台运行。")),
    (HEADING, lazy_gettext("平台的责任")),
    (
        "",
        lazy_gettext(
            "平台不收取费用。因不可抗力或者网络、设备故障中断的，主管部门将尽快恢复并公告。"
            "核验结果由各登记库提供，有异议的请向登记单位申请更正。"
        ),
    ),
    (HEADING, lazy_gettext("协议的变更")),
    (
        "",
        lazy_gettext(
            "协议修改后，新的版本在标明的时间生效，以前的版本可以在协议页面查看。"
            "已经注册的用户，在新版本生效后首次办理时重新确认；不同意的，可以停止使用，已经提交的申请继续办理。"
        ),
    ),
)
PRIVACY = (
    (HEADING, lazy_gettext("收集什么，用来做什么")),
    (
        ENTRY,
        lazy_gettext("注册时：证件类型和号码、姓名、手机号、电子邮箱，用于识别身份和通知办理情况。"),
    ),
    (ENTRY, lazy_gettext("报名时：学历、学籍、考试、普通话、简历、照片和签名，用于教师资格认定。")),
    (ENTRY, lazy_gettext("登录的时间、网络地址和浏览器，用于账号安全，可以在“账号与安全”中查看。")),
    (
        ENTRY,
        lazy_gettext("查询证书和写信咨询时：填写的内容和手机号、电子邮箱，只用于这一次查询或者答复。"),
    ),
    (HEADING, lazy_gettext("向谁核验")),
    (
        "",
        lazy_gettext(
            "平台以姓名和证件号码向身份、考试、普通话、学籍学历、学位和教师资格证书的登记库核验。"
            "提交申请并同意后，认定机构依法查询性侵违法犯罪信息和无犯罪记录。"
        ),
    ),
    (HEADING, lazy_gettext("谁能看到")),
    ("", lazy_gettext("您选择的确认点和认定机构中办理该申请的工作人员。")),
    (HEADING, lazy_gettext("浏览器中保存什么")),
    (
        "",
        lazy_gettext("只保存维持登录、防止伪造请求和记住显示设置所需的 Cookie，没有统计和广告。"),
    ),
    (HEADING, lazy_gettext("您可以做什么")),
    ("", lazy_gettext("在个人信息中心查看、更正自己的信息；申请已经使用的信息，请联系认定机构更正。")),
)
FIRST = {TextKind.TERMS: TERMS, TextKind.PRIVACY: PRIVACY}


def load_first_texts(now: datetime) -> None:
    """Put the first version of each text in force where there is none."""
    known = set(db.session.scalars(select(PublishedText.kind)))
    for kind, lines in FIRST.items():
        if kind not in known:
            body = "\n\n".join(f"{mark}{source_of(line)}" for mark, line in lines)
            db.session.add(PublishedText(kind=kind, version=1, body=body, effective_at=now, created_at=now))
    db.session.flush()
