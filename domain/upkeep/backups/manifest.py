"""What a backup says of itself: a manifest, and the digest of every part as `sha256sum -c` reads it."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from domain.outside import is_key
from domain.upkeep.backups.refusals import BackupDamaged

FORMAT = 1
NAME, SUMS, FILES, SECRET = "manifest.json", "SHA256SUMS", "files", "secret_key"
DATABASES = {"sqlite": "database.db", "postgresql": "database.dump"}
CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is in a backup, and which secrets it does not hold."""

    format: int
    version: str  # of the product
    revision: str  # of the tables
    database: str  # sqlite | postgresql
    made_at: str
    files: int
    missing: list[str] = field(default_factory=list)  # keys that a row names and the store did not have
    secrets_elsewhere: list[str] = field(default_factory=list)  # settings to be kept apart from the backup
    secrets_inside: list[str] = field(default_factory=list)
    key_fingerprint: str = (
        ""  # of ZIGE_SECRET_KEY, which cannot be found out from it; older backups have none
    )
    sha256: dict[str, str] = field(default_factory=dict)  # of the database and of the list of all parts

    def write(self, folder: Path) -> None:
        """Put it into the folder; the last act of a backup."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=2, sort_keys=True)
        (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup."""
    try:
        found = msgspec.json.decode((folder / NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise BackupDamaged from error
    if found.format != FORMAT or found.database not in DATABASES:
        raise BackupDamaged
    return found


def compute_key_fingerprint(key: str, salt: str = "") -> str:
    """What tells a key from another and not what it is: scrypt, so that guessing is slow, with fresh salt."""
    salt = salt or secrets.token_hex(16)
    made = hashlib.scrypt(os.fsencode(key), salt=os.fsencode(salt), n=2**14, r=8, p=1)
    return f"{salt}:{made.hex()}"


def is_of_key(found: str, key: str) -> bool:
    """Whether a fingerprint is that of a key."""
    made = compute_key_fingerprint(key, found.partition(":")[0])
    return hmac.compare_digest(os.fsencode(found), os.fsencode(made))


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    made = hashlib.sha256()
    with path.open("rb") as content:
        while chunk := content.read(CHUNK):
            made.update(chunk)
    return made.hexdigest()


def verify_backup(folder: Path, manifest: Manifest) -> list[str]:
    """The keys of the files, after every part was found as it was written and nothing else beside them."""
    try:
        if file_digest(folder / SUMS) != manifest.sha256[SUMS]:
            raise BackupDamaged
        listed = {name: wanted for wanted, name in _listed_parts(folder)}
        whole = all(_is_as_written(folder, name, wanted) for name, wanted in listed.items())
    except (OSError, KeyError, ValueError) as error:
        raise BackupDamaged from error
    keys = [name.removeprefix(f"{FILES}/") for name in listed if name.startswith(f"{FILES}/")]
    needed = {DATABASES[manifest.database], *manifest.secrets_inside}
    if not whole or len(keys) != manifest.files or not needed <= set(listed):
        raise BackupDamaged
    return keys


def _is_as_written(folder: Path, name: str, wanted: str) -> bool:
    # A link in a backup that somebody else made could bring in what stands elsewhere on this machine.
    inside = (folder / name).resolve().is_relative_to(folder.resolve())
    return inside and file_digest(folder / name) == wanted


def _listed_parts(folder: Path) -> Iterator[tuple[str, str]]:
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        wanted, name = line.split("  ", 1)
        if ".." in name or name.startswith("/") or not is_key(name.removeprefix(f"{FILES}/")):
            raise ValueError(name)
        yield wanted, name
