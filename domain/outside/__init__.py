"""The connections to the outside, opened from the settings, and what operations ask of them.

No transaction may be open while one of these is called.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, get_type_hints

from flask import Flask, current_app, has_request_context

from connectors import channels as sending
from connectors import registers as asking
from connectors.breakers import Breaker
from connectors.errors import Unavailable as Silent
from connectors.probing import probe_address
from connectors.storage import BadStorageKey, MissingFile, Store, is_key, new_key, open_store
from domain.outside import exchanges
from settings import Settings
from translations import gettext
from workflows.operations import OperationPending, OperationRejected, OperationUnavailable, RequestKeyTaken

__all__ = [
    "EXAM_REGISTERS",
    "BackgroundCheckResult",
    "BadStorageKey",
    "Channels",
    "IdentityAnswer",
    "MissingFile",
    "Registers",
    "Silent",
    "ask_identity",
    "build_wechat_address",
    "find_wechat_user",
    "get_channels",
    "get_registers",
    "get_store",
    "install",
    "is_key",
    "mark_exam",
    "new_key",
    "run_background_check",
    "send_mail",
    "send_sms",
    "verify_identity",
    "why_unreachable",
]


@dataclass(frozen=True, kw_only=True)
class Registers:
    """One client for each outside register."""

    identity: asking.IdentityRegister
    exams: asking.ExamCertificates
    normal_students: asking.NormalStudentCertificates
    putonghua: asking.PutonghuaCertificates
    enrolments: asking.Enrolments
    diplomas: asking.Diplomas
    degrees: asking.Degrees
    offences: asking.Offences
    criminal_records: asking.CriminalRecords
    restrictions: asking.Restrictions
    certificate_history: asking.CertificateHistory


@dataclass(frozen=True, kw_only=True)
class Channels:
    """The ways out to people."""

    sms: sending.Sms
    mail: sending.Mail
    wechat: sending.WeChat


@dataclass(frozen=True, kw_only=True)
class IdentityAnswer:
    """What the identity register said of a name and a number: `match`, `mismatch`, `not_found` or `busy`."""

    finding: str
    key: str
    raw: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class BackgroundCheckResult:
    """What a background check found: `clear` or `hit`, with the raw answer."""

    finding: str
    key: str
    raw: str


def install(app: Flask) -> None:
    """Open the clients; nothing is sent yet."""
    settings: Settings = app.extensions["settings"]
    folder = settings.storage_url or str(Path(settings.instance_path) / "files")
    breakers = {name: Breaker(name) for name in Registers.__dataclass_fields__}
    app.extensions["registers"] = Registers(**_build_clients(Registers, settings, breakers))
    app.extensions["patient registers"] = Registers(**_build_clients(Registers, settings, {}))
    app.extensions["channels"] = Channels(**_build_clients(Channels, settings, {}))
    app.extensions["store"] = open_store(folder)


def _build_clients(
    kind: type[Registers] | type[Channels], settings: Settings, breakers: dict[str, Breaker]
) -> dict[str, Any]:
    """A client for each field, of the field's type, on the line that the settings name like it."""
    lines = {name: settings.line(name) for name in kind.__dataclass_fields__}
    clients = get_type_hints(kind)
    return {
        name: clients[name](
            line.base_url,
            line.key,
            line.timeout,
            **({"breaker": breakers[name]} if name in breakers else {}),
        )
        for name, line in lines.items()
    }


def get_registers() -> Registers:
    """The clients of the registers; in a request, where somebody waits, those that refuse while one rests.

    A job asks each time that its own pauses lead it to: refused by a breaker, it would use its tries up
    without having asked.
    """
    name = "registers" if has_request_context() else "patient registers"
    found: Registers = current_app.extensions[name]
    return found


def get_channels() -> Channels:
    """The clients of SMS, mail and WeChat."""
    found: Channels = current_app.extensions["channels"]
    return found


def get_store() -> Store:
    """Where files are kept."""
    found: Store = current_app.extensions["store"]
    return found


def why_unreachable(address: str) -> str:
    """Why nothing answers at an address; empty when something does."""
    try:
        probe_address(address)
    except Silent as failure:
        return str(failure)
    return ""


def send_sms(mobile: str, text: str, key: str) -> None:
    """Send one message."""
    with _translate_errors():
        exchanges.ask_on_record("sms", lambda: get_channels().sms.send(mobile, text, key=key))


def send_mail(address: str, title: str, text: str, key: str) -> None:
    """Send one mail."""
    letter = sending.OutgoingMail(to=address, subject=title, text=text)
    with _translate_errors():
        exchanges.ask_on_record("mail", lambda: get_channels().mail.send(letter, key=key))


def find_wechat_user(code: str) -> sending.WeChatUser:
    """Who agreed in WeChat, by the code that their browser brought."""
    settings: Settings = current_app.extensions["settings"]
    with _translate_errors():
        return get_channels().wechat.find_user(settings.wechat_app, code)


def build_wechat_address(back: str, state: str) -> str:
    """Where a person agrees in WeChat, and is led back from."""
    settings: Settings = current_app.extensions["settings"]
    return sending.build_authorise_address(settings.wechat_pages, settings.wechat_app, back, state)


