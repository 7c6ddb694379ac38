"""实名核验 as a process: the register is asked until it answers, and where it does not help a person looks.

What a check leads to belongs to its purpose. The name of an account becomes known to be its person's; another
name takes the place of the one before. Who has to do more then says so by `on_settled`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain import outside
from domain.notices import contacts
from domain.outside.pictures import StoredPicture
from models import db
from models.base import business_keys
from models.base.errors import DomainError, Invalid, NotFound
from models.cases.notices import AuditEntry
from models.persons.files import StoredFile
from models.persons.identity import IdentityCheck, select_check, select_newest_check
from models.persons.people import Person
from models.persons.states import IdentityFinding, IdentityOutcome, IdentityPurpose, Verification
from models.processes.instances import WorkItem
from models.processes.states import LIVE_ITEMS
from translations import gettext, lazy_gettext
from workflows import engine
from workflows.addressees import Addressee
from workflows.definitions import contents
from workflows.operations import OperationCall

TITLE = lazy_gettext("实名核验")
SETTLE = "identity.settle"  # what the course of a check waits for besides
# What the register has said before a check begins: it is not asked the same again.
SAID = {"mismatch": IdentityFinding.MISMATCH, "limited": IdentityFinding.BUSY}
VERDICTS = {  # what stands at an account meanwhile, as the register said last
    IdentityFinding.MISMATCH: Verification.MISMATCH,
    IdentityFinding.NOT_FOUND: Verification.MISMATCH,
    IdentityFinding.BUSY: Verification.UNAVAILABLE,
    IdentityFinding.UNAVAILABLE: Verification.UNAVAILABLE,
}
OUTCOME_TEXTS = {
    IdentityOutcome.VERIFIED: lazy_gettext("“{name}”的实名核验已通过。"),
    IdentityOutcome.ACCEPTED: lazy_gettext("“{name}”的证件照片经工作人员核对，实名核验已通过。"),
    IdentityOutcome.REFUSED: lazy_gettext("“{name}”的实名核验未通过，理由：{answer}"),
}
ASK_TEXTS = {  # whether the clerk has asked for another picture → what the person is told
    False: lazy_gettext("核验库没有核验到“{name}”，请登录后在个人信息里上传证件照片，由工作人员核对。"),
    True: lazy_gettext("“{name}”的证件照片需要重新上传：{answer}"),
}
Hook = Callable[[IdentityCheck, OperationCall], None]
_hooks: dict[IdentityPurpose, list[Hook]] = {purpose: [] for purpose in IdentityPurpose}


class CheckAlreadyOpen(DomainError):
    """A person has one real-name check at a time."""

    code = "already_open"
    sentence = lazy_gettext("您的实名核验正在办理，请在个人信息里查看进度。")


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What a person hands in where the register does not help: a picture of the document, and a sentence."""

    file_id: int
    statement: str = ""


def on_settled(purpose: IdentityPurpose, hook: Hook) -> None:
    """Do something more when a check of a purpose has ended; `check.outcome` says how.

    A hook runs in the transaction of the step, after the person's name and state are as they will be.
    """
    if hook not in _hooks[purpose]:
        _hooks[purpose].append(hook)


def open_check(
    person: Person,
    name: str,
    at: datetime,
    *,
    purpose: IdentityPurpose = IdentityPurpose.ACCOUNT,
    said: str = "",
) -> IdentityCheck:
    """Begin to find out whether a name is a person's; the caller commits.

    For another name, `purpose` is RENAME: until the end the person stays who they are. `said` is what the
    register answered a moment ago: after a mismatch it is not asked again, and the person shows the document.
    """
    if find_open_check(person.id) is not None:
        raise CheckAlreadyOpen
    check = IdentityCheck(
        person_id=person.id,
        open_person_id=person.id,
        purpose=purpose,
        document_kind=person.document_kind or "",
        document_number=person.document_number or "",
        name=name,
        opened_at=at,
        finding=SAID.get(said),
        asked_at=at if said in SAID else None,
    )
    db.session.add(check)
    db.session.flush()
    _add_audit_entry(check, "identity_check.opened", person.id, at)
    check.instance_id = _start_process(check)
    db.session.flush()
    return check


