"""What the public site answers: questions with their answers, of the whole platform or of one authority."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authorities.places import Authority
from models.authorities.states import QuestionState
from models.base.columns import Moment, Word
from models.base.database import Model


class Question(Model):
    """A question that people ask (常见问题), as staff keep it."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_state", "state", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int]  # the smallest is shown first
    topic: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(200))
    answer: Mapped[str] = mapped_column(Text)  # paragraphs apart by an empty line
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"))  # none: the whole platform
    state: Mapped[QuestionState] = mapped_column(Word(QuestionState, 10), default=QuestionState.DRAFT)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    authority: Mapped[Authority | None] = relationship()

    @property
    def stamp(self) -> str:
        """The question as it is; somebody who changes it sends the stamp of what they saw."""
        return self.changed_at.isoformat()


def select_published_questions() -> Select[Question]:
    """The questions that everybody reads, in their order."""
    published = select(Question).where(Question.state == QuestionState.PUBLISHED)
    return published.order_by(Question.position, Question.id)


def select_kept_questions(authorities: list[int] | None, *, platform: bool) -> Select[Question]:
    """The questions in somebody's care, in their order; None means those of all authorities."""
    ways = [Question.authority_id.is_(None)] if platform else []
    ways.append(
        Question.authority_id.is_not(None) if authorities is None else Question.authority_id.in_(authorities)
    )
    return select(Question).where(or_(*ways)).order_by(Question.position, Question.id)
