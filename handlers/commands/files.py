"""`flask files sweep`: what was stored and is named by nobody."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask
from flask.cli import AppGroup

from domain.outside import file_storage
from models.base.database import write_transaction
from models.base.errors import DomainError
from translations import gettext

group = AppGroup("files", help="Uploaded files.")


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(group)


@group.command(
    "sweep", help="Delete files that no row names, and rows that nothing points to, when they are old enough."
)
@click.option("--hours", type=click.IntRange(1), default=24, help="What is younger stays.")
def sweep(hours: int) -> None:
    """Delete files that no row names, and rows that nothing points to, when they are old enough."""
    age = timedelta(hours=hours)
    with write_transaction():
        rows = file_storage.sweep_rows(age)
    try:
        files = file_storage.sweep_files(age)
    except DomainError as refusal:
        raise click.ClickException(refusal.sentence) from None
    click.echo(
        gettext("已清理没有用到的文件记录 %(rows)s 条、存储中的文件 %(files)s 个。", rows=rows, files=files)
    )
