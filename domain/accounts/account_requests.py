"""What nobody can do about an account but a clerk: a request with a picture, decided by the process.

A number that is taken is contested: an account without a registered application is closed and its number free
again; one with applications is handed over as it stands, with new name and mobile, or cases under way would
lose their applicant. A mobile number that is lost is replaced by one that was proved. Particulars that the
person cannot change any more become what the document says. Whoever asks without being signed in is never
told whether there is such an account; the clerk is.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import exists, select, update

from domain.accounts import email_proofs, password_resets, wechat_bindings
from domain.notices import contacts
from domain.notices.contacts import Contact
from domain.outside.pictures import StoredPicture
from models import db
from models.base import business_keys, spelling
from models.base.errors import DomainError, NotFound
from models.cases.applications import Application
from models.cases.notices import AuditEntry
from models.persons.accounts import SORTS, AccountRequest, select_request
from models.persons.files import StoredFile
from models.persons.people import ApiToken, Person, SignIn
from models.persons.states import RequestOutcome, RequestSort, Verification
from translations import gettext, lazy_gettext
from workflows import engine
from workflows.clock import wall_time
from workflows.definitions import contents
from workflows.operations import OperationCall

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is read as something else
NO_PASSWORD = "handed over"  # no hash: nothing that is typed matches it
OPENED_TEXT = lazy_gettext(
    "有人对您的账号（证件号码 {number}）提出申诉，工作人员将核对证件。"
    "账号目前照常使用；有异议的，请联系认定机构。"
)
RECEIVED_TEXT = lazy_gettext("您对证件号码 {number} 的账号申诉已收到，查询码 {code}。结果会发到本手机号。")
MOBILE_OPENED_TEXT = lazy_gettext(
    "有人申请更换您的账号（证件号码 {number}）的手机号，工作人员将核对证件。账号目前照常使用；"
    "不是您本人申请的，请尽快联系认定机构。"
)
MOBILE_RECEIVED_TEXT = lazy_gettext(
    "您更换手机号的申请（证件号码 {number}）已收到，查询码 {code}。结果会发到本手机号。"
)
CORRECTION_RECEIVED_TEXT = lazy_gettext(
    "您更正身份信息的申请（证件号码 {number}）已收到，查询码 {code}。不是您本人申请的，请尽快修改密码。"
)


@dataclass(frozen=True, kw_only=True)
class RequestTexts:
    """What is told when a request is opened and when it is refused; the former holder may be told nothing."""

    received: str
    refused: str
    opened_holder: str = ""
    refused_holder: str = ""


TEXTS = {
    RequestSort.CONTESTED: RequestTexts(
        received=RECEIVED_TEXT,
        opened_holder=OPENED_TEXT,
        refused=lazy_gettext("您对证件号码 {number} 的账号申诉未通过，理由：{answer}"),
        refused_holder=lazy_gettext("对您的账号（证件号码 {number}）提出的申诉未通过，您的账号照常使用。"),
    ),
    RequestSort.MOBILE: RequestTexts(
        received=MOBILE_RECEIVED_TEXT,
        opened_holder=MOBILE_OPENED_TEXT,
        refused=lazy_gettext("您更换手机号的申请（证件号码 {number}）未通过，理由：{answer}"),
        refused_holder=lazy_gettext(
            "更换您的账号（证件号码 {number}）手机号的申请未通过，您的账号照常使用。"
        ),
    ),
    RequestSort.PARTICULARS: RequestTexts(
        received=CORRECTION_RECEIVED_TEXT,
        refused=lazy_gettext("您更正身份信息的申请（证件号码 {number}）未通过，理由：{answer}"),
    ),
}
GRANTED_TEXTS = {  # outcome → what the requester and the former holder are told
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
    "mobile_changed": (
        lazy_gettext(
            "您更换手机号的申请已通过，账号（证件号码 {number}）的手机号已改为本号码。"
            "忘记密码的，现在可以用短信重置。"
        ),
        lazy_gettext(
            "您的账号（证件号码 {number}）经核对证件已更换手机号，以后的短信不再发到原号码。"
            "不是您本人申请的，请尽快联系认定机构。"
        ),
    ),
    "corrected": (
        lazy_gettext(
            "您更正身份信息的申请（证件号码 {number}）已通过，账号的信息已更正。"
            "已经确认的申请保持确认时的姓名。"
        ),
        "",
    ),
}


class RequestAlreadyOpen(DomainError):
    """A request about the same number from the same mobile is not decided yet."""

    code = "already_open"
    sentence = lazy_gettext("您对这个证件号码的申请正在核对，请用短信里的查询码查看进度。")


class DiagramOutdated(DomainError):
    """A request of a newer sort in a diagram from before it: there, accepting would hand the account over."""

    code = "diagram_outdated"
    sentence = lazy_gettext("账号申请的流程还没有更新，这类申请暂时不能通过。请系统管理员部署新的流程库。")


@dataclass(frozen=True, kw_only=True)
class AccountClaim:
    """Who says that an account is theirs, and why; the mobile number is proved."""

    document_kind: str
    document_number: str
    name: str
    mobile: str
    statement: str
    sort: RequestSort = RequestSort.CONTESTED
    wanted: dict[str, str] | None = None  # column of the person → what it is to be


def find_holder(kind: str, number: str) -> Person | None:
    """The person whose account a number is under."""
    own = (Person.document_kind == kind) & (Person.document_number == number)
    return db.session.scalar(select(Person).where(own))


def open_request(claim: AccountClaim, picture: StoredPicture, at: datetime) -> AccountRequest:
    """Keep a request, start its course, and tell both sides."""
    holder = find_holder(claim.document_kind, claim.document_number)
    if holder is None and claim.sort == RequestSort.CONTESTED:
        raise NotFound
    key = _write_open_key(claim)
    if db.session.scalar(select(AccountRequest.id).where(AccountRequest.open_key == key)):
        raise RequestAlreadyOpen
    request = AccountRequest(
        code=_generate_code(),
        open_key=key,
        person_id=holder.id if holder else None,
        file_id=_add_picture_row(picture, at),
        opened_at=at,
        **asdict(claim),
    )
    db.session.add(request)
    db.session.flush()
    request.instance_id = _start_process(request)
    told = TEXTS[claim.sort]
    _tell_requester(request, told.received)
    _tell_holder(request, holder, told.opened_holder)
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
    if request.sort == RequestSort.MOBILE:
        return RequestOutcome.MOBILE_CHANGED
    if request.sort == RequestSort.PARTICULARS:
        return RequestOutcome.CORRECTED
    registered = exists().where(
        Application.person_id == request.person_id, Application.registration_number.is_not(None)
    )
    known = db.session.scalar(select(registered))
    return RequestOutcome.HANDED_OVER if known else RequestOutcome.CLOSED


def may_be_granted(request: AccountRequest) -> bool:
    """Whether there is an account, under the same number still, that something can be done about."""
    holder = request.person
    return (
        holder is not None
        and holder.disabled_at is None
        and holder.document_number == request.document_number
    )


def grant_request(call: OperationCall, request: int) -> Person:
    """Close or hand over the contested account, and tell both sides; whose it was, or is."""
    row, holder = _lock_request(request)
    if row.sort != RequestSort.CONTESTED:
        raise DiagramOutdated
    before, outcome = contacts.contact_of_person(holder), outcome_if_granted(row)
    if outcome == "closed":
        _close_account(holder, call.now)
    else:
        _hand_over_account(holder, row)
    _end_sessions(holder)
    email_proofs.cancel_proof(holder.id)
    password_resets.cancel_resets(holder.id)
    wechat_bindings.forget_binding(holder.id)
    contacts.notify_contact(before, SORTS[row.sort], _fill_placeholders(row, GRANTED_TEXTS[outcome][1]))
    _end_request(row, outcome, call)
    return holder


def change_mobile(call: OperationCall, request: int) -> None:
    """Give the account the number that was proved, so that a reset works with it; tell both numbers."""
    row, holder = _lock_request(request)
    before, outcome = contacts.contact_of_person(holder), RequestOutcome.MOBILE_CHANGED
    holder.mobile = row.mobile
    password_resets.cancel_resets(holder.id)
    contacts.notify_contact(before, SORTS[row.sort], _fill_placeholders(row, GRANTED_TEXTS[outcome][1]))
    _end_request(row, outcome, call)


def correct_particulars(call: OperationCall, request: int) -> Person:
    """Make the particulars what the document says; answers whose they are."""
    row, holder = _lock_request(request)
    wanted = dict(row.wanted or {})
    if wanted.get("name", holder.name) != holder.name:  # the register has not said so yet
        holder.verification, holder.verified_at = Verification.NONE, None
        password_resets.cancel_resets(holder.id)
    for column, value in wanted.items():
        setattr(holder, column, date.fromisoformat(value) if column == "birth_date" else value)
    _end_request(row, RequestOutcome.CORRECTED, call)
    return holder


def refuse_request(call: OperationCall, request: int) -> None:
    """Leave the account as it is; the requester is told why, and the holder that nothing changes."""
    row = db.session.get_one(AccountRequest, request)
    holder = row.person
    if (
        holder is not None and holder.disabled_at is None
    ):  # else another request about it was granted meanwhile
        _tell_holder(row, holder, TEXTS[row.sort].refused_holder)
    _end_request(row, RequestOutcome.REFUSED, call)


def _lock_request(request: int) -> tuple[AccountRequest, Person]:
    row = db.session.get_one(AccountRequest, request)
    return row, db.session.get_one(Person, row.person_id, with_for_update=True)


def _write_open_key(claim: AccountClaim) -> str:
    key = f"{claim.document_kind}:{claim.document_number}:{claim.mobile}"
    return key if claim.sort == RequestSort.CONTESTED else f"{claim.sort}:{key}"


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
    _tell_requester(
        request,
        TEXTS[request.sort].refused if outcome == RequestOutcome.REFUSED else GRANTED_TEXTS[outcome][0],
    )
    _add_audit_entry(request, f"account_request.{outcome}", request.decided_by, call.now)


def _tell_requester(request: AccountRequest, text: str) -> None:
    contact = Contact(mobile=request.mobile)
    if (
        request.sort == RequestSort.PARTICULARS and request.person is not None
    ):  # signed in, so both are theirs
        contact = contacts.contact_of_person(request.person)
    contacts.notify_contact(contact, SORTS[request.sort], _fill_placeholders(request, text))


def _tell_holder(request: AccountRequest, holder: Person | None, text: str) -> None:
    if holder is not None and text:
        told = _fill_placeholders(request, text)
        contacts.notify_contact(contacts.contact_of_person(holder), SORTS[request.sort], told)


def _start_process(request: AccountRequest) -> int:
    started = engine.start_instance(
        contents.get_service(business_keys.ACCOUNT).entry,
        business_key=request.business_key,
        variables={"request": request.id, "sort": str(request.sort)},
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
    return str(text).format(number=f"{number[:3]}***{number[-2:]}", code=request.code, answer=request.answer)


def _add_audit_entry(request: AccountRequest, action: str, actor: int | None, at: datetime) -> None:
    detail = {"request": request.id}
    entry = AuditEntry(at=at, actor_id=actor, action=action, person_id=request.person_id, detail=detail)
    db.session.add(entry)


def _generate_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(16))
