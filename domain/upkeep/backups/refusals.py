"""Why a backup is not made or not restored; nothing was changed."""

from __future__ import annotations

from domain.outside import Silent
from models.base.errors import DomainError
from translations import lazy_gettext


class BackupRefused(DomainError):
    """A backup or a restoration that does not take place."""

    code = "backup_refused"
    sentence = lazy_gettext("备份或恢复没有进行。")


class TargetExists(BackupRefused):
    """Something is there already."""

    sentence = lazy_gettext("备份的目标位置已经存在，没有写入任何内容。请给出一个还不存在的文件夹。")


class PartialTaken(BackupRefused):
    """Where a backup is put together there is something that no backup of ours left."""

    sentence = lazy_gettext(
        "备份要先写入的 .partial 文件夹已经存在，而且不是备份留下的，没有写入任何内容。"
        "请核对后移走，或者另选位置。"
    )


class UnderWay(BackupRefused):
    """Another run writes the same backup."""

    sentence = lazy_gettext("另一次备份正在写入同一个位置，这一次没有写入任何内容。")


class NoTarget(BackupRefused):
    """Words that name no folder."""

    sentence = lazy_gettext("请给出备份文件夹的位置，例如 /backup/2026-05-01。没有写入任何内容。")


class TargetInsideData(BackupRefused):
    """A place among what is to be saved: lost together with it, and swept as an upload that nobody names."""

    sentence = lazy_gettext("备份不能放在系统自己的数据文件夹里，没有写入任何内容。请给出别处的一个文件夹。")


class NoBackup(BackupRefused):
    """Nothing to restore from."""

    sentence = lazy_gettext("没有这个备份文件夹，没有恢复任何内容。请核对位置。")


class NotVersioned(BackupRefused):
    """A database that no migration made."""

    sentence = lazy_gettext("数据库没有版本记录，不能备份。请先运行 flask db upgrade。")


class ToolMissing(BackupRefused):
    """PostgreSQL's own programs are not there."""

    sentence = lazy_gettext(
        "没有找到 PostgreSQL 的 pg_dump、pg_restore 和 psql，请安装与服务器同版本的客户端。"
    )


class DatabaseFailed(BackupRefused):
    """The database's own program gave up."""

    sentence = lazy_gettext("数据库的备份或恢复没有完成，没有做任何改动。")


class DatabaseUnreadable(BackupRefused):
    """A database that cannot be read, or not in all its parts."""

    sentence = lazy_gettext(
        "数据库读不出来或已损坏，没有备份。请从以前的备份恢复（flask restore --replace）。"
    )


class BackupDamaged(BackupRefused):
    """A backup that is not as it was written."""

    sentence = lazy_gettext("备份已经损坏或者不完整，没有恢复任何内容。")


class OtherDatabase(BackupRefused):
    """A backup of SQLite for PostgreSQL, or the reverse."""

    sentence = lazy_gettext("备份来自另一种数据库，不能恢复到这里，没有做任何改动。")


class BackupNewer(BackupRefused):
    """A backup whose tables this version does not know."""

    sentence = lazy_gettext("备份由更新的系统版本制作，本版本不能恢复，没有做任何改动。请先升级系统。")


class TargetNotEmpty(BackupRefused):
    """A target in which there is something."""

    sentence = lazy_gettext("这里已有数据或文件，没有恢复任何内容。确实要替换的，请加上 --replace。")


TROUBLES = (DomainError, Silent, OSError)  # what a command tells in a sentence instead of failing
