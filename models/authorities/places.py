"""Regions, authorities and confirmation sites."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authorities.states import RegionLevel
from models.base.columns import Word
from models.base.database import Model, db, read_lasting, read_once
from translations import join_facts


class Region(Model):
    """An administrative division (GB/T 2260), six digits."""

    __tablename__ = "region"
    __table_args__ = (Index("ix_region_parent", "parent_code"),)

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    level: Mapped[RegionLevel] = mapped_column(Word(RegionLevel, 10))
    parent_code: Mapped[str | None] = mapped_column(String(6))


class Authority(Model):
    """An authority (认定机构) that decides on some kinds of qualification."""

    __tablename__ = "authority"
    __table_args__ = (UniqueConstraint("certificate_code"), Index("ix_authority_region", "region_code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    level: Mapped[RegionLevel] = mapped_column(Word(RegionLevel, 10))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    certificate_code: Mapped[str] = mapped_column(String(5))  # digits 5 to 9 of its certificate numbers
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    hours: Mapped[str] = mapped_column(String(100), default="")
    email: Mapped[str] = mapped_column(String(200), default="")  # where 邮件咨询 goes; empty: it takes none

    kinds: Mapped[list[AuthorityKind]] = relationship(back_populates="authority")
    region: Mapped[Region] = relationship()

    @property
    def contact(self) -> dict[str, str]:
        """Whom applicants ask, and when somebody is there."""
        return {"name": self.name, "phone": self.phone, "hours": self.hours}

    @property
    def contact_line(self) -> str:
        """The same in one line, as far as it is known."""
        return join_facts(self.contact.values())

    @property
    def short_contact(self) -> str:
        """The name and the telephone, for within a sentence."""
        return join_facts((self.name, self.phone))


class AuthorityKind(Model):
    """A kind of qualification that an authority decides on: law gives the default, provinces shift it."""

    __tablename__ = "authority_kind"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(24), primary_key=True)

    authority: Mapped[Authority] = relationship(back_populates="kinds")


class Site(Model):
    """A confirmation site (确认点); one site may serve several authorities."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")


def find_region(code: str | None) -> Region | None:
    """The region of a code."""
    return read_lasting(("region", code), lambda: _read_region(code)) if code else None


def _read_region(code: str) -> Region | None:
    """One statement reads those above it too, whose codes begin alike (GB/T 2260): a page names them all."""
    above = {code[:2] + "0000", code[:4] + "00"}
    rows = db.session.scalars(select(Region).where(Region.code.in_({code, *above})))
    found = {row.code: row for row in rows}
    for one in above - {code}:
        read_lasting(("region", one), lambda one=one: found.get(one))  # type: ignore[misc]
    return found.get(code)


def find_place_name(place: str | None) -> str:
    """What the site or authority that a post names ("site:3") is called; empty when there is none."""
    sort, _, number = (place or "").partition(":")
    if sort not in ("site", "authority") or not number.isdigit():
        return ""
    model: Any = Site if sort == "site" else Authority
    found = read_once(("place", place), lambda: db.session.get(model, int(number)))
    return str(found.name) if found else ""


def select_offices(region: str = "") -> Select[Authority]:
    """The authorities within a region of two, four or six digits, or all, in the order of their regions."""
    found = select(Authority).where(Authority.region_code.startswith(region, autoescape=True))
    return found.order_by(Authority.region_code, Authority.id)


def select_mail_offices() -> Select[Authority]:
    """The authorities that take letters, in the order of their regions."""
    return select_offices().where(Authority.email != "")
