"""Deploying: everything is read, checked and built while nothing is locked, then stored in one short step.

On SQLite one writer keeps all others out; checking a large file once did so for eleven minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, insert, select

from models import db
from models.base.errors import Changed
from models.processes.instances import Definition, Release, ReleasePart
from models.processes.states import DefinitionSort
from translations import lazy_gettext
from workflows.clock import now
from workflows.definitions import files
from workflows.engine import decisions, reach
from workflows.engine.source import drawings, problems, safe_xml
from workflows.engine.source.drawings import DrawnProcess
from workflows.engine.source.environment import Environment
from workflows.engine.source.problems import LintRefused
from workflows.engine.state import specs
from workflows.engine.state.specs import Specs

DefinitionName = tuple[str, str]  # sort and key of a definition


class DeploymentOvertaken(Changed):
    """A deployment between whose check and storing another one came."""

    sentence = lazy_gettext("检查期间已有其他部署，请再部署一次。")


@dataclass(frozen=True, kw_only=True)
class DeployedDefinition:
    """One definition as it stands after a deployment."""

    sort: str  # process | decision
    key: str
    version: int
    changed: bool


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """What a deployment led to: definitions, and releases of the processes that reach them."""

    definitions: tuple[DeployedDefinition, ...]
    releases: tuple[tuple[str, int], ...]  # (process key, number) of the new ones


@dataclass(frozen=True, kw_only=True)
class DefinitionSource:
    """A definition as its file has it."""

    sort: str
    key: str
    name: str
    file: str
    content: bytes
    sha256: str
    version: int = 0  # 0: not deployed yet


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """What is deployed: the newest version of each definition, and the newest release of each process."""

    definitions: Mapping[DefinitionName, DefinitionSource]
    releases: Mapping[str, tuple[int, str]]  # key → number, digest


@dataclass(frozen=True, kw_only=True)
class BuiltRelease:
    """A release that only has to be stored."""

    key: str
    number: int
    digest: str
    content: bytes
    parts: tuple[DefinitionName, ...]


@dataclass(frozen=True, kw_only=True)
class PreparedDeployment:
    """A deployment that is checked and built against what was deployed at that moment."""

    sources: tuple[DefinitionSource, ...]
    changed: tuple[DefinitionSource, ...]
    releases: tuple[BuiltRelease, ...]
    seen: frozenset[tuple[Any, ...]]


def deploy_files(sources: Mapping[str, bytes], *, by: int | None, environment: Environment) -> Deployment:
    """Check, store and release in the caller's transaction; a refusal stores nothing."""
    return store_deployment(
        prepare_deployment(sources, environment=environment, catalogue=read_catalogue()), by=by
    )


def read_catalogue() -> Catalogue:
    """What is deployed at this moment."""
    columns = (Definition.sort, Definition.key, Definition.version, Definition.name)
    found = db.session.execute(
        _select_newest(*columns, Definition.file_name, Definition.sha256, Definition.source)
    )
    return Catalogue(
        definitions={
            (sort, key): DefinitionSource(
                sort=sort, key=key, version=version, name=name, file=file, sha256=digest, content=content
            )
            for sort, key, version, name, file, digest, content in found
        },
        releases={
            key: (number, digest) for key, number, digest in db.session.execute(_select_newest_releases())
        },
    )


def prepare_deployment(
    sources: Mapping[str, bytes], *, environment: Environment, catalogue: Catalogue
) -> PreparedDeployment:
    """Check files and build the releases they lead to, without the database; raises LintRefused."""
    _refuse_problems(sources, environment)
    found = [source for name, content in sorted(sources.items()) for source in _read_sources(name, content)]
    changed = tuple(_next_version(source, catalogue) for source in found if _is_changed(source, catalogue))
    definitions = {**catalogue.definitions, **{(one.sort, one.key): one for one in changed}}
    return PreparedDeployment(
        sources=tuple(found),
        changed=changed,
        releases=tuple(_build_releases(definitions, catalogue.releases, environment)),
        seen=_build_fingerprint(
            [(one.sort, one.key, one.version) for one in catalogue.definitions.values()],
            [(key, number) for key, (number, _) in catalogue.releases.items()],
        ),
    )


def store_deployment(prepared: PreparedDeployment, *, by: int | None) -> Deployment:
    """Write what was prepared; raises Overtaken when something else was deployed meanwhile."""
    if not _is_current(prepared):
        raise DeploymentOvertaken
    for source in prepared.changed:
        _add_definition(source, by)
    if prepared.releases:
        ids = {(sort, key): number for sort, key, number in db.session.execute(_select_newest_ids())}
        for release in prepared.releases:
            _add_release(release, ids)
    changed = {(one.sort, one.key): one.version for one in prepared.changed}
    versions = {(sort, key): version for sort, key, version in db.session.execute(_select_newest_versions())}
    return Deployment(
        definitions=tuple(
            DeployedDefinition(
                sort=one.sort,
                key=one.key,
                version=versions[one.sort, one.key],
                changed=(one.sort, one.key) in changed,
            )
            for one in prepared.sources
        ),
        releases=tuple((release.key, release.number) for release in prepared.releases),
    )


def _is_current(prepared: PreparedDeployment) -> bool:
    definitions = [tuple(row) for row in db.session.execute(_select_newest_versions())]
    releases = [(key, number) for key, number, _ in db.session.execute(_select_newest_releases())]
    return prepared.seen == _build_fingerprint(definitions, releases)


def _build_fingerprint(definitions: list[Any], releases: list[Any]) -> frozenset[tuple[Any, ...]]:
    return frozenset(definitions) | frozenset(releases)


def _refuse_problems(sources: Mapping[str, bytes], environment: Environment) -> None:
    from workflows.engine.lint import lint_files

    found = problems.errors_in(lint_files(sources, environment))
    if found:
        raise LintRefused(found)


