"""`flask regions load`: administrative divisions, needed wherever somebody applies."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from domain.sample import regions
from models.base.database import write_transaction
from translations import gettext, gettext_plural

group = AppGroup("regions", help="Administrative divisions.")


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(group)


@group.command("load", help="Fill the table of regions once, from the package that carries them.")
def load() -> None:
    """Fill the table of regions once, from the package that carries them."""
    with write_transaction():
        count = regions.load_regions(Path(current_app.root_path))
    click.echo(
        gettext_plural("已加入行政区划 %(num)s 个 (%(num)s regions added)", num=count)
        if count
        else gettext("行政区划已经有了 (they are there already)")
    )
