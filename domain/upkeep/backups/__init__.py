"""Backups: the database as of one moment, then the files that it names, then what says that all is there."""

from domain.upkeep.backups.manifest import Manifest
from domain.upkeep.backups.refusals import TROUBLES, BackupRefused, NoTarget
from domain.upkeep.backups.restoring import Restored, restore_backup
from domain.upkeep.backups.saving import make_backup

__all__ = ["TROUBLES", "BackupRefused", "Manifest", "NoTarget", "Restored", "make_backup", "restore_backup"]
