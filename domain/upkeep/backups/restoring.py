"""Restoring a backup: everything is verified first, the database comes last and in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app

from domain import outside
from domain.outside import file_storage
from domain.upkeep.backups import databases, manifest
from domain.upkeep.backups.manifest import DATABASES, FILES, SECRET, Manifest
from domain.upkeep.backups.refusals import BackupNewer, NoBackup, OtherDatabase, TargetNotEmpty
from domain.upkeep.backups.saving import is_own_key, owner_only_files, resolve_folder
from settings import Settings


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was brought back, and whether this site has another secret key than the one that was saved."""

    manifest: Manifest
    other_key: bool


def restore_backup(source: Path, *, replace: bool) -> Restored:
    """Bring database, files and the key of the instance folder back; a refusal leaves all as it was."""
    if not resolve_folder(source).is_dir():
        raise NoBackup
    found = manifest.read_manifest(source)
    if found.database != databases.database_kind():
        raise OtherDatabase
    keys = manifest.verify_backup(source, found)
    if found.revision not in known_revisions():
        raise BackupNewer
    if not replace and not (databases.is_empty() and next(outside.get_store().kept(), None) is None):
        raise TargetNotEmpty
    other_key = _has_other_key(found)
    with owner_only_files():
        _restore_contents(source, found, keys)
    return Restored(manifest=found, other_key=other_key)


def known_revisions() -> list[str]:
    """The revisions of this version's tables, the newest first."""
    scripts = ScriptDirectory(str(Path(current_app.root_path) / "migrations"))
    return [one.revision for one in scripts.walk_revisions()]


def _restore_contents(source: Path, found: Manifest, keys: list[str]) -> None:
    store, added = outside.get_store(), []
    try:
        for key in keys:  # before the database, as ever: a file is there before the row that names it
            if not store.exists(key):
                added.append(key)
            store.put(key, (source / FILES / key).read_bytes())
        databases.restore_database(source / DATABASES[found.database])
    except BaseException:
        for key in added:
            file_storage.discard_file(key)
        raise
    _restore_secret(source, found)


def _has_other_key(found: Manifest) -> bool:
    """Whether the key that counts here afterwards is another one; older backups do not tell."""
    settings: Settings = current_app.extensions["settings"]
    own = Path(settings.instance_path) / SECRET
    # A key in the instance folder is replaced by that of the backup; one of the environment outweighs both.
    replaced = SECRET in found.secrets_inside and is_own_key(own, settings.secret_key)
    told = found.key_fingerprint
    return bool(told) and not replaced and not manifest.is_of_key(told, settings.secret_key)


def _restore_secret(source: Path, found: Manifest) -> None:
    settings: Settings = current_app.extensions["settings"]
    if SECRET in found.secrets_inside:
        own = Path(settings.instance_path) / SECRET
        own.write_bytes((source / SECRET).read_bytes())
        own.chmod(0o600)
