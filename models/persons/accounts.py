"""How people come to an account and back into it: registering, proofs, resets, WeChat, requests."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Json, Moment, Word
from models.base.database import Model
from models.persons.files import StoredFile
from models.persons.people import Person
from models.persons.states import RequestOutcome, RequestSort
from translations import gettext, lazy_gettext

SORTS = {
    RequestSort.CONTESTED: lazy_gettext("账号申诉"),
    RequestSort.MOBILE: lazy_gettext("更换手机号"),
    RequestSort.PARTICULARS: lazy_gettext("更正身份信息"),
}
OUTCOMES = {
    RequestOutcome.CLOSED: lazy_gettext("原账号已停用"),
    RequestOutcome.HANDED_OVER: lazy_gettext("账号已改绑"),
    RequestOutcome.MOBILE_CHANGED: lazy_gettext("手机号已更换"),
    RequestOutcome.CORRECTED: lazy_gettext("身份信息已更正"),
    RequestOutcome.REFUSED: lazy_gettext("未通过"),
}


class Registration(Model):
    """Somebody who has begun to register; the row goes with its end, or half an hour later."""

    __tablename__ = "registration"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_registration_expires_at", "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    document_kind: Mapped[str] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    mobile: Mapped[str] = mapped_column(String(20))
    code_id: Mapped[int]  # of the code that was sent last; codes are swept before this row is
    email: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    proved_at: Mapped[datetime | None] = mapped_column(Moment)  # when the mobile number was proved
    agreed_texts: Mapped[Any | None] = mapped_column(Json)  # numbers of the texts that were agreed to
    expires_at: Mapped[datetime] = mapped_column(Moment)


class EmailProof(Model):
    """An address that a person gave and has not proved yet; the one before counts until then."""

    __tablename__ = "email_proof"
    __table_args__ = (UniqueConstraint("person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    email: Mapped[str] = mapped_column(String(200))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


class PasswordReset(Model):
    """Somebody who has forgotten a password, or says so; kept alike whether or not there is an account."""

    __tablename__ = "password_reset"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        Index("ix_password_reset_person", "person_id"),
        Index("ix_password_reset_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))  # of the token in the browser that asks
    document_kind: Mapped[str] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id")
    )  # none where the three do not agree
    code_id: Mapped[int | None]  # of the code that was sent last; codes are swept before this row is
    link_made_at: Mapped[datetime | None] = mapped_column(Moment)  # of the newest link, which alone counts
    link_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    begun_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # when a password was set, or it was called off


class WeChatBinding(Model):
    """The WeChat of a person: one each way."""

    __tablename__ = "wechat_binding"
    __table_args__ = (UniqueConstraint("person_id"), UniqueConstraint("openid"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    openid: Mapped[str] = mapped_column(String(64))  # what WeChat calls the person towards this site
    nickname: Mapped[str] = mapped_column(String(80))
    bound_at: Mapped[datetime] = mapped_column(Moment)


class WeChatTicket(Model):
    """A QR code that waits to be scanned: to bind WeChat to a person, or to go on with a reset."""

    __tablename__ = "wechat_ticket"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_wechat_ticket_expires_at", "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # to whom WeChat is bound
    reset_id: Mapped[int | None] = mapped_column(ForeignKey("password_reset.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


class BegunRequest(Model):
    """Somebody who cannot sign in and begins a request; the row goes with its end, or half an hour later."""

    __tablename__ = "begun_request"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_begun_request_expires_at", "expires_at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    document_kind: Mapped[str] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    mobile: Mapped[str] = mapped_column(String(20))
    code_id: Mapped[int]  # of the code that was sent last; codes are swept before this row is
    proved_at: Mapped[datetime | None] = mapped_column(Moment)  # when the mobile number was proved
    expires_at: Mapped[datetime] = mapped_column(Moment)


class AccountRequest(Model):
    """What only a clerk can do about an account; its course is an instance of `account_request`."""

    __tablename__ = "account_request"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("open_key"),
        UniqueConstraint("instance_id"),
        Index("ix_account_request_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))  # whoever has it sees where the request stands
    open_key: Mapped[str | None] = mapped_column(String(120))  # number and mobile, while it is open
    sort: Mapped[RequestSort] = mapped_column(Word(RequestSort, 12), default=RequestSort.CONTESTED)
    # whose account it is about; none where there is no such account, which only the clerk is told
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    document_kind: Mapped[str] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    mobile: Mapped[str] = mapped_column(String(20))  # proved before it was opened
    wanted: Mapped[Any | None] = mapped_column(Json)  # column of the person → what it is to be
    statement: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    accepted: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[RequestOutcome | None] = mapped_column(Word(RequestOutcome, 20))  # once it has ended
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    file: Mapped[StoredFile] = relationship()

    @property
    def business_key(self) -> str:
        """What its process instance is called."""
        return gettext("%(sort)s %(id)s", sort=SORTS[self.sort], id=self.id)

    @property
    def word(self) -> str:
        """Where it stands."""
        return OUTCOMES[self.outcome] if self.outcome else gettext("等待核对")


def select_request(instance_id: int | None) -> Select[AccountRequest]:
    """The request about an account whose course an instance is."""
    return select(AccountRequest).where(AccountRequest.instance_id == instance_id)
