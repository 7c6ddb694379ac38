"""What a command says when the database does not let it work: what to do, instead of a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import click
from flask import Flask

from models.base.database_faults import DATABASE_ERRORS, DatabaseFault, classify_fault, find_driver_error
from translations import lazy_gettext

REPORTING = "reports_database_faults"
SENTENCES = {
    DatabaseFault.UNREACHABLE: lazy_gettext(
        "连不上数据库，没有完成（{said}）。请启动数据库，或者改正 ZIGE_DATABASE_URL，再运行 flask doctor "
        "(the database cannot be reached)。"
    ),
    DatabaseFault.UNPREPARED: lazy_gettext(
        "数据库里还没有这个版本的表，没有完成（{said}）。请先备份已有的数据，再运行 flask db upgrade "
        "(the tables are missing or older)。"
    ),
    DatabaseFault.BUSY: lazy_gettext("数据库正忙，没有完成（{said}）。请稍后再运行 (the database is busy)。"),
    DatabaseFault.FULL: lazy_gettext("磁盘已满，没有完成（{said}）。请腾出空间后再运行 (the disk is full)。"),
    DatabaseFault.DAMAGED: lazy_gettext(
        "数据库读不出来或已损坏，没有完成（{said}）。请从备份恢复：flask restore --replace FROM "
        "(the database is damaged)。"
    ),
}


def install(app: Flask) -> None:
    """Let every command that was added so far say it."""
    for command in _walk_commands(app.cli):
        if command.callback is not None and not hasattr(command.callback, REPORTING):  # one for all apps
            command.callback = report_faults(command.callback)


def report_faults(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same, with a sentence in place of what a database raises that is out of order."""

    @wraps(act)
    def reporting(*words: Any, **options: Any) -> Any:
        try:
            return act(*words, **options)
        except DATABASE_ERRORS as error:
            fault = classify_fault(error)
            if fault is None:
                raise
            said = str(find_driver_error(error)).partition("\n")[0].strip()
            raise click.ClickException(SENTENCES[fault].format(said=said)) from None

    setattr(reporting, REPORTING, True)
    return reporting


def _walk_commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from _walk_commands(command)
