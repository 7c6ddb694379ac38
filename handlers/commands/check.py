"""`flask check`: whether the database holds what no sequence of acts leads to."""

from __future__ import annotations

import click
from flask import Flask

from domain import checking
from translations import gettext


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(check)


@click.command("check", help="Find impossible states; the exit status is 1 when there are any.")
def check() -> None:
    """Find impossible states; the exit status is 1 when there are any."""
    sound = True
    for finding in checking.find_impossible_states():
        sound = False
        click.echo(f"{finding.check}: {finding.sentence} [{finding.row}]")
    if not sound:
        raise click.exceptions.Exit(1)
    click.echo(gettext("没有发现不应出现的状态。"))
