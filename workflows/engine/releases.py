"""Deploying definitions and locking releases: what a process reaches, at the versions of one moment."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Select, bindparam, func, select

from models import db
from models.errors import NotFound
from models.process import Definition, Release
from workflows.clock import now
from workflows.engine import decisions, drawings, problems, specs, xml
from workflows.engine.drawings import Drawing
from workflows.engine.environment import Environment
from workflows.engine.problems import LintRefused
from workflows.engine.specs import Specs

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


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One definition as it stands after a deployment."""

    sort: str  # process | decision
    key: str
    version: int
    changed: bool


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What a deployment led to: definitions, and releases of the processes that reach them."""

    definitions: tuple[Deployed, ...]
    releases: tuple[tuple[str, int], ...]  # (process key, number) of the new ones


@dataclass(frozen=True, kw_only=True)
class _Source:
    sort: str
    key: str
    name: str
    file: str
    content: bytes


def deploy(sources: Mapping[str, bytes], *, by: int | None, environment: Environment) -> Deployment:
    """Check, store and release; a refusal stores nothing, the same content changes nothing."""
    _refuse(sources, environment)
    found = [source for name, content in sorted(sources.items()) for source in _read(name, content)]
    deployed = tuple(_store(source, by) for source in found)
    db.session.flush()
    return Deployment(definitions=deployed, releases=tuple(_release_all()))


def newest(process_key: str) -> Release:
    """The release that new instances start with."""
    return db.session.get_one(Release, current(process_key).id)


def current(process_key: str) -> Any:
    """The row of the release that new instances start with: id, process_key, number, digest."""
    row = db.session.connection().execute(CURRENT, {"key": process_key}).first()
    if row is None:
        raise NoSuchProcess(f"没有部署过流程 {process_key}。")
    return row


def _refuse(sources: Mapping[str, bytes], environment: Environment) -> None:
    from workflows.engine.lint import lint

    found = problems.errors_in(lint(sources, environment))
    if found:
        raise LintRefused(found)


def _read(file: str, content: bytes) -> Iterable[_Source]:
    if xml.parse(content, name=file).tag == f"{{{xml.BPMN}}}definitions":
        for drawing in drawings.read(file, content):
            yield _Source(sort="process", key=drawing.key, name=drawing.name, file=file, content=content)
    else:
        for table in decisions.parse_tables(content, name=file):
            yield _Source(sort="decision", key=table.key, name=table.name, file=file, content=content)


def _store(source: _Source, by: int | None) -> Deployed:
    digest = hashlib.sha256(source.content).hexdigest()
    last = db.session.scalar(
        _newest_definitions().where(Definition.key == source.key, Definition.sort == source.sort)
    )
    if last is not None and last.sha256 == digest:
        return Deployed(sort=source.sort, key=source.key, version=last.version, changed=False)
    version = 1 if last is None else last.version + 1
    db.session.add(
        Definition(
            sort=source.sort,
            key=source.key,
            version=version,
            name=source.name,
            file_name=source.file,
            source=source.content,
            sha256=digest,
            deployed_at=now(),
            deployed_by=by,
        )
    )
    return Deployed(sort=source.sort, key=source.key, version=version, changed=True)


def _newest_definitions() -> Select[Definition]:
    versions = (
        select(Definition.sort, Definition.key, func.max(Definition.version).label("version"))
        .group_by(Definition.sort, Definition.key)
        .subquery()
    )
    return select(Definition).join(
        versions,
        (Definition.sort == versions.c.sort)
        & (Definition.key == versions.c.key)
        & (Definition.version == versions.c.version),
    )


def _release_all() -> Iterable[tuple[str, int]]:
    """A new release for each process whose reach is not the same as in its newest one."""
    definitions = {
        (definition.sort, definition.key): definition
        for definition in db.session.scalars(_newest_definitions())
    }
    drawn = {key: _drawing(found) for (sort, key), found in definitions.items() if sort == "process"}
    for key in drawn:
        reached = drawings.reach(key, drawn)
        names = {("process", drawing.key) for drawing in reached}
        names |= {("decision", decision) for drawing in reached for decision in drawing.decisions}
        parts = [definitions[name] for name in sorted(names) if name in definitions]
        number = _next_number(key, _digest(parts))
        if number is not None:
            _release(key, number, parts=parts, content=_parsed(reached, parts))
            yield key, number


def _drawing(definition: Definition) -> Drawing:
    drawn = drawings.read(definition.file_name, definition.source)
    return next(drawing for drawing in drawn if drawing.key == definition.key)


def _digest(parts: list[Definition]) -> str:
    lines = sorted(f"{part.sort} {part.key} {part.sha256}" for part in parts)
    return hashlib.sha256("\n".join([str(specs.FORMAT), *lines]).encode()).hexdigest()


def _next_number(key: str, digest: str) -> int | None:
    """The number of a new release; nothing when the newest one has the same parts."""
    last = db.session.execute(CURRENT, {"key": key}).first()
    if last is None:
        return 1
    return None if last.digest == digest else last.number + 1


def _release(key: str, number: int, *, parts: list[Definition], content: Specs) -> None:
    db.session.add(
        Release(
            process_key=key,
            number=number,
            digest=_digest(parts),
            specs=specs.dump(content),
            created_at=now(),
            parts=parts,
        )
    )
    db.session.flush()


def _parsed(reached: list[Drawing], parts: list[Definition]) -> Specs:
    tables = {
        table.key: table
        for part in parts
        if part.sort == "decision"
        for table in decisions.parse_tables(part.source, name=part.file_name)
    }
    try:
        return specs.parse_one(reached, tables)
    except (LintRefused, specs.NotShareable):
        raise
    except Exception as error:  # the parser raises whatever it meets; designers get a problem with a place
        raise LintRefused([problems.from_exception(error, file=reached[0].file)]) from error


_loaded: OrderedDict[str, Specs] = OrderedDict()
_lock = Lock()


def specs_of(release_id: int, digest: str) -> Specs:
    """The shared specs of a release; the digest names the content, whatever database it came from."""
    with _lock:
        found = _loaded.get(digest)
        if found is not None:
            _loaded.move_to_end(digest)
            return found
    content = db.session.execute(select(Release.specs).where(Release.id == release_id)).scalar_one()
    made = specs.load(content)
    with _lock:
        _loaded[digest] = made
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return made
