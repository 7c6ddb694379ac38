"""`flask calendar load`: the published working days, from which the office keeps its own calendar."""

from __future__ import annotations

from datetime import date

import click
from flask import Flask
from flask.cli import AppGroup

from domain.deadlines import calendar
from models.base.database import write_transaction
from translations import gettext, gettext_plural
from workflows.clock import today

group = AppGroup("calendar", help="The calendar of working days.")


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(group)


@group.command("load", help="Add the years around this one that are not there yet; what staff changed stays.")
def load() -> None:
    """Add the years around this one that are not there yet; what staff changed stays."""
    with write_transaction():
        count = load_nearby_years()
    click.echo(
        gettext_plural("已加入 %(num)s 个年份 (%(num)s years added)", num=count)
        if count
        else gettext("这些年份已经有了 (they are there already)")
    )


def load_nearby_years() -> int:
    """From last year to the year after next."""
    year = date.fromisoformat(today()).year
    return calendar.load_years(year - 1, year + 2)
