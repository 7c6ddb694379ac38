"""Making a backup: under another name until it is whole."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import current_app

from domain import outside
from domain.upkeep.backups import databases, manifest, unfinished
from domain.upkeep.backups.databases import DatabaseSnapshot
from domain.upkeep.backups.manifest import DATABASES, FILES, SECRET, SUMS, Manifest
from domain.upkeep.backups.refusals import NoTarget, TargetExists, TargetInsideData
from settings import Settings
from settings.declared import HERE
from workflows.clock import wall_time

SECRETS = re.compile(r"key|secret|password|token|credential")
LOGINS = re.compile(r"://[^/@]+:[^/@]+@|access_key")  # addresses with a login in them


def make_backup(target: Path) -> Manifest:
    """Make a backup in a new folder that only its owner reads, and answer what is in it."""
    target = _check_target(target)
    with owner_only_files(), unfinished.begin_backup(target.with_name(f"{target.name}.partial")) as partial:
        made = _fill_backup(partial)
        unfinished.finish_backup(partial, target)
    return made


def _check_target(target: Path) -> Path:
    """Where a target really is; raises BackupRefused when no backup can be made there."""
    place = resolve_folder(target)
    if any(place.is_relative_to(resolve_folder(own)) for own in _data_folders(_current_settings())):
        raise TargetInsideData
    if place.exists():
        raise TargetExists
    return place


def _data_folders(settings: Settings) -> Iterator[Path]:
    yield Path(settings.instance_path)
    store = settings.storage_url.removeprefix("file://")
    if store and "://" not in store:
        yield Path(store)


def resolve_folder(folder: Path) -> Path:
    """A folder without links and dots; raises NoPlace for what cannot be a folder's name."""
    try:
        return Path(os.path.realpath(folder))
    except ValueError:  # a byte of zero, which no file system takes
        raise NoTarget from None


@contextmanager
def owner_only_files() -> Iterator[None]:
    """What is written within is for its owner alone: files 600, folders 700."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _fill_backup(folder: Path) -> Manifest:
    database = DATABASES[databases.database_kind()]
    frozen = databases.save_database(folder / database)
    with (folder / SUMS).open("w", encoding="utf-8") as sums:
        sums.write(f"{manifest.file_digest(folder / database)}  {database}\n")
        missing = []
        for key in frozen.keys:  # after the database: a file is there before the row that names it
            if _copy_file(folder, key):
                sums.write(f"{manifest.file_digest(folder / FILES / key)}  {FILES}/{key}\n")
            else:
                missing.append(key)
        inside = _copy_secret(folder)
        for name in inside:
            sums.write(f"{manifest.file_digest(folder / name)}  {name}\n")
    made = _build_manifest(folder, frozen, missing, inside)
    made.write(folder)
    return made


def _copy_file(folder: Path, key: str) -> bool:
    try:
        content = outside.get_store().get(key)
    except (outside.MissingFile, outside.BadStorageKey):
        return False
    place = folder / FILES / key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return True


def _copy_secret(folder: Path) -> list[str]:
    """The key that development keeps in the instance folder; all others come from the environment."""
    own = Path(_current_settings().instance_path) / SECRET
    if not is_own_key(own, _current_settings().secret_key):
        return []
    (folder / SECRET).write_bytes(own.read_bytes())
    return [SECRET]


def is_own_key(own: Path, key: str) -> bool:
    """Whether a key is the one that development keeps in this file."""
    return own.is_file() and own.read_bytes() == key.encode("utf-8", "surrogateescape")


def _build_manifest(
    folder: Path, frozen: DatabaseSnapshot, missing: list[str], inside: list[str]
) -> Manifest:
    database = DATABASES[databases.database_kind()]
    return Manifest(
        format=manifest.FORMAT,
        version=_product_version(),
        revision=frozen.revision,
        database=databases.database_kind(),
        made_at=wall_time().isoformat(timespec="seconds"),
        files=len(frozen.keys) - len(missing),
        missing=missing,
        secrets_elsewhere=[
            one for one in _secret_settings(_current_settings()) if not (inside and one == "ZIGE_SECRET_KEY")
        ],
        secrets_inside=inside,
        key_fingerprint=manifest.compute_key_fingerprint(_current_settings().secret_key),
        sha256={name: manifest.file_digest(folder / name) for name in (database, SUMS)},
    )


def _secret_settings(settings: Settings) -> list[str]:
    """The settings that hold a secret, by name alone: without them a restored site cannot do its work."""
    found = []
    for one in fields(settings):
        value: Any = getattr(settings, one.name)
        if isinstance(value, str) and value and (SECRETS.search(one.name) or LOGINS.search(value)):
            found.append(f"ZIGE_{one.name.upper()}")
    return found


def _current_settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _product_version() -> str:
    with (HERE / "pyproject.toml").open("rb") as declared:
        return str(tomllib.load(declared)["project"]["version"])
