"""我能不能报: what the decision tables say of somebody who describes themselves, rule by rule.

The same tables judge an application at each step and when its number is given; nothing here has a rule of its
own. What was not said is no fault: then the finding says what is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from domain.rules import policy, requirements
from domain.rules.policy import EnrolmentFacts, ExemptionGrounds, QualificationRequest
from domain.rules.requirements import Schooling, cite_article
from models.base import codes
from models.cases.credentials import PutonghuaCertificate
from models.cases.states import RecordSource
from translations import gettext, join_sentences

MET, FAILED, OPEN = "met", "failed", "open"
NO_CERTIFICATE = "none"  # of Putonghua


@dataclass(frozen=True, kw_only=True)
class SelfDescription:
    """What somebody says of themselves; what is empty was not said."""

    kind: str
    subject: str = ""
    exam_route: str = ""
    province: str = ""  # six digits
    at_school: bool | None = None
    level: str = ""  # GB/T 4658, of the diploma or of the studies under way
    graduated: int | None = None  # year; of somebody at school the one expected
    study_form: str = ""
    status: str = ""  # of the enrolment
    months_left: int | None = None  # until the expected graduation
    putonghua: str = ""  # 1A … 3B, or none
    title: str = "none"
    doctor: bool = False

    @property
    def request(self) -> QualificationRequest:
        """What they would apply for, as the tables are asked."""
        return QualificationRequest(
            kind=self.kind, subject=self.subject, exam_route=self.exam_route, province=self.province
        )


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says."""

    rule: str  # route | exemption | subject | enrolment | education | putonghua | place | account …
    state: str  # met | failed | open: it hangs on what was not said
    text: str  # the reason, with its article


def judge_description(described: SelfDescription) -> list[Finding]:
    """What every rule says, in the order in which an application meets them."""
    return [
        *_judge_subject(described),
        *_judge_route(described),
        *_judge_schooling(described),
        *_judge_putonghua(described),
        *_judge_place(described),
    ]


def _judge_subject(described: SelfDescription) -> Iterator[Finding]:
    offered = codes.SUBJECTS[described.kind]
    if described.subject and described.subject not in offered:
        told = gettext(
            "%(kind)s没有“%(subject)s”这个任教学科",
            kind=codes.KINDS[described.kind],
            subject=described.subject,
        )
        yield Finding(rule="subject", state=FAILED, text=told)


def _judge_route(described: SelfDescription) -> Iterator[Finding]:
    if not described.exam_route:
        exempt = policy.rule_on_exemption("exam", described.request, ExemptionGrounds())
        told = cite_article(exempt.reason, exempt.article)
        yield Finding(rule="route", state=OPEN, text=told)
        return
    if reason := requirements.why_route_fails(described.request):
        yield Finding(rule="route", state=FAILED, text=reason)
        return
    ruling = policy.rule_on_exam_route(described.request)
    told = gettext("凭%(evidence)s申请", evidence=ruling.evidence) if ruling.evidence else gettext("可以申请")
    yield Finding(rule="route", state=MET, text=cite_article(told, ruling.article))
    exempt = policy.rule_on_exemption("exam", described.request, _grounds_of(described))
    if exempt.holds:
        yield Finding(rule="exemption", state=MET, text=cite_article(exempt.reason, exempt.article))


def _judge_schooling(described: SelfDescription) -> Iterator[Finding]:
    if described.at_school:
        yield _judge_enrolment(described)
    year = described.graduated or requirements.NO_YEAR
    needed = policy.minimum_education(described.request, year)
    asked = gettext(
        "%(kind)s要求%(education)s毕业及以上学历",
        kind=codes.KINDS[described.kind],
        education=codes.EDUCATION[needed.level],
    )
    more = gettext("另须%(condition)s", condition=needed.condition) if needed.condition else ""
    whole = gettext("%(asked)s，%(more)s", asked=asked, more=more) if more else asked
    if not described.level:
        yield Finding(rule="education", state=OPEN, text=cite_article(whole, needed.article))
        return
    schooling = Schooling(level=described.level, graduated=year)
    if reason := requirements.why_schooling_fails(described.request, schooling):
        yield Finding(rule="education", state=FAILED, text=reason)
    else:
        yield Finding(rule="education", state=MET, text=cite_article(whole, needed.article))


def _judge_enrolment(described: SelfDescription) -> Finding:
    if not (described.status and described.study_form) or described.months_left is None:
        told = gettext("在校生凭学籍申请，要看学籍状态、学习形式和预计毕业时间")
        return Finding(rule="enrolment", state=OPEN, text=told)
    facts = EnrolmentFacts(
        status=described.status,
        study_form=described.study_form,
        level=described.level,
        months_left=described.months_left,
    )
    ruling = policy.rule_on_enrolment(facts, described.province)
    if ruling.holds:
        told = cite_article(gettext("可以凭学籍申请，确认时核对是否在最后一学期"), ruling.article)
        return Finding(rule="enrolment", state=MET, text=told)
    return Finding(rule="enrolment", state=FAILED, text=cite_article(ruling.reason, ruling.article))


def _judge_putonghua(described: SelfDescription) -> Iterator[Finding]:
    needed = policy.minimum_putonghua(described.request)
    exempt = policy.rule_on_exemption("putonghua", described.request, _grounds_of(described))
    if exempt.holds:
        yield Finding(rule="putonghua", state=MET, text=cite_article(exempt.reason, exempt.article))
        return
    if needed.level == "none":
        told = cite_article(gettext("不要求普通话证书"), needed.article)
        yield Finding(rule="putonghua", state=MET, text=told)
        return
    asked = gettext(
        "%(qualification)s要求普通话%(level)s及以上",
        qualification=requirements.qualification_title(described.request),
        level=codes.PUTONGHUA_LEVELS[needed.level],
    )
    if not described.putonghua:
        yield Finding(rule="putonghua", state=OPEN, text=cite_article(asked, needed.article))
        return
    own = _certificate_of(described.putonghua)
    if reason := requirements.why_putonghua_fails(described.request, own, [_grounds_of(described)]):
        yield Finding(rule="putonghua", state=FAILED, text=reason)
    else:
        yield Finding(rule="putonghua", state=MET, text=cite_article(asked, needed.article))


def _judge_place(described: SelfDescription) -> Iterator[Finding]:
    decides = policy.deciding_level(described.kind, described.province)
    who = cite_article(
        gettext("%(kind)s%(reason)s", kind=codes.KINDS[described.kind], reason=decides.reason),
        decides.article,
    )
    where = gettext(
        "可以在户籍所在地、居住地（持有效居住证）或者就读学校所在地申请，现役军人在部队驻地申请"
        "（《教师资格条例》第十四条和各地认定公告）"
    )
    told = join_sentences(gettext("%(clause)s。", clause=clause) for clause in (where, who))
    yield Finding(rule="place", state=MET, text=told)


def _grounds_of(described: SelfDescription) -> ExemptionGrounds:
    return ExemptionGrounds(title=described.title, degree="doctor" if described.doctor else "none")


def _certificate_of(level: str) -> PutonghuaCertificate | None:
    """A certificate of a level, to be judged and not to be kept."""
    if level == NO_CERTIFICATE:
        return None
    return PutonghuaCertificate(source=RecordSource.VERIFIED, level=level)
