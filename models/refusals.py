"""Why an application may not be made; each class carries the sentence that the applicant reads."""

from __future__ import annotations

from models.errors import DomainError


class HasLiveApplication(DomainError):
    """您已有一件正在办理的认定申请，办结或撤回之前不能再次报名（教师资格认定网上申报规则）。"""

    code = "has_live_application"


class HasDraft(DomainError):
    """您有一份未完成的填报，请先继续填报，或者放弃后再重新报名。"""

    code = "has_draft"


class OncePerYear(DomainError):
    """同一自然年内只能申请一种教师资格，您今年已经取得教师资格，请明年再申请（各地教师资格认定公告的统一规定）。"""

    code = "once_per_year"


class AlreadyHeld(DomainError):
    """您已经取得相同种类、相同学科的教师资格，不能重复申请（教师资格认定网上申报规则）。"""

    code = "already_held"


class OutsideWindow(DomainError):
    """当前时间不在该机构的网报时间段内，申请应当在公布的受理期限内提出（《教师资格条例》第十四条）。"""

    code = "outside_window"


class NoSite(DomainError):
    """该机构未设置确认点，请联系所选的教育局。"""

    code = "no_site"


class CertificateNotUsable(DomainError):
    """所选的证书今天不在有效期内，或者已用于其他申请，请返回第二步重新选择。"""

    code = "certificate_not_usable"


class WrongRoute(DomainError):
    """所选的考试形式不能申请该资格种类，请返回第二步修改。"""

    code = "wrong_route"


class WrongLevel(DomainError):
    """该资格种类不由所选的机构认定，请返回第三步重新选择。"""

    code = "wrong_level"


class EducationTooLow(DomainError):
    """学历低于该资格种类的要求，请返回第二步更换学历证书。"""

    code = "education_too_low"


class NotEnrolled(DomainError):
    """只有学籍状态为“注册学籍”的申请人才符合认定要求。"""

    code = "not_enrolled"


class PutonghuaTooLow(DomainError):
    """所选普通话证书的等级低于该资格种类和学科的要求，请返回第二步更换证书。"""

    code = "putonghua_too_low"


class StepsMissing(DomainError):
    """还有步骤没有填写完整，请按提示补全后再提交。"""

    code = "steps_missing"
