"""Letters that people write to an authority by 邮件咨询."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authorities.places import Authority
from models.base.columns import Moment, Word
from models.base.database import Model
from models.cases.states import DeliveryState


class Enquiry(Model):
    """One letter; a job takes it to the authority, another one takes a copy to its sender."""

    __tablename__ = "enquiry"
    __table_args__ = (UniqueConstraint("form_key"), Index("ix_enquiry_authority", "authority_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64))  # of the form: sent twice, it is one letter
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    category: Mapped[str] = mapped_column(String(20))  # of CATEGORIES
    name: Mapped[str] = mapped_column(String(80))
    document_kind: Mapped[str] = mapped_column(String(20))
    document_tail: Mapped[str] = mapped_column(String(4))  # the last four characters of the number
    registration_number: Mapped[str] = mapped_column(String(20), default="")
    mobile: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Moment)
    office_state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState, 8), default=DeliveryState.WAITING)
    copy_state: Mapped[DeliveryState] = mapped_column(Word(DeliveryState, 8), default=DeliveryState.WAITING)

    authority: Mapped[Authority] = relationship()
