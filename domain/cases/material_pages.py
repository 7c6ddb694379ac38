"""The photographed pages of a material: put in order, turned and cut until they become one version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from domain.outside import page_files
from domain.outside.page_files import WHOLE, Crop, StoredPage
from models import db
from models.cases.applications import Application
from models.cases.materials import MaterialPage, select_material_pages
from models.persons.files import StoredFile

Look = tuple[int, int, tuple[int, ...]]


def list_pages(application: Application, key: str) -> list[MaterialPage]:
    """The pages of one material that are in no version yet, in their order."""
    return group_pages(application).get(key, [])


def group_pages(application: Application) -> dict[str, list[MaterialPage]]:
    """The same of every material that has some."""
    found: dict[str, list[MaterialPage]] = {}
    for page in db.session.scalars(select_material_pages(application.id)):
        found.setdefault(page.key, []).append(page)
    return found


def count_pages(application: Application, key: str) -> int:
    """How many pages wait at one material."""
    waiting = select(func.count()).select_from(MaterialPage)
    own = waiting.where(MaterialPage.application_id == application.id, MaterialPage.key == key)
    return db.session.scalar(own) or 0


def add_pages(application: Application, key: str, stored: Sequence[StoredPage], moment: datetime) -> None:
    """Put pages behind those that are there; where a sheet was found, only the sheet is shown."""
    last = max((page.position for page in list_pages(application, key)), default=0)
    for position, one in enumerate(stored, start=last + 1):
        file = StoredFile(
            key=one.key,
            kind=page_files.KIND,
            name=one.name,
            media_type="image/jpeg",
            size=one.size,
            sha256=one.sha256,
            person_id=application.person_id,
            created_at=moment,
        )
        db.session.add(
            MaterialPage(
                application_id=application.id,
                key=key,
                position=position,
                file=file,
                turn=0,
                crop=list(one.edges) if one.edges else None,
                by_edges=one.edges is not None,
                added_at=moment,
            )
        )


def move_page(pages: Sequence[MaterialPage], page: MaterialPage, by: int) -> None:
    """Let a page change its place with a neighbour; the first and the last have one alone."""
    place = list(pages).index(page)
    if 0 <= place + by < len(pages):
        other = pages[place + by]
        page.position, other.position = other.position, page.position


def turn_page(page: MaterialPage) -> None:
    """Turn a page a quarter clockwise, and what is cut off of it with it."""
    page.turn = (page.turn + 90) % 360
    if page.crop:
        page.crop = list(page_files.turn_crop(tuple(page.crop)))


def crop_page(page: MaterialPage, crop: Crop) -> None:
    """Show a part of a page only, as somebody chose it."""
    page.crop = None if crop == WHOLE else list(crop)
    page.by_edges = False


def delete_pages(pages: Sequence[MaterialPage]) -> None:
    """Forget pages; their files are swept away later."""
    for page in pages:
        db.session.delete(page)


def describe_order(pages: Sequence[MaterialPage]) -> list[Look]:
    """What a version is made of: where it differs afterwards, somebody changed the pages meanwhile."""
    return [(page.id, page.turn, tuple(page.crop or ())) for page in pages]
