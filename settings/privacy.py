"""What the processes keep on disk is for the user alone under whom they run."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import make_url

from settings import Settings

OTHERS = 0o077
OWN_FOLDERS = frozenset({"files", "run"})  # the folders that an instance folder has


def close_to_others(settings: Settings) -> None:
    """Make the instance folder, and close it, the database and the secret to other users of the machine.

    Whatever is written from now on is closed too. What is not ours alone, or cannot be changed, is left;
    `flask doctor` names it.
    """
    os.umask(OTHERS)
    folder = Path(settings.instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    for path in private_places(settings):
        with suppress(OSError):
            if path.is_file() or _is_ours(path, folder):
                close_path(path)


def private_places(settings: Settings) -> Iterator[Path]:
    """The folder and the files in it that are private, as far as they are there."""
    folder = Path(settings.instance_path)
    found = (folder, folder / "secret_key", folder / "files", *_database_files(settings))
    # Of /dev/null, named as a database by mistake, nothing is private.
    yield from (path for path in found if path.is_file() or path.is_dir())


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may do anything with it."""
    return bool(stat.S_IMODE(path.stat().st_mode) & OTHERS)


def close_path(path: Path) -> None:
    """Take every right from everybody but the owner."""
    if is_open_to_others(path):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)


def _is_ours(path: Path, folder: Path) -> bool:
    """Whether others have nothing in a folder: /usr, named by mistake, must not be closed to them."""
    if path.stat().st_mode & stat.S_ISVTX:
        return False
    return path != folder or all(one.name in OWN_FOLDERS for one in folder.iterdir() if one.is_dir())


def _database_files(settings: Settings) -> Iterator[Path]:
    url = make_url(settings.database_url or f"sqlite:///{settings.instance_path}/zige.db")
    if url.drivername == "sqlite" and url.database and url.database != ":memory:":
        file = Path(settings.instance_path, url.database)
        yield from (file.with_name(file.name + more) for more in ("", "-wal", "-shm"))
