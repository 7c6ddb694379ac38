"""修改 after the number was given: a revision that counts up, what was before and after, and who changed it.

Whoever acts on what an applicant entered sends the revision that was seen to `check_unchanged`; whoever
changes it does so under `record_changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.cases import entered_facts
from domain.cases.entered_facts import ENTERED
from domain.wording import public_states
from models import db
from models.base import codes
from models.base.errors import Changed, DomainError
from models.cases.application_changes import ApplicationChange, select_changes
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate
from models.cases.states import Ability
from translations import gettext, join_clauses, join_facts, lazy_gettext, office_language, say_source
from workflows import engine

WITHDRAW = "application.withdraw"  # what the message does by which an applicant withdraws

OF_RECORD = " · "  # between a record and its particular: 学籍 · 学校
Difference = tuple[str, str, str]  # what, as it was seen, as it is now


class NotChangeable(DomainError):
    """An application in a stage in which the applicant changes nothing."""

    code = "not_changeable"
    sentence = lazy_gettext("只有认定状态为“网报待确认”的申请可以修改。")


class ApplicationChanged(Changed):
    """The applicant changed what a clerk had open."""

    sentence = lazy_gettext("申请人刚刚修改了申报内容，请核对后再提交。")

    def __init__(self, differences: Sequence[Difference]) -> None:
        parts = [
            gettext(
                "%(label)s由“%(before)s”改为“%(after)s”",
                label=label,
                before=before or gettext("空"),
                after=after or gettext("空"),
            )
            for label, before, after in differences
        ]
        super().__init__(
            gettext(
                "申请人在您打开页面后修改了申报内容：%(changes)s。本次没有保存，请核对后再提交。",
                changes=join_clauses(parts),
            )
            if parts
            else gettext("申请人在您打开页面后修改了申报内容。本次没有保存，请核对后再提交。")
        )
        self.differences = list(differences)


def is_changeable(application: Application) -> bool:
    """Whether its applicant may change an application."""
    return application.registration_number is not None and public_states.is_allowed(
        application, Ability.CHANGE
    )


def is_withdrawable(application: Application) -> bool:
    """Whether an application has its number, its state lets the applicant withdraw it and its diagram too."""
    return (
        application.registration_number is not None
        and public_states.is_allowed(application, Ability.WITHDRAW)
        and engine.is_drawn(application.instance_id, WITHDRAW)
    )


def lock_application(application_id: int) -> Application:
    """The application, read anew, and nobody else writes it until the transaction ends."""
    return db.session.get_one(Application, application_id, with_for_update=True, populate_existing=True)


def check_unchanged(application_id: int, seen: int) -> Application:
    """The application, when it still is at the revision that was seen; else what has changed since."""
    application = lock_application(application_id)
    if application.revision != seen:
        raise ApplicationChanged(list_changes_since(application_id, seen))
    return application


def list_changes_since(application_id: int, revision: int) -> list[Difference]:
    """What is not as it was at a revision; a particular that was changed back is not told."""
    found: dict[str, tuple[str, str]] = {}
    for row in db.session.scalars(select_changes(application_id, after=revision)):
        first = found.get(row.field, (row.before, ""))[0]
        found[row.field] = (first, row.after)
    return [(say_field(field), *values) for field, values in found.items() if values[0] != values[1]]


def find_changeable(person_id: int) -> Application | None:
    """The person's registered application that may still be changed."""
    live = select(Application.id).where(
        Application.live_person_id == person_id, Application.registration_number.is_not(None)
    )
    number = db.session.scalar(live)
    found = lock_application(number) if number is not None else None
    return found if found is not None and is_changeable(found) else None


@contextmanager
def record_changes(application: Application, *, actor: int, at: datetime) -> Iterator[None]:
    """Whatever is changed of an application inside is counted and kept, once, at the end."""
    before = take_snapshot(application)
    yield
    db.session.flush()
    db.session.refresh(application)
    save_revision(application, before, actor=actor, at=at)


def save_revision(application: Application, before: dict[str, str], *, actor: int, at: datetime) -> int:
    """Keep what is not as it was before; answers how many particulars that are."""
    after = take_snapshot(application)
    labels = [*after, *(label for label in before if label not in after)]
    pairs = [(label, before.get(label, ""), after.get(label, "")) for label in labels]
    changed = [pair for pair in pairs if pair[1] != pair[2]]
    if changed:
        application.revision += 1
    for label, was, became in changed:
        db.session.add(
            ApplicationChange(
                application_id=application.id,
                revision=application.revision,
                field=label,
                before=was,
                after=became,
                person_id=actor,
                at=at,
            )
        )
    return len(changed)


