"""`flask sample load` and `flask sample people`: the invented world, refused in production."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from domain.sample import guidance, people, places, regions
from handlers.commands import calendar
from models.base.database import write_transaction
from translations import gettext
from workflows.clock import now, wall_time

group = AppGroup("sample", help="The sample world of development and tests.")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(group)


@group.command("load", help="Add regions, sample authorities, plans and people; what is there stays.")
def load() -> None:
    """Add regions, sample authorities, plans and people; what is there stays."""
    _refuse_production()
    load_all()
    click.echo(gettext("示例数据已载入 (sample world is loaded)"))


@group.command("people", help="Print who can sign in.")
def show() -> None:
    """Print who can sign in."""
    _refuse_production()
    for role, name, login in people.list_sign_ins():
        click.echo(f"{login:<20} {name}  {role}")
    click.echo(gettext("密码 (password): %(password)s", password=people.PASSWORD))


def load_all() -> None:
    """Load the whole sample world in one transaction."""
    with write_transaction():
        regions.load_regions(Path(current_app.root_path))
        calendar.load_nearby_years()
        places.load_places(now())
        people.load_people(now())
        guidance.load_guidance(wall_time())


def _refuse_production() -> None:
    if current_app.config["PRODUCTION"]:
        raise click.ClickException(gettext("生产环境不能有示例账号 (production refuses sample accounts)"))
