"""用户协议 and 隐私说明: which version is in force, who agreed to which, and publishing the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from models import db
from models.base.errors import DomainError
from models.persons.published_texts import (
    Consent,
    PublishedText,
    select_text_versions,
    select_texts_in_force,
)
from models.persons.states import TextKind
from translations import lazy_gettext

TITLES = {TextKind.TERMS: lazy_gettext("用户协议"), TextKind.PRIVACY: lazy_gettext("隐私说明")}
HEADING, ENTRY = "# ", "- "  # how a line begins that is a heading, or an entry of a list


class TextsChanged(DomainError):
    """Somebody agreed to versions that are no longer in force."""

    code = "texts_changed"
    field = "agree"
    sentence = lazy_gettext("用户协议或者隐私说明刚刚有了新的版本，请重新阅读后再确认。")


class AlreadyInForce(DomainError):
    """A version that is in force, or was, stays as people agreed to it."""

    code = "text_in_force"
    sentence = lazy_gettext("这个版本已经生效，不能再改；有变动的，请发布新的版本。")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a text as a page shows it."""

    sort: str  # heading | list | words
    lines: tuple[str, ...]


def list_in_force(moment: datetime) -> list[PublishedText]:
    """The versions in force, 用户协议 first; none on a site that has published nothing."""
    return list(db.session.scalars(select_texts_in_force(moment)))


def list_owed(person_id: int, moment: datetime) -> list[PublishedText]:
    """The versions in force that a person has not agreed to."""
    given = set(db.session.scalars(select(Consent.text_id).where(Consent.person_id == person_id)))
    return [one for one in list_in_force(moment) if one.id not in given]


def find_agreed_before(person_id: int, kind: TextKind) -> PublishedText | None:
    """The newest version of a text that a person agreed to."""
    agreed = select(Consent.text_id).where(Consent.person_id == person_id)
    return db.session.scalars(select_text_versions(kind).where(PublishedText.id.in_(agreed))).first()


def find_version(kind: TextKind, version: int, moment: datetime) -> PublishedText | None:
    """A version that is in force or was."""
    begun = PublishedText.effective_at <= moment
    found = select_text_versions(kind).where(PublishedText.version == version, begun)
    return db.session.scalars(found).first()


def list_begun(kind: TextKind, moment: datetime) -> list[PublishedText]:
    """All versions of a text that are in force or were, the newest first."""
    begun = select_text_versions(kind).where(PublishedText.effective_at <= moment)
    return list(db.session.scalars(begun))


def demand_in_force(numbers: Iterable[int], moment: datetime) -> None:
    """Refuse an agreement to other versions than those in force."""
    if sorted(numbers) != sorted(one.id for one in list_in_force(moment)):
        raise TextsChanged


def record_consent(person_id: int, numbers: Iterable[int], *, moment: datetime, address: str) -> None:
    """Note that a person agreed to some versions; what was agreed to before stays as it was."""
    given = set(db.session.scalars(select(Consent.text_id).where(Consent.person_id == person_id)))
    for number in sorted(set(numbers) - given):
        row = Consent(person_id=person_id, text_id=number, agreed_at=moment, address=address)
        try:
            with db.session.begin_nested():
                db.session.add(row)
        except IntegrityError:
            continue  # a double click: the other one noted it


def count_consents() -> dict[int, int]:
    """How many people agreed to each version."""
    counted = select(Consent.text_id, func.count()).group_by(Consent.text_id)
    return {row[0]: row[1] for row in db.session.execute(counted)}


@dataclass(frozen=True, kw_only=True)
class NewVersion:
    """What staff write of the next version of a text."""

    kind: TextKind
    body: str
    changes: str  # what is new, in a few words
    begins: datetime


def publish_version(new: NewVersion, *, by: int, moment: datetime) -> PublishedText:
    """Keep the next version; it is in force from its moment on, and never before an earlier one."""
    newest = db.session.scalars(select_text_versions(new.kind)).first()
    made = PublishedText(
        kind=new.kind,
        version=newest.version + 1 if newest else 1,
        body=new.body,
        changes=new.changes,
        effective_at=max(new.begins, newest.effective_at) if newest else new.begins,
        created_at=moment,
        created_by=by,
    )
    db.session.add(made)
    return made


def take_back(text: PublishedText, moment: datetime) -> None:
    """Give up a version that has not begun; nobody can have agreed to it."""
    if text.effective_at <= moment:
        raise AlreadyInForce
    db.session.execute(delete(PublishedText).where(PublishedText.id == text.id))


def split_blocks(body: str) -> list[Block]:
    """A text as headings, lists and paragraphs; lines that begin alike and follow each other are one list."""
    found: list[Block] = []
    for line in (part.strip() for part in body.split("\n")):
        if not line:
            continue
        sort = "heading" if line.startswith(HEADING) else "list" if line.startswith(ENTRY) else "words"
        words = line.removeprefix(HEADING if sort == "heading" else ENTRY if sort == "list" else "")
        if sort == "list" and found and found[-1].sort == "list":
            found[-1] = Block(sort="list", lines=(*found[-1].lines, words))
        else:
            found.append(Block(sort=sort, lines=(words,)))
    return found