def verify_identity(kind: str, number: str, name: str) -> str:
    """Ask whether a document and a name belong together: verified, mismatch, limited or unavailable."""
    holder = asking.DocumentHolder(document_kind=kind, document_number=number, name=name)
    ask = partial(get_registers().identity.ask, holder, request_id=f"identity:{uuid.uuid4().hex}")
    try:
        answer = exchanges.ask_on_record("identity", ask)
    except asking.RateLimited:
        return "limited"
    except asking.OutsideError:
        return "unavailable"
    return "verified" if answer.code == "MATCH" else "mismatch"


def ask_identity(request: dict[str, Any], key: str) -> IdentityAnswer:
    """Ask about a name as a job does; no answer is an exception; refused for today means busy."""
    with _translate_errors():
        try:
            answer = get_registers().identity.ask(_build_holder(request), request_id=key)
        except asking.RateLimited as refusal:
            return _build_identity_answer("busy", key, refusal.evidence)
    return _build_identity_answer(answer.code.lower(), key, answer.evidence)


def _build_identity_answer(finding: str, key: str, evidence: asking.Evidence | None) -> IdentityAnswer:
    raw, sha256 = (evidence.raw, evidence.sha256) if evidence else (b"", "")
    return IdentityAnswer(finding=finding, key=key, raw=raw.decode("utf-8", "replace"), sha256=sha256)


def mark_exam(request: dict[str, Any], key: str) -> None:
    """Tell the register that an exam certificate is used for an application, or free again."""
    register = EXAM_REGISTERS[request["route"]]
    client = getattr(get_registers(), register)
    act = client.mark_used if request["act"] == "use" else client.mark_free
    ask = partial(act, _build_holder(request), request["number"], purpose=request["purpose"], request_id=key)
    with _translate_errors():
        answer = exchanges.ask_on_record(register, ask)
    if request["act"] == "use" and answer.code == "ALREADY_USED":
        # Its release may be on the way; if it never comes, an operator sees what is left undone.
        raise OperationUnavailable(gettext("证书已用于其他用途"))


def run_background_check(request: dict[str, Any], key: str) -> BackgroundCheckResult:
    """Ask one register about an applicant; no answer is an exception, never a finding."""
    check = CHECKS[request["register"]]
    with _translate_errors():
        answer = exchanges.ask_on_record(check.register, partial(check.ask, request, key))
    raw = answer.evidence.raw.decode("utf-8", "replace")
    return BackgroundCheckResult(finding="hit" if check.finds(answer, request) else "clear", key=key, raw=raw)


def _ask_offences(request: dict[str, Any], key: str) -> asking.RegisterReply[Any]:
    return get_registers().offences.ask(_build_holder(request), _build_officer(request), request_id=key)


def _ask_criminal_records(request: dict[str, Any], key: str) -> asking.RegisterReply[Any]:
    return get_registers().criminal_records.ask(
        _build_holder(request), _build_officer(request), request_id=key
    )


def _ask_restrictions(request: dict[str, Any], key: str) -> asking.RegisterReply[Any]:
    return get_registers().restrictions.ask(_build_holder(request), request_id=key)


def _ask_certificate_history(request: dict[str, Any], key: str) -> asking.RegisterReply[Any]:
    return get_registers().certificate_history.ask(_build_holder(request), request_id=key)


def _is_hit(answer: asking.RegisterReply[Any], _request: dict[str, Any]) -> bool:
    return answer.code == "HIT"


def _is_restricted(answer: asking.RegisterReply[Any], request: dict[str, Any]) -> bool:
    today = date.fromisoformat(request["today"])
    return any(entry.until is None or entry.until >= today for entry in answer.records)


def _holds_already(answer: asking.RegisterReply[Any], request: dict[str, Any]) -> bool:
    # 同一自然年内不得申请两种; never the same kind and subject twice
    year = date.fromisoformat(request["today"]).year
    same = (request["kind"], request["subject"])
    held = [record for record in answer.records if record.state == "valid"]
    return any((one.kind, one.subject) == same or one.granted_on.year == year for one in held)


@dataclass(frozen=True, kw_only=True)
class _Check:
    """How one background check is asked, and when its answer is a hit."""

    register: str
    ask: Callable[[dict[str, Any], str], asking.RegisterReply[Any]]
    finds: Callable[[asking.RegisterReply[Any], dict[str, Any]], bool]


CHECKS = {
    "offence": _Check(register="offences", ask=_ask_offences, finds=_is_hit),
    "criminal_record": _Check(register="criminal_records", ask=_ask_criminal_records, finds=_is_hit),
    "restriction": _Check(register="restrictions", ask=_ask_restrictions, finds=_is_restricted),
    "certificate_history": _Check(
        register="certificate_history", ask=_ask_certificate_history, finds=_holds_already
    ),
}
EXAM_REGISTERS = {"national_exam": "exams", "normal_student": "normal_students"}


def _build_holder(request: dict[str, Any]) -> asking.DocumentHolder:
    return asking.DocumentHolder(
        document_kind=request["document_kind"],
        document_number=request["document_number"],
        name=request["name"],
    )


def _build_officer(request: dict[str, Any]) -> asking.Officer:
    return asking.Officer(
        operator="zige",
        organisation=request["authority"],
        authorisation=request["authorisation"],
    )


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except asking.Pending as error:
        raise OperationPending(str(error)) from error
    except asking.Unavailable as error:
        kinds = {asking.Rejected: OperationRejected, asking.KeyTaken: RequestKeyTaken}
        wish = None if error.retry_after is None else timedelta(seconds=error.retry_after)
        raise kinds.get(type(error), OperationUnavailable)(str(error), retry_after=wish) from error
