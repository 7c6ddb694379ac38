"""An address counts once it is proved: a link is sent to it, good for a day and for one use.

Until then the address before it is used. Both are told, so that nobody moves an account's letters unseen.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from domain import outside
from domain.accounts import password_resets
from domain.notices import contacts
from domain.notices.contacts import Contact
from domain.wording.masking import mask_email
from models import db
from models.base.errors import DomainError
from models.persons.accounts import EmailProof
from models.persons.people import Person
from translations import gettext, lazy_gettext
from workflows.background import jobs
from workflows.clock import now
from workflows.operations import OperationCall

VALID = timedelta(hours=24)
PATH = "/account/email/"
TITLE = lazy_gettext("电子邮箱变更")


class ProofInvalid(DomainError):
    """A link that proves nothing: used, too old, or of an address that was replaced."""

    code = "proof_over"
    status = 410
    sentence = lazy_gettext("这个链接已经失效或者已经使用过，请登录后在个人信息里重新发送。")


def propose_address(person: Person, email: str, at: datetime) -> None:
    """Keep an address to be proved, send the link to it, and tell the address before it."""
    proof = find_pending_proof(person.id) or EmailProof(person_id=person.id)
    proof.email = email
    db.session.add(proof)
    send_link(proof, at)
    if person.email:
        text = gettext(
            "您的账号正在把电子邮箱更换为 %(address)s，验证之前仍使用本邮箱。不是您本人操作的，"
            "请尽快修改密码。",
            address=mask_email(email),
        )
        contacts.notify_contact(Contact(email=person.email), TITLE, text)


def send_link(proof: EmailProof, at: datetime) -> None:
    """Send the link, good for another day; earlier links are worth nothing."""
    proof.sent_at, proof.expires_at = at, at + VALID
    db.session.flush()
    sent = at.isoformat()
    key = f"email_proof:{proof.id}:{sent}"
    jobs.enqueue_job("email_proofs.send", {"proof": proof.id, "sent": sent}, key=key)


def find_pending_proof(person_id: int) -> EmailProof | None:
    """The address that a person has still to prove."""
    return db.session.scalar(select(EmailProof).where(EmailProof.person_id == person_id))


def cancel_proof(person_id: int) -> None:
    """Give an unproved address up."""
    proof = find_pending_proof(person_id)
    if proof is not None:
        db.session.delete(proof)


def find_by_token(token: str) -> EmailProof:
    """What a link proves, while it is the newest one and young enough."""
    try:
        number, sent = _link_serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise ProofInvalid from None
    query = select(EmailProof).where(EmailProof.id == number, EmailProof.expires_at > now())
    proof = db.session.scalar(query)
    if proof is None or proof.sent_at.isoformat() != sent or proof.person.disabled_at is not None:
        raise ProofInvalid
    return proof


def accept_proof(token: str) -> Person:
    """The address is the person's from now on; the one before is told for the last time."""
    proof = find_by_token(token)
    db.session.refresh(proof, with_for_update=True)  # two clicks are one proof
    person, before = proof.person, proof.person.email
    person.email = proof.email
    db.session.delete(proof)
    password_resets.cancel_resets(person.id)  # a link may be in the mailbox that was given up
    if before and before != person.email:
        text = gettext(
            "您的账号的电子邮箱已更换为 %(address)s，以后的通知不再发到本邮箱。",
            address=mask_email(person.email),
        )
        contacts.notify_contact(Contact(email=before), TITLE, text)
    contacts.notify_contact(
        Contact(email=person.email), TITLE, gettext("您的电子邮箱已验证，以后的通知会发到这里。")
    )
    return person


def prepare_mail(call: OperationCall, proof: int, sent: str) -> dict[str, Any]:
    row = db.session.get(EmailProof, proof)
    current = row is not None and row.sent_at.isoformat() == sent and row.expires_at > call.now
    address = f"{current_app.config['PUBLIC_URL']}{PATH}{_link_serializer().dumps([proof, sent])}"
    text = gettext(
        "请在 24 小时内打开下面的链接，确认这是您的电子邮箱：\n%(address)s\n不是您本人填写的，不用理会。",
        address=address,
    )
    email = row.email if row is not None and current else None  # one that was given up gets no letter
    return {"email": email, "title": gettext("验证电子邮箱"), "text": text}


def deliver_mail(request: dict[str, Any], key: str) -> None:
    if request["email"]:
        outside.send_mail(request["email"], request["title"], request["text"], key)


def _link_serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="email.proof")
