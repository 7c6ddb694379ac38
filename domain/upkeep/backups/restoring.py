"""Restoring a backup: everything is verified first, the database comes last and in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app

from domain import outside
from domain.outside import filing
from domain.upkeep.backups import databases, manifest
from domain.upkeep.backups.manifest import DATABASES, FILES, SECRET, Manifest
from domain.upkeep.backups.refusals import Newer, NoBackup, NotEmpty, OtherDatabase
from domain.upkeep.backups.saving import private, resolved
from settings import Settings


def restore(source: Path, *, replace: bool) -> Manifest:
    """Bring database, files and the key of the instance folder back; a refusal leaves all as it was."""
    if not resolved(source).is_dir():
        raise NoBackup
    found = manifest.read(source)
    if found.database != databases.kind():
        raise OtherDatabase
    keys = manifest.verify(source, found)
    if found.revision not in known_revisions():
        raise Newer
    if not replace and not (databases.is_empty() and next(outside.store().kept(), None) is None):
        raise NotEmpty
    with private():
        _bring_back(source, found, keys)
    return found


def known_revisions() -> list[str]:
    """The revisions of this version's tables, the newest first."""
    scripts = ScriptDirectory(str(Path(current_app.root_path) / "migrations"))
    return [one.revision for one in scripts.walk_revisions()]


def _bring_back(source: Path, found: Manifest, keys: list[str]) -> None:
    store, added = outside.store(), []
    try:
        for key in keys:  # before the database, as ever: a file is there before the row that names it
            if not store.exists(key):
                added.append(key)
            store.put(key, (source / FILES / key).read_bytes())
        databases.load(source / DATABASES[found.database])
    except BaseException:
        for key in added:
            filing.discard(key)
        raise
    _bring_secret_back(source, found)


def _bring_secret_back(source: Path, found: Manifest) -> None:
    settings: Settings = current_app.extensions["settings"]
    if SECRET in found.secrets_inside:
        own = Path(settings.instance_path) / SECRET
        own.write_bytes((source / SECRET).read_bytes())
        own.chmod(0o600)
