"""Releases: a process with the versions of all that it reaches, shared by every instance that runs on it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import bindparam, select

from models import db
from models.base.database import table_of
from models.base.errors import DomainError, NotFound
from models.processes.instances import Release
from translations import gettext, lazy_gettext
from workflows.engine.state import specs
from workflows.engine.state.specs import Specs

KEPT = 64  # releases held in memory by one process
RELEASES = table_of(Release)
CURRENT = (
    select(RELEASES.c.id, RELEASES.c.process_key, RELEASES.c.number, RELEASES.c.digest)
    .where(RELEASES.c.process_key == bindparam("key"))
    .order_by(RELEASES.c.number.desc())
    .limit(1)
)


class NoSuchProcess(NotFound):
    """A process that was never deployed."""

    sentence = lazy_gettext("没有部署过这个流程。")


class Newest(NamedTuple):
    """The row of the release that new instances start with."""

    id: int
    process_key: str
    number: int
    digest: str


def find_newest_release(process_key: str) -> Release:
    """The release that new instances start with."""
    return db.session.get_one(Release, find_release_row(process_key).id)


def find_release_row(process_key: str) -> Newest:
    """The row of the release that new instances start with."""
    row = db.session.connection().execute(CURRENT, {"key": process_key}).first()
    if row is None:
        raise NoSuchProcess(gettext("没有部署过流程 %(process_key)s。", process_key=process_key))
    return Newest(*row)


class NoSuchRelease(DomainError):
    """A release that an instance runs on and that is not there."""

    code = "release_lost"
    status = 409  # nothing was saved; an operator has to bring it back first
    sentence = lazy_gettext("流程实例所用的发布版本不存在。")


@lru_cache(maxsize=KEPT)
def find_specs(release_id: int, digest: str) -> Specs:
    """The shared specs of a release; the digest names the content, whatever database it came from."""
    content = db.session.scalar(select(Release.specs).where(Release.id == release_id))
    if content is None:
        raise NoSuchRelease(gettext("流程的发布版本 %(release_id)s 不存在。", release_id=release_id))
    return specs.load_specs(content)