def find_open_check(person_id: int) -> IdentityCheck | None:
    """The check of a person that has not ended."""
    return db.session.scalar(select(IdentityCheck).where(IdentityCheck.open_person_id == person_id))


def find_newest_check(person_id: int) -> IdentityCheck | None:
    """The check of a person that was opened last, ended or not."""
    return db.session.scalar(select_newest_check(person_id))


def find_own_task(person_id: int) -> int | None:
    """The task of a person to hand in a picture, while there is one."""
    own = (IdentityCheck.open_person_id == person_id, WorkItem.instance_id == IdentityCheck.instance_id)
    live = (WorkItem.assignee_id == person_id, WorkItem.state.in_(LIVE_ITEMS))
    return db.session.scalar(select(WorkItem.id).where(*own, *live).order_by(WorkItem.id.desc()).limit(1))


def find_by_instance(instance_id: int) -> IdentityCheck:
    """The check whose course an instance is."""
    found = db.session.scalar(select_check(instance_id))
    if found is None:
        raise NotFound
    return found


def settle_check(check: IdentityCheck, name: str) -> None:
    """The register was asked in another way and knows the name: the course ends by it.

    A course that is just asking hears it by its own question.
    """
    check.name = name
    db.session.flush()
    if engine.is_awaited(check.instance_id, SETTLE, str(check.id)):
        engine.perform_act(
            check.instance_id, SETTLE, {"check": check.id}, key=str(check.id), actor=check.person_id
        )


