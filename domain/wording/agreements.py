"""What applicants read before they promise something; the version of a text is the digest of its words."""

from __future__ import annotations

import hashlib

from translations import lazy_gettext

GUIDE = (
    (
        lazy_gettext("谁可以申请"),
        (
            lazy_gettext("中国公民，遵守宪法和法律，热爱教育事业，思想品德良好，未达到国家法定退休年龄。"),
            lazy_gettext("具备规定的学历，或者在普通高等学校全日制最后一学期就读。"),
            lazy_gettext(
                "持有效期内的中小学教师资格考试合格证明，或者师范生教师职业能力证书；按规定免考的除外。"
            ),
            lazy_gettext("普通话水平达到规定的等级，在指定医院体检合格。"),
        ),
    ),
    (
        lazy_gettext("在哪里申请"),
        (
            lazy_gettext(
                "可以在户籍所在地、居住地（持有效居住证）或者就读学校所在地申请；现役军人在部队驻地申请。"
            ),
            lazy_gettext(
                "幼儿园、小学、初级中学教师资格一般由县级教育行政部门认定；高级中学、中等职业学校教师资格由市级认定；"
                "高等学校教师资格由省级认定。"
            ),
        ),
    ),
    (
        lazy_gettext("需要准备什么"),
        (
            lazy_gettext(
                "近期本人正面免冠白底证件照，JPG 格式，小于 190 KB，"
                "宽大于 290、小于 300 像素，高大于 408、小于 418 像素。"
            ),
            lazy_gettext("普通话证书编号、学历证书编号；在校生先在学信网核对学籍。"),
            lazy_gettext("系统核验通过的证书不再收取原件，未核验的确认时带原件。"),
        ),
    ),
    (
        lazy_gettext("请特别注意"),
        (
            lazy_gettext("八个步骤全部完成并生成报名号，报名才算成功。"),
            lazy_gettext(
                "同一时间只能有一件申请在办，同一自然年只能申请一种教师资格，已经取得的种类和学科不能重复申请。"
            ),
            lazy_gettext("申请不收费。请在公布的网报时间内报名，按公布的时间确认，逾期视为放弃。"),
        ),
    ),
)

AGREEMENT = (
    lazy_gettext(
        "本平台由教师资格认定主管部门设立，用于受理教师资格认定的网上申报。使用本平台即表示接受本协议。"
    ),
    lazy_gettext(
        "申请人已经阅读《申请人须知》，了解所申请资格的条件、时间和办理方式，并确认自己符合申请条件。"
    ),
    lazy_gettext(
        "申请人保证所填信息和所交材料真实、准确、完整，并与本人证件、证书一致；因信息不实造成的后果由申请人承担。"
    ),
    lazy_gettext("申请人妥善保管账号和密码，不委托他人代为填报；以本人账号提交的内容视为本人的行为。"),
    lazy_gettext("申请人在公布的时间内完成网报、确认和补正；逾期未办理的，视为放弃本次申请。"),
    lazy_gettext(
        "因不可抗力或者网络、设备故障造成申报中断的，主管部门将尽快恢复并公告，但不因此延长法定期限之外的时间。"
    ),
    lazy_gettext(
        "平台收集的个人信息只用于教师资格认定及相关管理，除法律另有规定外，不向与认定无关的单位和个人提供。"
    ),
)
CONSENTS = {
    "agree": lazy_gettext("本人已阅读“教师资格认定网上申报协议”并完全同意"),
    "consent": lazy_gettext(
        "本人授权中国教师资格网向有关部门查询本人的性侵违法犯罪信息，并将其结果应用于教师资格认定"
    ),
}

UNDERTAKING = (
    lazy_gettext("本人已知晓教师资格认定的条件和规定，没有丧失或者被撤销教师资格且仍在限制期内的情形。"),
    lazy_gettext(
        "本人没有因故意犯罪受到有期徒刑以上刑事处罚，没有性侵、虐待、拐卖、暴力伤害等违法犯罪记录。"
    ),
    lazy_gettext(
        "本人填报的信息和提交的照片、证件、学历、学籍、普通话、考试和体检材料真实、准确、有效，相互一致。"
    ),
    lazy_gettext("如有不实，本人愿意承担不予认定、撤销教师资格以及五年内不得申请等后果。"),
)


def text_version(paragraphs: tuple[str, ...]) -> str:
    """The sha256 digest of a text, kept with the consent to it."""
    return hashlib.sha256("\n".join(paragraphs).encode()).hexdigest()


AGREEMENT_VERSION = text_version((*AGREEMENT, *CONSENTS.values()))
