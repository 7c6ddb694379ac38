"""`flask check`: whether the database holds what no sequence of acts leads to."""

from __future__ import annotations

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError

from domain import checking
from translations import gettext, lazy_gettext

UNREADABLE = lazy_gettext(
    "数据库读不出来或已损坏，检查没有完成（{first}）。请从备份恢复：flask restore --replace FROM。"
)


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(check)


@click.command("check", help="Find impossible states; the exit status is 1 when there are any.")
def check() -> None:
    """Find impossible states; the exit status is 1 when there are any."""
    sound = True
    try:
        for finding in checking.find_impossible_states():
            sound = False
            click.echo(f"{finding.check}: {finding.sentence} [{finding.row}]")
    except DatabaseError as damage:
        raise click.ClickException(UNREADABLE.format(first=str(damage.orig).partition("\n")[0])) from None
    if not sound:
        raise click.exceptions.Exit(1)
    click.echo(gettext("没有发现不应出现的状态。"))
