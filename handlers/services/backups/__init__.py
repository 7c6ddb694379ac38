"""Backups: the database as of one moment, then the files that it names, then what says that all is there."""

from handlers.services.backups.manifest import Manifest
from handlers.services.backups.refusals import TROUBLES, BackupRefused
from handlers.services.backups.restoring import restore
from handlers.services.backups.saving import save

__all__ = ["TROUBLES", "BackupRefused", "Manifest", "restore", "save"]
