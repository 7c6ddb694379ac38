"""The database, the files and the counts of tries."""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import URL, make_url

from domain import outside
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from models import db
from settings import Settings
from translations import gettext, lazy_gettext

PATIENCE = 5  # seconds for a server to answer


def _check_database(settings: Settings) -> str:
    url = make_url(settings.database_url or f"sqlite:///{settings.instance_path}/zige.db")
    if url.drivername == "sqlite":
        return _check_sqlite_file(url, settings)
    target = url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        psycopg.connect(target, connect_timeout=PATIENCE).close()
    except psycopg.Error as fault:
        reason = str(fault).partition("\n")[0].strip()
        raise CheckFailed(
            gettext(
                "PostgreSQL 连不上：%(reason)s，请启动它，或者改正 ZIGE_DATABASE_URL (it does not let us in)",
                reason=reason,
            )
        ) from None
    return gettext("PostgreSQL，%(place)s", place=url.host or gettext("本机套接字 (local socket)"))


def _check_sqlite_file(url: URL, settings: Settings) -> str:
    # Opening a connection would make an empty file.
    file = Path(settings.instance_path, url.database or "")
    if not file.is_file():
        raise CheckFailed(
            gettext("%(file)s 没有数据库，请运行 ./zige flask db upgrade (there is no database)", file=file)
        )
    return gettext("SQLite，%(place)s", place=file)


def _check_schema(_settings: Settings) -> str:
    newest = ScriptDirectory(str(Path(current_app.root_path) / "migrations")).get_current_head()
    with db.engine.connect() as connection:
        here = MigrationContext.configure(connection).get_current_revision()
    if here is None:
        raise CheckFailed(gettext("数据库里还没有表，请运行 ./zige flask db upgrade (it has no tables yet)"))
    if here != newest:
        raise CheckFailed(
            gettext(
                "版本是 %(here)s，应为 %(newest)s，请先备份，再运行 ./zige flask db upgrade (%(newest)s "
                "is due)",
                here=here,
                newest=newest,
            )
        )
    return gettext("%(here)s，是最新的 (the newest)", here=here)


def _check_files(_settings: Settings) -> str:
    # A folder of its own: an examined instance stays as it was, and another doctor's trial stays too.
    own, content = f"doctor_{secrets.token_hex(8)}", secrets.token_bytes(64)
    key = f"{own}/trial"
    store = outside.get_store()
    store.put(key, content)
    try:
        if store.get(key) != content:
            raise CheckFailed(
                gettext("写入的内容读出来变了，请检查 ZIGE_STORAGE_URL (what was written comes back changed)")
            )
    finally:
        store.clear(own)
    return gettext("文件可以写入、读取和删除 (files can be written, read and deleted)")


def _check_limit_store(settings: Settings) -> str:
    scheme = settings.limits_url.partition(":")[0]
    if not current_app.extensions["limits"].storage.check():
        raise CheckFailed(
            gettext(
                "ZIGE_LIMITS_URL 的 %(scheme)s 没有应答，请启动它，或者设为 database:// (it does not answer)",
                scheme=scheme,
            )
        )
    return gettext("由 %(scheme)s 计数 (%(scheme)s counts)", scheme=scheme)


DATABASE = "ZIGE_DATABASE_URL"
CHECKS = (
    DoctorCheck(
        what="database",
        called=lazy_gettext("数据库"),
        look=_check_database,
        needs=(DATABASE, "ZIGE_INSTANCE_PATH"),
    ),
    DoctorCheck(
        what="schema", called=lazy_gettext("数据库版本"), look=_check_schema, needs=(DATABASE, "database")
    ),
    DoctorCheck(
        what="files",
        called=lazy_gettext("文件存储"),
        look=_check_files,
        needs=("ZIGE_STORAGE_URL", "ZIGE_INSTANCE_PATH", "instance folder"),
    ),
    DoctorCheck(
        what="limits", called=lazy_gettext("次数限制"), look=_check_limit_store, needs=("ZIGE_LIMITS_URL",)
    ),
)
