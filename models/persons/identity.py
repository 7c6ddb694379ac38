"""Real-name checks (实名核验) that are more than one question to the register."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import business_keys
from models.base.columns import Moment, Word
from models.base.database import Model
from models.persons.files import StoredFile
from models.persons.people import Person
from models.persons.states import IdentityFinding, IdentityOutcome, IdentityPurpose


class IdentityCheck(Model):
    """Whether a name is a person's; its course is an instance of `identity`."""

    __tablename__ = "identity_check"
    __table_args__ = (
        UniqueConstraint("open_person_id"),
        UniqueConstraint("instance_id"),
        Index("ix_identity_check_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    open_person_id: Mapped[int | None]  # the person, while it is open: one at a time
    purpose: Mapped[IdentityPurpose] = mapped_column(Word(IdentityPurpose, 12))
    document_kind: Mapped[str] = mapped_column(String(20))
    document_number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))  # the name that is asked about
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    finding: Mapped[IdentityFinding | None] = mapped_column(Word(IdentityFinding, 12))
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    request_key: Mapped[str] = mapped_column(String(120), default="")  # of the answer that is kept
    raw: Mapped[str] = mapped_column(Text, default="")  # as it came
    raw_sha256: Mapped[str] = mapped_column(String(64), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))  # a picture of the document
    statement: Mapped[str] = mapped_column(Text, default="")  # what the person says to it
    answer: Mapped[str] = mapped_column(Text, default="")  # what the clerk says to it
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[IdentityOutcome | None] = mapped_column(Word(IdentityOutcome, 12))  # once it has ended
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    file: Mapped[StoredFile | None] = relationship()

    @property
    def business_key(self) -> str:
        """What its process instance is called."""
        return business_keys.write_key(business_keys.IDENTITY, self.id)


def select_check(instance_id: int | None) -> Select[IdentityCheck]:
    """The real-name check whose course an instance is."""
    return select(IdentityCheck).where(IdentityCheck.instance_id == instance_id)


def select_newest_check(person_id: int) -> Select[IdentityCheck]:
    """The check of a person that was opened last."""
    own = select(IdentityCheck).where(IdentityCheck.person_id == person_id)
    return own.order_by(IdentityCheck.id.desc()).limit(1)
