"""`flask guidance load`: the questions and texts that a new site begins with."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from domain.site import first_questions, first_texts
from models.base.database import write_transaction
from translations import gettext
from workflows.clock import wall_time

group = AppGroup("guidance", help="Questions and texts of the public site.")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(group)


@group.command("load", help="Add first questions and texts to a site that has none; what is there stays.")
def load() -> None:
    """Add first questions and texts to a site that has none; what is there stays."""
    with write_transaction():
        first_questions.load_first_questions(wall_time())
        first_texts.load_first_texts(wall_time())
    click.echo(gettext("常见问题、用户协议和隐私说明已载入 (questions and texts are loaded)"))
