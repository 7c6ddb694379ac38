"""Making a backup: under another name until it is whole."""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from flask import current_app

from domain import outside
from domain.upkeep.backups import databases, manifest
from domain.upkeep.backups.databases import Frozen
from domain.upkeep.backups.manifest import DATABASES, FILES, SECRET, SUMS, Manifest
from domain.upkeep.backups.refusals import NoPlace, PlaceInside, PlaceTaken
from settings import Settings
from settings.declared import HERE
from workflows.clock import wall

SECRETS = re.compile(r"key|secret|password|token|credential")
LOGINS = re.compile(r"://[^/@]+:[^/@]+@|access_key")  # addresses with a login in them


def save(target: Path) -> Manifest:
    """Make a backup in a new folder that only its owner reads, and answer what is in it."""
    target = _fit_place(target)
    partial = target.with_name(f"{target.name}.partial")
    with private():
        shutil.rmtree(partial, ignore_errors=True)  # what an earlier try left
        partial.mkdir(parents=True)
        try:
            made = _fill(partial)
            partial.rename(target)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return made


def _fit_place(target: Path) -> Path:
    """Where a target really is; raises BackupRefused when no backup can be made there."""
    place = resolved(target)
    if any(place.is_relative_to(resolved(own)) for own in _own_folders(_settings())):
        raise PlaceInside
    if place.exists():
        raise PlaceTaken
    return place


def _own_folders(settings: Settings) -> Iterator[Path]:
    yield Path(settings.instance_path)
    store = settings.storage_url.removeprefix("file://")
    if store and "://" not in store:
        yield Path(store)


def resolved(folder: Path) -> Path:
    """A folder without links and dots; raises NoPlace for what cannot be a folder's name."""
    try:
        return Path(os.path.realpath(folder))
    except ValueError:  # a byte of zero, which no file system takes
        raise NoPlace from None


@contextmanager
def private() -> Iterator[None]:
    """What is written within is for its owner alone: files 600, folders 700."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def _fill(folder: Path) -> Manifest:
    database = DATABASES[databases.kind()]
    frozen = databases.save(folder / database)
    with (folder / SUMS).open("w", encoding="utf-8") as sums:
        sums.write(f"{manifest.digest(folder / database)}  {database}\n")
        missing = []
        for key in frozen.keys:  # after the database: a file is there before the row that names it
            if _keep(folder, key):
                sums.write(f"{manifest.digest(folder / FILES / key)}  {FILES}/{key}\n")
            else:
                missing.append(key)
        inside = _keep_secret(folder)
        for name in inside:
            sums.write(f"{manifest.digest(folder / name)}  {name}\n")
    made = _manifest(folder, frozen, missing, inside)
    made.write(folder)
    return made


def _keep(folder: Path, key: str) -> bool:
    try:
        content = outside.store().get(key)
    except (outside.Missing, outside.BadKey):
        return False
    place = folder / FILES / key
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    return True


def _keep_secret(folder: Path) -> list[str]:
    """The key that development keeps in the instance folder; all others come from the environment."""
    own = Path(_settings().instance_path) / SECRET
    if not own.is_file() or own.read_text(encoding="ascii") != _settings().secret_key:
        return []
    (folder / SECRET).write_bytes(own.read_bytes())
    return [SECRET]


def _manifest(folder: Path, frozen: Frozen, missing: list[str], inside: list[str]) -> Manifest:
    database = DATABASES[databases.kind()]
    return Manifest(
        format=manifest.FORMAT,
        version=_version(),
        revision=frozen.revision,
        database=databases.kind(),
        made_at=wall().isoformat(timespec="seconds"),
        files=len(frozen.keys) - len(missing),
        missing=missing,
        secrets_elsewhere=[one for one in _secrets(_settings()) if not (inside and one == "ZIGE_SECRET_KEY")],
        secrets_inside=inside,
        sha256={name: manifest.digest(folder / name) for name in (database, SUMS)},
    )


def _secrets(settings: Settings) -> list[str]:
    """The settings that hold a secret, by name alone: without them a restored site cannot do its work."""
    found = []
    for one in fields(settings):
        value: Any = getattr(settings, one.name)
        if isinstance(value, str) and value and (SECRETS.search(one.name) or LOGINS.search(value)):
            found.append(f"ZIGE_{one.name.upper()}")
    return found


def _settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def _version() -> str:
    with (HERE / "pyproject.toml").open("rb") as declared:
        return str(tomllib.load(declared)["project"]["version"])
