"""Releases: a process with the versions of all that it reaches, shared by every instance that runs on it."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any

from sqlalchemy import bindparam, select

from models import db
from models.base.errors import DomainError, NotFound
from models.processes.instances import Release
from translations import gettext, lazy_gettext
from workflows.engine.state import specs
from workflows.engine.state.specs import Specs

KEPT = 64  # releases held in memory by one process
RELEASES: Any = Release.__table__
CURRENT = (
    select(RELEASES.c.id, RELEASES.c.process_key, RELEASES.c.number, RELEASES.c.digest)
    .where(RELEASES.c.process_key == bindparam("key"))
    .order_by(RELEASES.c.number.desc())
    .limit(1)
)


class NoSuchProcess(NotFound):
    """A process that was never deployed."""

    sentence = lazy_gettext("没有部署过这个流程。")


def find_newest_release(process_key: str) -> Release:
    """The release that new instances start with."""
    return db.session.get_one(Release, find_release_row(process_key).id)


def find_release_row(process_key: str) -> Any:
    """The row of the release that new instances start with: id, process_key, number, digest."""
    row = db.session.connection().execute(CURRENT, {"key": process_key}).first()
    if row is None:
        raise NoSuchProcess(gettext("没有部署过流程 %(process_key)s。", process_key=process_key))
    return row


class NoSuchRelease(DomainError):
    """A release that an instance runs on and that is not there."""

    code = "release_lost"
    status = 409  # nothing was saved; an operator has to bring it back first
    sentence = lazy_gettext("流程实例所用的发布版本不存在。")


_loaded: OrderedDict[str, Specs] = OrderedDict()
_lock = Lock()


def find_specs(release_id: int, digest: str) -> Specs:
    """The shared specs of a release; the digest names the content, whatever database it came from."""
    with _lock:
        found = _loaded.get(digest)
        if found is not None:
            _loaded.move_to_end(digest)
            return found
    content = db.session.scalar(select(Release.specs).where(Release.id == release_id))
    if content is None:
        raise NoSuchRelease(gettext("流程的发布版本 %(release_id)s 不存在。", release_id=release_id))
    made = specs.load_specs(content)
    with _lock:
        _loaded[digest] = made
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return made