def add_picture(check: IdentityCheck, picture: StoredPicture, at: datetime) -> int:
    """Keep the row of a picture of the document, which is the person's own file."""
    row = StoredFile(
        key=picture.key,
        kind=picture.kind,
        name=gettext("证件照片.jpg"),
        media_type=picture.media_type,
        size=picture.size,
        sha256=picture.sha256,
        person_id=check.person_id,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def keep_proof(check: IdentityCheck, proof: Proof, at: datetime) -> None:
    """Keep what the person hands in; a file has to be a picture of their own document."""
    found = db.session.get(StoredFile, proof.file_id)
    if found is None or (found.person_id, found.kind) != (check.person_id, "document"):
        raise Invalid({"file": [gettext("请选择证件照片")]})
    check.file_id, check.statement = proof.file_id, proof.statement
    _add_audit_entry(check, "identity_check.documents_given", check.person_id, at)


def keep_verdict(check: IdentityCheck, verdict: str, answer: str, by: int) -> None:
    """Keep who looked at the document and what they say to the person."""
    check.decided_by, check.answer = by, "" if verdict == "accept" else answer


def prepare_question(call: OperationCall, check: int) -> dict[str, Any]:
    """Read whom the register is to be asked about, and whether it has said it meanwhile."""
    row = db.session.get_one(IdentityCheck, check)
    person, purpose = row.person, row.purpose
    known = purpose == IdentityPurpose.ACCOUNT and person.verification == Verification.VERIFIED
    return {
        "known": known and person.name == row.name,
        "document_kind": row.document_kind,
        "document_number": row.document_number,
        "name": row.name,
    }


def ask_register(request: dict[str, Any], key: str) -> outside.IdentityAnswer | None:
    """Ask; nothing where the answer is known by now."""
    return None if request["known"] else outside.ask_identity(request, key)


def record_answer(
    call: OperationCall, parameters: dict[str, Any], answer: outside.IdentityAnswer | None
) -> str:
    """Keep the answer with its raw text, and give the process its finding."""
    row = db.session.get_one(IdentityCheck, parameters["check"])
    if answer is None:
        return IdentityFinding.MATCH
    row.request_key, row.raw, row.raw_sha256 = answer.key, answer.raw, answer.sha256
    _keep_finding(row, IdentityFinding(answer.finding), call.now)
    return answer.finding


def note_silence(call: OperationCall, check: int) -> None:
    """The register was asked in vain; that says nothing about the person."""
    _keep_finding(db.session.get_one(IdentityCheck, check), IdentityFinding.UNAVAILABLE, call.now)


def request_documents(call: OperationCall, check: int) -> None:
    """Ask the person for a picture of the document, or for another one."""
    row = db.session.get_one(IdentityCheck, check)
    _tell(row, ASK_TEXTS[row.file_id is not None])


def confirm_match(call: OperationCall, check: int) -> None:
    """The register knows the name: it is the person's."""
    _end_check(call, db.session.get_one(IdentityCheck, check), IdentityOutcome.VERIFIED)


def accept_documents(call: OperationCall, check: int) -> None:
    """A clerk has seen the document: the name is the person's."""
    _end_check(call, db.session.get_one(IdentityCheck, check), IdentityOutcome.ACCEPTED)


def refuse_documents(call: OperationCall, check: int) -> None:
    """The document does not prove the name; the person is told why and stays who they were."""
    _end_check(call, db.session.get_one(IdentityCheck, check), IdentityOutcome.REFUSED)


def find_addressee(business_key: str | None, role: str) -> Addressee | None:
    """Whose the tasks of a check are: the person's own, or any clerk's."""
    number = business_keys.read_key(business_keys.IDENTITY, business_key)
    if number is None or role != "applicant":
        return None
    return Addressee(assignee=db.session.get_one(IdentityCheck, number).person_id)


def _start_process(check: IdentityCheck) -> int:
    told = check.finding == IdentityFinding.MISMATCH
    started = engine.start_instance(
        contents.get_service(business_keys.IDENTITY).entry,
        business_key=check.business_key,
        variables={"check": check.id, "told": told},
        actor=check.person_id,
    )
    return started.id


def _keep_finding(check: IdentityCheck, finding: IdentityFinding, at: datetime) -> None:
    check.finding, check.asked_at = finding, at
    person = db.session.get_one(Person, check.person_id, with_for_update=True)
    if check.purpose == IdentityPurpose.ACCOUNT and not person.is_identified and finding in VERDICTS:
        person.verification = VERDICTS[finding]


def _end_check(call: OperationCall, check: IdentityCheck, outcome: IdentityOutcome) -> None:
    check.outcome, check.ended_at, check.open_person_id = outcome, call.now, None
    person = db.session.get_one(Person, check.person_id, with_for_update=True)
    # An account may be handed over or closed meanwhile: what was found out is about somebody else then.
    if _is_same_holder(person, check):
        _keep_outcome(person, check, call.now)
        for hook in _hooks[check.purpose]:
            hook(check, call)
        _tell(check, OUTCOME_TEXTS[outcome])
    _add_audit_entry(check, f"identity_check.{outcome}", check.decided_by, call.now)


def _is_same_holder(person: Person, check: IdentityCheck) -> bool:
    held = (person.document_kind, person.document_number)
    return person.disabled_at is None and held == (check.document_kind, check.document_number)


def _keep_outcome(person: Person, check: IdentityCheck, at: datetime) -> None:
    if check.outcome == IdentityOutcome.REFUSED:
        return
    person.name = check.name
    if check.outcome == IdentityOutcome.VERIFIED:
        person.verification = Verification.VERIFIED
    elif person.verification != Verification.VERIFIED or check.purpose == IdentityPurpose.RENAME:
        person.verification = Verification.ACCEPTED
    person.verified_at = at


def _tell(check: IdentityCheck, text: str) -> None:
    told = text.format(name=check.name, answer=check.answer)
    contacts.notify_contact(contacts.contact_of_person(check.person), TITLE, told)


def _add_audit_entry(check: IdentityCheck, action: str, actor: int | None, at: datetime) -> None:
    detail = {"check": check.id, "purpose": str(check.purpose)}
    db.session.add(AuditEntry(at=at, actor_id=actor, action=action, person_id=check.person_id, detail=detail))
