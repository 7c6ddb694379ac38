"""People, their sessions and tokens, and the posts they hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Moment
from models.base.database import Model


class Person(Model):
    """Somebody with an account: an applicant under a document number, or staff under a login name."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("document_kind", "document_number"), UniqueConstraint("login"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))  # applicant | staff
    login: Mapped[str] = mapped_column(String(60))  # applicants: the document number
    name: Mapped[str] = mapped_column(String(80))
    password_hash: Mapped[str] = mapped_column(String(200))
    mobile: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(200))
    document_kind: Mapped[str | None] = mapped_column(String(20))
    document_number: Mapped[str | None] = mapped_column(String(40))
    sex: Mapped[str | None] = mapped_column(String(6))  # male | female
    birth_date: Mapped[date | None] = mapped_column(Date)
    ethnicity: Mapped[str | None] = mapped_column(String(4))  # GB/T 3304
    local_id_number: Mapped[str | None] = mapped_column(String(40))  # Hong Kong, Macao, Taiwan
    pass_number: Mapped[str | None] = mapped_column(String(40))  # of holders of a residence permit
    # none | verified | mismatch | unavailable: what the identity register said last
    verification: Mapped[str] = mapped_column(String(12), default="none")
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)

    posts: Mapped[list[Post]] = relationship(back_populates="person")


class Post(Model):
    """A role that a person holds at a place ("site:3", "authority:1"), or everywhere."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("person_id", "role", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(60))
    place: Mapped[str | None] = mapped_column(String(40))

    person: Mapped[Person] = relationship(back_populates="posts")


class SignIn(Model):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (UniqueConstraint("token_hash"), Index("ix_sign_in_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(60), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")

    person: Mapped[Person] = relationship()

    @classmethod
    def live(cls, moment: datetime, idle: timedelta) -> tuple[ColumnElement[bool], ...]:
        """What holds of a session that was not ended, has not run out, and was used within the idle limit."""
        return (cls.revoked_at.is_(None), cls.expires_at > moment, cls.last_seen_at > moment - idle)


class KnownDevice(Model):
    """A browser in which somebody has proved who they are; only the hash of its token is kept.

    Guesses made elsewhere must not keep the owner out here. A browser may know several people.
    """

    __tablename__ = "known_device"
    __table_args__ = (
        UniqueConstraint("token_hash", "person_id"),
        Index("ix_known_device_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proved_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class ApiToken(Model):
    """A bearer token of the JSON API; only its hash is kept."""

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


class Code(Model):
    """A one-time code sent to a mobile number; only its hash is kept."""

    __tablename__ = "code"
    __table_args__ = (Index("ix_code_mobile", "mobile", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mobile: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Moment)
