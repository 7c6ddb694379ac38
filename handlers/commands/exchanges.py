"""`flask exchanges blank`: raw answers of registers are kept no longer than they are wanted."""

from __future__ import annotations

from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup

from domain.upkeep import exchanges
from handlers.commands.recordings import EARLIEST
from models.base.database import write_transaction
from translations import gettext, gettext_plural
from workflows.clock import LOCAL

group = AppGroup("exchanges", help="What registers and channels were asked and answered.")


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(group)


@group.command("blank", help="Blank the raw answers to questions from before a day.")
@click.option("--asked-before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day.")
@click.option("--dry-run", is_flag=True, help="Count them and change nothing.")
def blank(asked_before: datetime, *, dry_run: bool) -> None:
    """Blank the raw answers to questions from before a day; hash, time and outcome stay."""
    if asked_before.year < EARLIEST:
        raise click.BadParameter(gettext("年份须不早于 %(year)s (the year is too early)", year=EARLIEST))
    before = asked_before.replace(tzinfo=LOCAL)
    if dry_run:
        number = exchanges.count_raw(before)
        click.echo(gettext_plural("可以清除 %(num)s 条核验库原始应答，没有改动。", num=number))
        return
    click.echo(gettext_plural("已清除 %(num)s 条核验库原始应答。", num=_blank_all(before)))


def _blank_all(before: datetime) -> int:
    number = 0
    while True:
        with write_transaction():
            blanked = exchanges.blank_slice(before)
        if not blanked:
            return number
        number += blanked
