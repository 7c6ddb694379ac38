"""People, their sessions and tokens, and the posts they hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    Update,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Moment, Word
from models.base.database import Model
from models.persons.states import IDENTIFIED, PersonKind, Verification


class Person(Model):
    """Somebody with an account: an applicant under a document number, or staff under a login name."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("document_kind", "document_number"), UniqueConstraint("login"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[PersonKind] = mapped_column(Word(PersonKind, 10))
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
    verification: Mapped[Verification] = mapped_column(Word(Verification, 12), default=Verification.NONE)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)

    posts: Mapped[list[Post]] = relationship(back_populates="person")

    @property
    def is_identified(self) -> bool:
        """Whether the name is known to be theirs, by the register or by a clerk: business waits for it."""
        return self.verification in IDENTIFIED


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


def select_by_login(*logins: str) -> Select[Person]:
    """The person with one of some logins, as a login may be spelled in several ways."""
    return select(Person).where(Person.login.in_(logins))


def select_password_hash(person_id: int) -> Select[str]:
    """The hash of a person's password."""
    return select(Person.password_hash).where(Person.id == person_id)


def select_posts(person_id: int) -> Select[str, str | None]:
    """The posts that a person holds: role and place."""
    return select(Post.role, Post.place).where(Post.person_id == person_id)


def select_known_device(token_hash: str, logins: tuple[str, ...], moment: datetime) -> Select[int]:
    """The browser of a token, if somebody of some logins was proved in it and still counts."""
    return (
        select(KnownDevice.id)
        .join(Person, Person.id == KnownDevice.person_id)
        .where(KnownDevice.token_hash == token_hash, KnownDevice.expires_at > moment)
        .where(Person.login.in_(logins))
        .limit(1)
    )


def renew_device_token(old: str, new: str) -> Update:
    """Know a browser under another token, whoever was proved in it."""
    return update(KnownDevice).where(KnownDevice.token_hash == old).values(token_hash=new)


def select_session(
    token_hash: str, moment: datetime, idle: timedelta
) -> Select[int, int, str, str, datetime, datetime]:
    """A live session and whose it is: session, person, name, kind, last seen, end."""
    return (
        select(SignIn.id, Person.id, Person.name, Person.kind, SignIn.last_seen_at, SignIn.expires_at)
        .join(Person, Person.id == SignIn.person_id)
        .where(SignIn.token_hash == token_hash, *SignIn.live(moment, idle))
        .where(Person.disabled_at.is_(None))
    )


def end_sign_ins(moment: datetime, *which: ColumnElement[bool]) -> Update:
    """End the sessions of which some conditions hold and that have not ended."""
    return update(SignIn).where(*which, SignIn.revoked_at.is_(None)).values(revoked_at=moment)


def select_token_bearer(token_hash: str, moment: datetime) -> Select[int, str, str]:
    """For whom a bearer token speaks that is valid: person, name, kind."""
    return (
        select(Person.id, Person.name, Person.kind)
        .join(ApiToken, ApiToken.person_id == Person.id)
        .where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
        .where(ApiToken.expires_at.is_(None) | (ApiToken.expires_at > moment))
        .where(Person.disabled_at.is_(None))
    )