def _refuse_endless(reached: list[DrawnProcess], environment: Environment) -> None:
    """Refuse a process whose calls multiply beyond what one step may run, with those deployed before."""
    from workflows.engine.lint import calls

    if found := calls.check_reached_calls(reached, environment):
        raise LintRefused(found)


def _read_sources(file: str, content: bytes) -> Iterator[DefinitionSource]:
    if files.find_sort(file) is not None:
        for one in files.read_file(file, content):
            yield DefinitionSource(
                sort=one.sort,
                key=one.key,
                name=one.name,
                file=file,
                content=one.content,
                sha256=hashlib.sha256(one.content).hexdigest(),
            )
        return
    digest = hashlib.sha256(content).hexdigest()
    if safe_xml.parse_xml(content, name=file).tag == f"{{{safe_xml.BPMN}}}definitions":
        found = [("process", drawing.key, drawing.name) for drawing in drawings.read_drawings(file, content)]
    else:
        found = [("decision", one.key, one.name) for one in decisions.load_tables(content, name=file)]
    for sort, key, name in found:
        yield DefinitionSource(sort=sort, key=key, name=name, file=file, content=content, sha256=digest)


def _is_changed(source: DefinitionSource, catalogue: Catalogue) -> bool:
    last = catalogue.definitions.get((source.sort, source.key))
    return last is None or last.sha256 != source.sha256


def _next_version(source: DefinitionSource, catalogue: Catalogue) -> DefinitionSource:
    last = catalogue.definitions.get((source.sort, source.key))
    return replace(source, version=1 if last is None else last.version + 1)


def _build_releases(
    definitions: Mapping[DefinitionName, DefinitionSource],
    newest: Mapping[str, tuple[int, str]],
    environment: Environment,
) -> Iterator[BuiltRelease]:
    """A new release for each process whose reach is not the same as in its newest one."""
    drawn = _read_drawings(definitions)
    for key in sorted(drawn):
        reached = drawings.list_reached(key, drawn)
        names = reach.list_names(reached, definitions, environment)
        parts = [definitions[name] for name in sorted(names) if name in definitions]
        digest, (number, last) = _compute_digest(parts), newest.get(key, (0, ""))
        if digest != last:
            _refuse_endless(reached, environment)
            yield BuiltRelease(
                key=key,
                number=number + 1,
                digest=digest,
                content=specs.dump_specs(_parse_specs(reached, parts)),
                parts=tuple((part.sort, part.key) for part in parts),
            )


def _read_drawings(definitions: Mapping[DefinitionName, DefinitionSource]) -> dict[str, DrawnProcess]:
    files: dict[tuple[str, str], list[DrawnProcess]] = {}  # several processes of one file are read once
    drawn: dict[str, DrawnProcess] = {}
    for (sort, key), found in definitions.items():
        if sort == "process":
            file = (found.file, found.sha256)
            if file not in files:
                files[file] = drawings.read_drawings(found.file, found.content)
            drawn[key] = next(drawing for drawing in files[file] if drawing.key == key)
    return drawn


def _compute_digest(parts: list[DefinitionSource]) -> str:
    lines = sorted(f"{part.sort} {part.key} {part.sha256}" for part in parts)
    return hashlib.sha256("\n".join([str(specs.FORMAT), *lines]).encode()).hexdigest()


def _parse_specs(reached: list[DrawnProcess], parts: list[DefinitionSource]) -> Specs:
    tables = {
        table.key: table
        for part in parts
        if part.sort == DefinitionSort.DECISION
        for table in decisions.load_tables(part.content, name=part.file)
    }
    try:
        return specs.parse_process(reached, tables)
    except (LintRefused, specs.NotShareable):
        raise
    except Exception as error:  # the parser raises whatever it meets; designers get a problem with a place
        raise LintRefused([problems.build_from_exception(error, file=reached[0].file)]) from error


def _add_definition(source: DefinitionSource, by: int | None) -> None:
    written = {"name": source.name, "file_name": source.file, "source": source.content}
    db.session.execute(
        insert(Definition).values(
            sort=source.sort,
            key=source.key,
            version=source.version,
            sha256=source.sha256,
            deployed_at=now(),
            deployed_by=by,
            **written,
        )
    )


def _add_release(release: BuiltRelease, ids: Mapping[DefinitionName, int]) -> None:
    values = {"process_key": release.key, "number": release.number, "digest": release.digest}
    made = db.session.scalar(
        insert(Release).values(specs=release.content, created_at=now(), **values).returning(Release.id)
    )
    db.session.execute(
        insert(ReleasePart), [{"release_id": made, "definition_id": ids[part]} for part in release.parts]
    )


def _select_newest(*columns: Any) -> Any:
    versions = (
        select(Definition.sort, Definition.key, func.max(Definition.version).label("version"))
        .group_by(Definition.sort, Definition.key)
        .subquery()
    )
    return select(*columns).join(
        versions,
        (Definition.sort == versions.c.sort)
        & (Definition.key == versions.c.key)
        & (Definition.version == versions.c.version),
    )


def _select_newest_versions() -> Any:
    return select(Definition.sort, Definition.key, func.max(Definition.version)).group_by(
        Definition.sort, Definition.key
    )


def _select_newest_ids() -> Any:
    return _select_newest(Definition.sort, Definition.key, Definition.id)


def _select_newest_releases() -> Any:
    numbers = (
        select(Release.process_key, func.max(Release.number).label("number"))
        .group_by(Release.process_key)
        .subquery()
    )
    return select(Release.process_key, Release.number, Release.digest).join(
        numbers,
        (Release.process_key == numbers.c.process_key) & (Release.number == numbers.c.number),
    )
