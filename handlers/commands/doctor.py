"""`flask doctor`: what is wrong with an installation, and what to do; it works where nothing else starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from flask import Flask

from domain.upkeep.doctor import Examination, ReportLine
from settings import Settings, read_settings
from translations import gettext, gettext_plural

NAME = "doctor"
PROGRAMS = {"flask", "__main__.py"}
MARKS = {True: "✓", False: "✗", None: "–"}
Factory = Callable[[Settings], Flask]


def is_doctor_command(words: Sequence[str]) -> bool:
    """Whether this process is `flask doctor`; Flask makes the app before it looks for the command."""
    plain = len(words) == 2 or (len(words) > 2 and words[1].startswith("-"))  # not `flask deploy doctor`
    return plain and Path(words[0]).name in PROGRAMS and words[-1] == NAME


def make_doctor_app(factory: Factory) -> Flask:
    """An app that needs no settings and has this command alone."""
    app = Flask("waiting_room")
    install(app, factory)
    return app


def install(app: Flask, factory: Factory) -> None:
    """Add the command to the app; the factory starts the one that is examined."""

    @app.cli.command(NAME, help="Look at the whole installation and say what to mend.")
    def doctor() -> None:
        """Look at settings, database, files, registers and contents; exit status 1 when one is wrong."""
        results = [_print_line(one) for one in _examine_installation(factory)]
        wrong = sum(one.good is False for one in results)
        click.echo()
        click.echo(
            gettext_plural("有 %(num)s 处需要修好 (%(num)s to mend)。", num=wrong)
            if wrong
            else gettext("一切正常 (all is well)。")
        )
        if wrong:
            raise click.exceptions.Exit(1)


def _print_line(result: ReportLine) -> ReportLine:
    click.echo(f"{MARKS[result.good]} {result.what}: {result.told}")
    return result


def _examine_installation(factory: Factory) -> Iterator[ReportLine]:
    reading = read_settings(os.environ)
    examination = Examination(settings=reading.settings, refusals=dict(reading.refusals))
    yield from examination.before_start()
    with TemporaryDirectory(prefix="doctor-") as elsewhere:
        yield from examination.started(
            lambda settings: _app_context(factory, _startable_settings(settings, examination, elsewhere))
        )


def _startable_settings(settings: Settings, examination: Examination, elsewhere: str) -> Settings:
    # An instance folder that is missing or refused must not be made by looking at it.
    unfit = {"ZIGE_INSTANCE_PATH"} & examination.refusals.keys() or "instance folder" in examination.bad
    place = elsewhere if unfit else settings.instance_path
    return replace(settings, instance_path=place, secret_key=settings.secret_key or "not asked for")


def _app_context(factory: Factory, settings: Settings) -> AbstractContextManager[object]:
    return factory(settings).app_context()
