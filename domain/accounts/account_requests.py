"""A number that is taken is contested: a request with a picture, which a clerk decides by the process.

An account without a registered application is closed and its number free again. One with applications is
handed over as it stands, with new name and mobile, or cases under way would lose their applicant.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import exists, select, update

from domain.accounts import email_proofs
from domain.notices import contacts
from domain.notices.contacts import Contact
from domain.outside.pictures import StoredPicture
from models import db
from models.base import business_keys, spelling
from models.base.errors import DomainError, NotFound
from models.cases.applications import Application
from models.cases.notices import AuditEntry
from models.persons.accounts import AccountRequest, select_request
from models.persons.files import StoredFile
from models.persons.people import ApiToken, Person, SignIn
from models.persons.states import RequestOutcome, Verification
from translations import gettext, lazy_gettext
from workflows import engine
from workflows.clock import wall_time
from workflows.definitions import contents
from workflows.operations import OperationCall

TITLE = lazy_gettext("账号申诉")
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else
NO_PASSWORD = "handed over"  # no hash: nothing that is typed matches it
OPENED_TEXT = lazy_gettext(
    "有人对您的账号（证件号码 {number}）提出申诉，工作人员将核对证件。"
    "账号目前照常使用；有异议的，请联系认定机构。"
)
RECEIVED_TEXT = lazy_gettext("您对证件号码 {number} 的账号申诉已收到，查询码 {code}。结果会发到本手机号。")
OUTCOME_TEXTS = {  # outcome → what the requester and the former holder are told
    "closed": (
        lazy_gettext("您对证件号码 {number} 的账号申诉已通过，原账号已停用，请用本人姓名和手机号重新注册。"),
        lazy_gettext(
            "您的账号（证件号码 {number}）经核对证件由他人申诉成功，已经停用。有异议的，请联系认定机构。"
        ),
    ),
    "handed_over": (
        lazy_gettext(
            "您对证件号码 {number} 的账号申诉已通过，账号已改绑到本手机号。请用“忘记密码”设置新密码后登录。"
        ),
        lazy_gettext(
            "您的账号（证件号码 {number}）经核对证件由他人申诉成功，已改绑到申诉人的手机号。"
            "有异议的，请联系认定机构。"
        ),
    ),
    "refused": (
        lazy_gettext("您对证件号码 {number} 的账号申诉未通过，理由：{answer}"),
        lazy_gettext("对您的账号（证件号码 {number}）提出的申诉未通过，您的账号照常使用。"),
    ),
}


class RequestAlreadyOpen(DomainError):
    """A request about the same number from the same mobile is not decided yet."""

    code = "already_open"
    sentence = lazy_gettext("您对这个证件号码的申诉正在核对，请用短信里的查询码查看进度。")


@dataclass(frozen=True, kw_only=True)
class AccountClaim:
    """Who says that an account is theirs, and why; the mobile number is proved."""

    document_kind: str
    document_number: str
    name: str
    mobile: str
    statement: str


def find_holder(kind: str, number: str) -> Person | None:
    """The person whose account a number is under."""
    own = (Person.document_kind == kind) & (Person.document_number == number)
    return db.session.scalar(select(Person).where(own))


def open_request(claim: AccountClaim, picture: StoredPicture, at: datetime) -> AccountRequest:
    """Keep a request, start its course, and tell both sides."""
    holder = find_holder(claim.document_kind, claim.document_number)
    if holder is None:
        raise NotFound
    key = f"{claim.document_kind}:{claim.document_number}:{claim.mobile}"
    if db.session.scalar(select(AccountRequest.id).where(AccountRequest.open_key == key)):
        raise RequestAlreadyOpen
    request = AccountRequest(
        code=_generate_code(),
        open_key=key,
        person_id=holder.id,
        file_id=_add_picture_row(picture, at),
        opened_at=at,
        **asdict(claim),
    )
    db.session.add(request)
    db.session.flush()
    request.instance_id = _start_process(request)
    contacts.notify_contact(Contact(mobile=request.mobile), TITLE, _fill_placeholders(request, RECEIVED_TEXT))
    contacts.notify_contact(
        contacts.contact_of_person(holder), TITLE, _fill_placeholders(request, OPENED_TEXT)
    )
    _add_audit_entry(request, "account_request.opened", None, at)
    return request


def find_by_code(code: str) -> AccountRequest:
    """The request that a code belongs to."""
    found = db.session.scalar(
        select(AccountRequest).where(AccountRequest.code == spelling.normalize_number(code)[:20])
    )
    if found is None:
        raise NotFound
    return found


def find_by_instance(instance_id: int) -> AccountRequest:
    """The request whose course an instance is."""
    found = db.session.scalar(select_request(instance_id))
    if found is None:
        raise NotFound
    return found


def outcome_if_granted(request: AccountRequest) -> RequestOutcome:
    """What becomes of the account when the request is accepted."""
    registered = exists().where(
        Application.person_id == request.person_id, Application.registration_number.is_not(None)
    )
    known = db.session.scalar(select(registered))
    return RequestOutcome.HANDED_OVER if known else RequestOutcome.CLOSED


def grant_request(call: OperationCall, request: int) -> None:
    """Close or hand over the contested account, and tell both sides."""
    row = db.session.get_one(AccountRequest, request)
    holder = db.session.get_one(Person, row.person_id, with_for_update=True)
    before, outcome = contacts.contact_of_person(holder), outcome_if_granted(row)
    if outcome == "closed":
        _close_account(holder, call.now)
    else:
        _hand_over_account(holder, row)
    _end_sessions(holder)
    email_proofs.cancel_proof(holder.id)
    contacts.notify_contact(before, TITLE, _fill_placeholders(row, OUTCOME_TEXTS[outcome][1]))
    _end_request(row, outcome, call)


def refuse_request(call: OperationCall, request: int) -> None:
    """Leave the account as it is; the requester is told why, and the holder that nothing changes."""
    row = db.session.get_one(AccountRequest, request)
    holder = db.session.get_one(Person, row.person_id)
    if holder.disabled_at is None:  # else another request about it was granted meanwhile
        contacts.notify_contact(
            contacts.contact_of_person(holder), TITLE, _fill_placeholders(row, OUTCOME_TEXTS["refused"][1])
        )
    _end_request(row, RequestOutcome.REFUSED, call)


def _close_account(holder: Person, at: datetime) -> None:
    holder.disabled_at = at
    holder.login = f"closed:{holder.id}"
    holder.document_number = None  # others may register it now; the request keeps which it was


def _hand_over_account(holder: Person, request: AccountRequest) -> None:
    if holder.name != request.name:
        holder.verification, holder.verified_at = Verification.NONE, None
    holder.name, holder.mobile, holder.email = request.name, request.mobile, None
    holder.password_hash = NO_PASSWORD


def _end_sessions(holder: Person) -> None:
    for model in (SignIn, ApiToken):
        live = (model.person_id == holder.id) & model.revoked_at.is_(None)
        db.session.execute(update(model).where(live).values(revoked_at=wall_time()))


def _end_request(request: AccountRequest, outcome: RequestOutcome, call: OperationCall) -> None:
    request.outcome, request.ended_at, request.open_key = outcome, call.now, None
    contacts.notify_contact(
        Contact(mobile=request.mobile), TITLE, _fill_placeholders(request, OUTCOME_TEXTS[outcome][0])
    )
    _add_audit_entry(request, f"account_request.{outcome}", request.decided_by, call.now)


def _start_process(request: AccountRequest) -> int:
    started = engine.start_instance(
        contents.get_service(business_keys.ACCOUNT).entry,
        business_key=request.business_key,
        variables={"request": request.id},
        actor=None,
    )
    return started.id


def _add_picture_row(picture: StoredPicture, at: datetime) -> int:
    # It is nobody's among the accounts: neither the holder nor the requester sees it again.
    row = StoredFile(
        key=picture.key,
        kind=picture.kind,
        name=gettext("证件照片.jpg"),
        media_type=picture.media_type,
        size=picture.size,
        sha256=picture.sha256,
        person_id=None,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def _fill_placeholders(request: AccountRequest, text: str) -> str:
    number = request.document_number
    return text.format(number=f"{number[:3]}***{number[-2:]}", code=request.code, answer=request.answer)


def _add_audit_entry(request: AccountRequest, action: str, actor: int | None, at: datetime) -> None:
    detail = {"request": request.id}
    entry = AuditEntry(at=at, actor_id=actor, action=action, person_id=request.person_id, detail=detail)
    db.session.add(entry)


def _generate_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(16))
