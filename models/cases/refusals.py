"""Why an application may not be made; each class carries the sentence that the applicant reads."""

from __future__ import annotations

from models.base.errors import DomainError
from translations import lazy_gettext


class HasLiveApplication(DomainError):
    """A second live application of one person."""

    code = "has_live_application"
    sentence = lazy_gettext(
        "您已有一件正在办理的认定申请，办结或撤回之前不能再次报名（教师资格认定网上申报规则）。"
    )


class HasDraft(DomainError):
    """A second unfinished application of one person."""

    code = "has_draft"
    sentence = lazy_gettext("您有一份未完成的填报，请先继续填报，或者放弃后再重新报名。")


class OncePerYear(DomainError):
    """A second qualification in one calendar year."""

    code = "once_per_year"
    sentence = lazy_gettext(
        "同一自然年内只能申请一种教师资格，您今年已经取得教师资格，请明年再申请（各地教师资格认定公告的统一规定）。"
    )


class AlreadyHeld(DomainError):
    """A kind and subject that the person holds already."""

    code = "already_held"
    sentence = lazy_gettext(
        "您已经取得相同种类、相同学科的教师资格，不能重复申请（教师资格认定网上申报规则）。"
    )


class OutsideWindow(DomainError):
    """An application outside the window of its plan."""

    code = "outside_window"
    sentence = lazy_gettext(
        "当前时间不在该机构的网报时间段内，申请应当在公布的受理期限内提出（《教师资格条例》第十四条）。"
    )


class NoSite(DomainError):
    """An authority without a confirmation site."""

    code = "no_site"
    sentence = lazy_gettext("该机构未设置确认点，请联系所选的教育局。")


class CertificateNotUsable(DomainError):
    """An exam certificate that is not valid today, or is used elsewhere."""

    code = "certificate_not_usable"
    sentence = lazy_gettext("所选的证书今天不在有效期内，或者已用于其他申请，请返回第二步重新选择。")


class WrongRoute(DomainError):
    """A form of examination that does not lead to the kind."""

    code = "wrong_route"
    sentence = lazy_gettext("所选的考试形式不能申请该资格种类，请返回第二步修改。")


class WrongLevel(DomainError):
    """An authority that does not decide on the kind."""

    code = "wrong_level"
    sentence = lazy_gettext("该资格种类不由所选的机构认定，请返回第三步重新选择。")


class EducationTooLow(DomainError):
    """An education below what the kind asks for."""

    code = "education_too_low"
    sentence = lazy_gettext("学历低于该资格种类的要求，请返回第二步更换学历证书。")


class NotEnrolled(DomainError):
    """An enrolment of another status than 注册学籍."""

    code = "not_enrolled"
    sentence = lazy_gettext("只有学籍状态为“注册学籍”的申请人才符合认定要求。")


class PutonghuaTooLow(DomainError):
    """A Putonghua level below what kind and subject ask for."""

    code = "putonghua_too_low"
    sentence = lazy_gettext("所选普通话证书的等级低于该资格种类和学科的要求，请返回第二步更换证书。")


class StepsMissing(DomainError):
    """A submission with steps that are not filled in."""

    code = "steps_missing"
    sentence = lazy_gettext("还有步骤没有填写完整，请按提示补全后再提交。")
