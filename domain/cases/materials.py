"""The materials of one application as slots: what is asked, which version counts, what was found of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from domain.cases import asked_materials
from domain.cases.revisions import OF_RECORD
from domain.outside import uploads
from domain.outside.uploads import Upload
from models import db
from models.cases import casework
from models.cases.application_changes import select_changes
from models.cases.applications import Application, MaterialFinding
from models.cases.materials import Material, select_material_versions
from models.cases.states import MaterialVerdict
from models.processes import running
from models.processes.instances import ProcessInstance, WorkItem
from models.processes.states import LIVE_ITEMS
from translations import lazy_gettext

PROVED = frozenset({"verified", "synced", "exempt"})
# Material → the records that it proves, as changes of an application name them.
PROVES = {
    "identity": frozenset({lazy_gettext("身份信息")}),
    "residence": frozenset({lazy_gettext("户籍所在地"), lazy_gettext("认定依据")}),
    "student": frozenset({lazy_gettext("学籍")}),
    "diploma": frozenset({lazy_gettext("学历证书"), lazy_gettext("学位证书")}),
    "degree": frozenset({lazy_gettext("学位证书")}),
    "putonghua": frozenset({lazy_gettext("普通话证书")}),
    "exam": frozenset({lazy_gettext("考试合格证明"), lazy_gettext("师范生教师职业能力证书")}),
    "photo": frozenset({lazy_gettext("证件照片")}),
    "undertaking": frozenset({lazy_gettext("个人承诺书签名")}),
}


@dataclass(frozen=True, kw_only=True)
class MaterialSlot:
    """One material of the plan's list with all that was uploaded for it, and the last finding."""

    key: str
    name: str
    hint: str
    required: bool
    versions: tuple[Material, ...]  # the oldest first
    finding: MaterialFinding | None  # of the last round
    rounds: int  # how many rounds there were
    outdated: bool  # what it proves was changed after the last round

    @property
    def current(self) -> Material | None:
        """The version that counts."""
        return self.versions[-1] if self.versions else None

    @property
    def fresh(self) -> bool:
        """Whether the version that counts has not been judged yet."""
        return self.current is not None and self.current.round > self.rounds

    @property
    def judged(self) -> Material | None:
        """The version that the last finding is about."""
        seen = [version for version in self.versions if version.round <= self.rounds]
        return seen[-1] if seen else None

    @property
    def returned(self) -> bool:
        """Whether the last round asked for another version."""
        return self.finding is not None and self.finding.verdict != MaterialVerdict.CONFORM

    @property
    def carried(self) -> str:
        """The verdict that still holds: it conformed, and neither the file nor what it proves has changed."""
        held = self.finding is not None and self.finding.verdict == MaterialVerdict.CONFORM
        return "conform" if held and not self.fresh and not self.outdated else ""

    @property
    def reopened(self) -> bool:
        """Whether it takes a file after a return: returned, asked only now, or proving something else."""
        new = self.finding is None and self.required
        return self.returned or self.outdated or new


def list_slots(
    application: Application, findings: Sequence[MaterialFinding] | None = None
) -> list[MaterialSlot]:
    """A slot for everything that is asked; a page that shows the findings too hands them on."""
    found = findings
    if found is None:
        found = db.session.scalars(casework.select_material_findings(application.id)).all()
    rounds = max((row.round for row in found), default=0)
    changed = _changed_since(application, rounds)
    last = {row.key: row for row in found if row.round == rounds}
    put_there: dict[str, list[Material]] = {}
    for version in db.session.scalars(select_material_versions(application.id)):
        put_there.setdefault(version.key, []).append(version)
    return [
        MaterialSlot(
            key=one.key,
            name=one.name,
            hint=one.hint,
            required=one.required or _is_unproved(application, one.key),
            versions=tuple(put_there.get(one.key, ())),
            finding=last.get(one.key),
            rounds=rounds,
            outdated=bool(changed & PROVES.get(one.key, frozenset())),
        )
        for one in asked_materials.list_asked_materials(application)
    ]


def _changed_since(application: Application, rounds: int) -> frozenset[str]:
    """The records whose particulars were changed after a round of verdicts."""
    opinions = db.session.scalars(casework.select_opinions(application.id, "confirmation"))
    said = next((one.at for one in opinions if one.round == rounds), None)
    if not rounds or said is None:
        return frozenset()
    fields = [row.field for row in db.session.scalars(select_changes(application.id)) if row.at > said]
    return frozenset(field.partition(OF_RECORD)[0] for field in fields)


def _is_unproved(application: Application, key: str) -> bool:
    """Whether a record was typed in and no register has confirmed it: then its paper is not optional."""
    records = {
        "putonghua": application.putonghua,
        "student": application.enrolment,
        "diploma": application.diploma,
        "degree": application.degree,
    }
    record = records.get(key)
    return record is not None and record.source not in PROVED


def find_review_task(application: Application) -> WorkItem | None:
    """The open task of the online review of an application, whoever has to act."""
    return db.session.scalars(
        select(WorkItem)
        .where(WorkItem.instance_id == application.instance_id)
        .where(WorkItem.form_key.like("online_review/%"), WorkItem.state.in_(LIVE_ITEMS))
        .order_by(WorkItem.id.desc())
    ).first()


def read_review_task(application: Application) -> WorkItem | None:
    """The same for the parts of a page, which asks once."""
    live = reversed(running.list_live_items(application.instance_id))
    return next((item for item in live if (item.form_key or "").startswith("online_review/")), None)


def lock_uploads(application: Application) -> None:
    """Have uploads and the sending of one application happen one after the other."""
    own = select(ProcessInstance.id).where(ProcessInstance.id == application.instance_id)
    db.session.execute(own.with_for_update())


def add_material_version(
    application: Application, slot: MaterialSlot, upload: Upload, moment: datetime
) -> None:
    """Keep an uploaded file as the newest version of a material; earlier ones stay."""
    db.session.add(
        Material(
            application_id=application.id,
            key=slot.key,
            version=len(slot.versions) + 1,
            round=slot.rounds + 1,
            file_id=uploads.add_upload_row(upload, application.person_id, moment),
            uploaded_at=moment,
            uploaded_by=application.person_id,
            warnings=list(upload.warnings),
        )
    )