def list_revisions(application_id: int) -> list[dict[str, Any]]:
    """Every act of changing as pages show it, the newest first."""
    acts: dict[int, dict[str, Any]] = {}
    for row in db.session.scalars(select_changes(application_id)):
        act = acts.setdefault(
            row.revision, {"revision": row.revision, "at": row.at, "by": row.person.name, "rows": []}
        )
        act["rows"].append((say_field(row.field), row.before, row.after))
    return list(reversed(acts.values()))


def say_field(field: str) -> str:
    """The words of a kept particular in the language of whoever reads it."""
    return join_facts(map(say_source, field.split(OF_RECORD)), OF_RECORD)


def take_snapshot(application: Application) -> dict[str, str]:
    """Everything that an applicant can change, under the words that people read in the office's language."""
    with office_language():
        return _read_particulars(application)


def _read_particulars(application: Application) -> dict[str, str]:
    found = {str(one.label): str(one.read(application) or "") for one in ENTERED}
    for title, record, parts in (
        (gettext("身份信息"), application.person, PERSON),
        (_exam_title(application.exam_certificate), application.exam_certificate, EXAM),
        (gettext("普通话证书"), application.putonghua, PUTONGHUA),
        (gettext("学籍"), application.enrolment, ENROLMENT),
        (gettext("学历证书"), application.diploma, DIPLOMA),
        (gettext("学位证书"), application.degree, DEGREE),
        (gettext("职业技能等级证书"), application.skill_certificate, SKILL),
    ):
        if record is not None:
            found |= {f"{title}{OF_RECORD}{label}": str(read(record) or "") for label, read in parts.items()}
    return found


def _exam_title(exam: ExamCertificate | None) -> str:
    return (
        gettext("师范生教师职业能力证书")
        if exam is not None and exam.route == "normal_student"
        else gettext("考试合格证明")
    )


PERSON: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("姓名"): entered_facts.text_reader("name"),
    lazy_gettext("性别"): entered_facts.label_reader("sex", codes.SEXES),
    lazy_gettext("出生日期"): entered_facts.date_reader("birth_date"),
    lazy_gettext("民族"): entered_facts.label_reader("ethnicity", codes.ETHNICITIES),
}
EXAM: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("证书编号"): entered_facts.text_reader("number"),
    lazy_gettext("有效期至"): entered_facts.date_reader("valid_until"),
}
PUTONGHUA: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("等级"): entered_facts.label_reader("level", codes.PUTONGHUA_LEVELS),
    lazy_gettext("分数"): lambda row: "" if row.score is None else f"{row.score:.1f}",
    lazy_gettext("证书编号"): entered_facts.text_reader("number"),
    lazy_gettext("测试日期"): entered_facts.date_reader("tested_on"),
    lazy_gettext("发证单位"): entered_facts.text_reader("issuer"),
}
ENROLMENT: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("学校"): entered_facts.text_reader("school"),
    lazy_gettext("专业"): entered_facts.text_reader("major"),
    lazy_gettext("层次"): entered_facts.label_reader("level", codes.STUDY_LEVELS),
    lazy_gettext("学习形式"): entered_facts.label_reader("study_form", codes.STUDY_FORMS),
    lazy_gettext("学籍状态"): entered_facts.text_reader("status"),
    lazy_gettext("入学日期"): entered_facts.date_reader("entered_on"),
    lazy_gettext("预计毕业"): entered_facts.date_reader("expected_graduation"),
}
DIPLOMA: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("毕业学校"): entered_facts.text_reader("school"),
    lazy_gettext("专业"): entered_facts.text_reader("major"),
    lazy_gettext("学历"): entered_facts.label_reader("level", codes.EDUCATION_LEVELS),
    lazy_gettext("学习形式"): entered_facts.label_reader("study_form", codes.STUDY_FORMS),
    lazy_gettext("证书编号"): entered_facts.text_reader("number"),
    lazy_gettext("毕业日期"): entered_facts.date_reader("graduated_on"),
}
DEGREE: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("学位"): entered_facts.text_reader("name"),
    lazy_gettext("授予单位"): entered_facts.text_reader("school"),
    lazy_gettext("证书编号"): entered_facts.text_reader("number"),
    lazy_gettext("授予日期"): entered_facts.date_reader("awarded_on"),
}
SKILL: dict[str, Callable[[Any], Any]] = {
    lazy_gettext("职业（工种）"): entered_facts.text_reader("occupation"),
    lazy_gettext("等级"): entered_facts.label_reader("level", codes.SKILL_LEVELS),
    lazy_gettext("证书编号"): entered_facts.text_reader("number"),
    lazy_gettext("发证机构"): entered_facts.text_reader("issuer"),
    lazy_gettext("发证日期"): entered_facts.date_reader("issued_on"),
}
