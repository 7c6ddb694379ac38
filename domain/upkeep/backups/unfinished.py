"""The folder of a backup that is not whole yet: a broken-off run's is removed, nobody else's is touched.

A mark in it says that it is ours, and a lock on the mark that a run is at work, which ends with the process
however it ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from domain.upkeep.backups.refusals import PartialTaken, UnderWay
from translations import gettext

MARK = ".zige-backup"


@contextmanager
def begin_backup(partial: Path) -> Iterator[Path]:
    """An empty folder of our own, which is gone afterwards unless it was finished."""
    _remove_left_over(partial)
    try:
        partial.mkdir(parents=True)
    except FileExistsError:  # begun by another run since
        raise UnderWay from None
    with (partial / MARK).open("w", encoding="ascii") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        try:
            yield partial
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def finish_backup(partial: Path, target: Path) -> None:
    """Give a whole backup its name."""
    (partial / MARK).unlink()
    partial.rename(target)


def _remove_left_over(partial: Path) -> None:
    """Remove what a run of ours left that was broken off; raises BackupRefused for all else that is there."""
    if not os.path.lexists(partial):
        return
    mark = partial / MARK
    if partial.is_symlink() or not mark.is_file():
        raise PartialTaken(gettext("%(reason)s（%(detail)s）", reason=PartialTaken.sentence, detail=partial))
    with mark.open("r", encoding="ascii") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UnderWay from None
        shutil.rmtree(partial)
