"""What a release holds besides its diagrams: a running case sees the letters, notices and states of its own.

A case whose release was made before such things could be defined sees the newest that are deployed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, select

from models import db
from models.base.database import read_once
from models.base.errors import DomainError
from models.processes.instances import Definition, ProcessInstance, Release, ReleasePart
from models.processes.states import DefinitionSort
from translations import lazy_gettext
from workflows.definitions.files import DefinitionName, read_kept
from workflows.definitions.services import Service
from workflows.definitions.states import PublicState, StateSet

KEPT = 64  # releases held in memory by one process
PLAIN = (DefinitionSort.PROCESS, DefinitionSort.DECISION)  # these the engine reads itself


class UndefinedName(DomainError):
    """Something that no designer has defined: a letter, a notice, a service."""

    code = "undefined"
    status = 409  # nothing was saved; it goes on once it is deployed
    sentence = lazy_gettext("需要的文书、通知、公开状态或服务没有部署，请联系流程设计人员。")


@dataclass(frozen=True, kw_only=True)
class KeptDefinition:
    """One deployed definition with the digest of its content, by which it can be found again."""

    sort: str
    key: str
    value: Any
    sha256: str
    names: frozenset[DefinitionName]  # the definitions that it uses


@dataclass(frozen=True, kw_only=True, eq=False)
class Contents:
    """The definitions of one release."""

    definitions: Mapping[DefinitionName, KeptDefinition]

    def find(self, sort: DefinitionSort, key: str) -> Any | None:
        """A definition of this release, or else the newest one that is deployed."""
        found = self.definitions.get((sort, key))
        return found.value if found is not None else find_newest(sort, key)

    def get(self, sort: DefinitionSort, key: str) -> Any:
        """The same, where there has to be one."""
        found = self.find(sort, key)
        if found is None:
            raise UndefinedName
        return found

    def list_values(self, sort: DefinitionSort) -> list[Any]:
        """All definitions of a sort."""
        return [kept.value for (kind, _), kept in self.definitions.items() if kind == sort]

    def find_service(self, subject: str) -> Service | None:
        """The service of this release, or else the newest one for a subject."""
        own = self.list_values(DefinitionSort.SERVICE)
        return own[0] if own else find_service(subject)

    def find_state(self, name: str | None) -> tuple[PublicState, str] | None:
        """A public state, and the digest of the set in which it stands."""
        if not name:
            return None
        own = [kept for (sort, _), kept in self.definitions.items() if sort == DefinitionSort.STATES]
        found = _find_among(own, name)
        return found if found is not None else _find_among(list_newest(DefinitionSort.STATES), name)


def contents_of(instance_id: int | None) -> Contents:
    """What the release of an instance holds; without one nothing, so that the newest counts."""
    return read_once(("contents", instance_id), lambda: _read_contents(instance_id))


def _read_contents(instance_id: int | None) -> Contents:
    release = find_release(instance_id)
    return Contents(definitions={}) if release is None else find_contents(*release)


def find_release(instance_id: int | None) -> tuple[int, str] | None:
    """The release on which an instance runs, and its digest."""
    return read_once(("release", instance_id), lambda: _read_release(instance_id))


def _read_release(instance_id: int | None) -> tuple[int, str] | None:
    row = db.session.execute(
        select(Release.id, Release.digest)
        .join(ProcessInstance, ProcessInstance.release_id == Release.id)
        .where(ProcessInstance.id == instance_id)
    ).first()
    return None if row is None else (row.id, row.digest)


@lru_cache(maxsize=KEPT)
def find_contents(release_id: int, digest: str) -> Contents:
    """The definitions of a release; the digest names them, whatever database they came from."""
    rows = db.session.execute(
        select(Definition.sort, Definition.key, Definition.source, Definition.sha256)
        .join(ReleasePart, ReleasePart.definition_id == Definition.id)
        .where(ReleasePart.release_id == release_id, Definition.sort.not_in(PLAIN))
    )
    return Contents(definitions={(row.sort, row.key): _build_kept(row) for row in rows})


def find_newest(sort: DefinitionSort, key: str) -> Any | None:
    """The newest deployed definition of this name."""
    newest = select(Definition.sort, Definition.key, Definition.source, Definition.sha256)
    newest = newest.where(Definition.sort == sort, Definition.key == key)
    row = db.session.execute(newest.order_by(Definition.version.desc()).limit(1)).first()
    return None if row is None else _build_kept(row).value


def find_service(subject: str) -> Service | None:
    """The newest deployed service whose cases have the facts of a subject."""
    served = (kept.value for kept in list_newest(DefinitionSort.SERVICE))
    return next((one for one in served if one.subject == subject), None)


def get_service(subject: str) -> Service:
    """The same, where there has to be one."""
    found = find_service(subject)
    if found is None:
        raise UndefinedName
    return found


def list_services() -> list[Service]:
    """All deployed services, in the order of their titles."""
    found = [kept.value for kept in list_newest(DefinitionSort.SERVICE)]
    return sorted(found, key=lambda one: (str.__str__(one.title), one.key))


def find_state_set(sha256: str | None) -> StateSet | None:
    """The set of states with this digest; what was found is kept, as content never changes."""
    if sha256 and sha256 not in _state_sets and (found := _read_state_set(sha256)) is not None:
        _state_sets[sha256] = found
    return _state_sets.get(sha256 or "")


_state_sets: dict[str, StateSet] = {}


def _read_state_set(sha256: str) -> StateSet | None:
    row = db.session.execute(
        select(Definition.sort, Definition.key, Definition.source, Definition.sha256)
        .where(Definition.sort == DefinitionSort.STATES, Definition.sha256 == sha256)
        .limit(1)
    ).first()
    return None if row is None else _build_kept(row).value


def list_kept() -> list[KeptDefinition]:
    """The newest version of each definition, by sort and key."""
    found = _read_newest(Definition.sort.not_in(PLAIN))
    return sorted(found, key=lambda kept: (kept.sort, kept.key))


def list_newest(sort: DefinitionSort) -> list[KeptDefinition]:
    """The newest version of each definition of a sort."""
    return read_once(("newest definitions", sort), lambda: list(_read_newest(Definition.sort == sort)))


def _read_newest(chosen: ColumnElement[bool]) -> Iterator[KeptDefinition]:
    seen = set()
    rows = select(Definition.sort, Definition.key, Definition.source, Definition.sha256).where(chosen)
    for row in db.session.execute(rows.order_by(Definition.version.desc(), Definition.key)):
        if (row.sort, row.key) not in seen:
            seen.add((row.sort, row.key))
            yield _build_kept(row)


def _build_kept(row: Any) -> KeptDefinition:
    found = read_kept(row.sort, row.key, row.source)
    return KeptDefinition(sort=row.sort, key=row.key, value=found.value, sha256=row.sha256, names=found.names)


def _find_among(sets: list[KeptDefinition], name: str) -> tuple[PublicState, str] | None:
    for kept in sets:
        if name in kept.value.states:
            return kept.value.states[name], kept.sha256
    return None
