"""常见问题: what everybody reads, by topic; the search looks for every word that was typed."""

from __future__ import annotations

from collections.abc import Sequence

from models import db
from models.authorities.guidance import Question, select_published_questions
from models.base.errors import DomainError
from translations import lazy_gettext


class QuestionChanged(DomainError):
    """A question that somebody else has changed since the page was opened."""

    code = "question_changed"
    sentence = lazy_gettext("这个问题刚刚由他人改过，没有保存。请在新窗口核对现在的内容，再决定是否保存。")


def search_questions(wanted: str) -> dict[str, list[Question]]:
    """The published questions that have all the words, by topic; those of the platform come first."""
    words = wanted.lower().split()
    topics: dict[str, list[Question]] = {}
    found = db.session.scalars(select_published_questions())
    for one in sorted(found, key=lambda one: one.authority_id is not None):
        if _mentions(one, words):
            topics.setdefault(one.topic, []).append(one)
    return topics


def move_question(moved: Question, kept: Sequence[Question], places: int) -> None:
    """Put a question before or after its neighbours in the list in which it was seen."""
    order = [one for one in kept if one.id != moved.id]
    at = next(place for place, one in enumerate(kept) if one.id == moved.id)
    order.insert(min(max(at + places, 0), len(order)), moved)
    numbers = sorted(one.position for one in kept)
    for number, one in zip(_apart(numbers), order, strict=True):
        one.position = number


def _apart(numbers: list[int]) -> list[int]:
    """The same numbers, each larger than the one before."""
    found: list[int] = []
    for number in numbers:
        found.append(max(number, found[-1] + 1) if found else number)
    return found


def _mentions(question: Question, words: list[str]) -> bool:
    whole = " ".join((question.topic, question.text, question.answer)).lower()
    return all(word in whole for word in words)
