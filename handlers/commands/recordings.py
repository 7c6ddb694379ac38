"""`flask recordings blank`: what was recorded for replays is kept no longer than it is wanted."""

from __future__ import annotations

from datetime import datetime

import click
from flask import Flask
from flask.cli import AppGroup

from domain.upkeep import recordings
from models.base.database import write_transaction
from translations import gettext, gettext_plural
from workflows.clock import LOCAL

EARLIEST = 1970  # no process ended before
group = AppGroup("recordings", help="What was recorded of processes for their replay.")


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(group)


@group.command("blank", help="Blank the records of processes that ended before a day.")
@click.option("--ended-before", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day.")
@click.option("--dry-run", is_flag=True, help="Count them and change nothing.")
def blank(ended_before: datetime, *, dry_run: bool) -> None:
    """Blank the records of processes that ended before a day."""
    if ended_before.year < EARLIEST:
        raise click.BadParameter(gettext("年份须不早于 %(year)s (the year is too early)", year=EARLIEST))
    before, after, number = ended_before.replace(tzinfo=LOCAL), 0, 0
    while events := recordings.select_recorded(None, before, after):
        after = events[-1].id
        if dry_run:
            number += recordings.count_recorded(events)
            continue
        with write_transaction():
            number += recordings.blank_slice(recordings.select_recorded(None, before, events[0].id - 1))
    told = (
        gettext_plural("可以清除 %(num)s 条过程记录，没有改动。", num=number)
        if dry_run
        else gettext_plural("已清除 %(num)s 条过程记录。", num=number)
    )
    click.echo(told)
