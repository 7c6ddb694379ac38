"""Backups: the database as of one moment, then the files that it names, then what says that all is there."""

from domain.upkeep.backups.manifest import Manifest
from domain.upkeep.backups.refusals import TROUBLES, BackupRefused, NoPlace
from domain.upkeep.backups.restoring import restore
from domain.upkeep.backups.saving import save

__all__ = ["TROUBLES", "BackupRefused", "Manifest", "NoPlace", "restore", "save"]
