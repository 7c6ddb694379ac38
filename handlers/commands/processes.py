"""`flask deploy FOLDER` and `flask lint FILE…`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as SQLAlchemyTimeout

from domain.diagrams import deploying, folders
from domain.diagrams.lint_environment import build_environment, build_registered_environment
from handlers.commands import corpus
from handlers.diagrams.figures import PURPOSES
from models import db
from models.base.database import writing
from models.processes.states import TimerPurpose
from translations import gettext, join_clauses, join_words
from workflows import engine
from workflows.diagrams import layout_reader, task_timers
from workflows.diagrams.layout import Figure
from workflows.diagrams.task_timers import TaskTimers
from workflows.engine import Environment, LintProblem, LintRefused
from workflows.engine.lint import lint_files


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(deploy_command)
    app.cli.add_command(lint_command)


@click.command("deploy", help="Deploy all diagrams and rules below FOLDER; what is unchanged stays as it is.")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def deploy_command(folder: Path) -> None:
    """Deploy all diagrams and rules below FOLDER; what is unchanged stays as it is."""
    try:
        deployment = deploy_folder(folder)
    except LintRefused as refused:
        _print_problems(refused.problems)
        raise click.ClickException(refused.sentence) from None
    for one in deployment.definitions:
        if one.changed:
            click.echo(f"{one.sort} {one.key} version {one.version}")
    for key, number in deployment.releases:
        click.echo(f"release {key} {number}")


@click.command(
    "lint",
    help="Check FILES, and all below folders among them, together and name every problem with its element; "
    "without FILES each file below the folder ZIGE_CORPUS by itself.",
)
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
def lint_command(files: tuple[Path, ...]) -> None:
    """Check FILES together and name every problem with its element."""
    if not files:
        corpus.check_folder(corpus.find_folder(), _find_environment(), show=_print_problems)
        return
    sources = _read_named(files)
    problems = lint_files(sources, _find_environment())
    _print_problems(problems)
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)
    for task in task_timers.list_task_timers(layout_reader.read_layouts(sources)):
        click.echo(f"info {task.process}#{task.figure.id} [timers] {_describe_timers(task)}")


def _describe_timers(task: TaskTimers) -> str:
    """The deadline of a task and its reminders, as the diagrams say them."""
    told = [
        gettext("%(purpose)s：%(timers)s", purpose=word, timers=join_words(map(_describe_timer, timers)))
        for purpose, word in PURPOSES.items()
        if (timers := task.list_of(TimerPurpose(purpose)))
    ]
    return join_clauses(told)


def _describe_timer(timer: Figure) -> str:
    return gettext("%(id)s（%(time)s）", id=timer.id, time=timer.time)


def _read_named(files: tuple[Path, ...]) -> dict[str, bytes]:
    """The files by name, or by the way to them where several have one name; of folders what is deployed."""
    named = {path: path.name for path in files if not path.is_dir()}
    for folder in (path for path in files if path.is_dir()):
        if not (found := list(folders.list_files(folder))):
            raise _build_empty_folder(folder)
        named |= {path: path.relative_to(folder).as_posix() for path in found}
    names = Counter(named.values())
    return {name if names[name] == 1 else path.as_posix(): path.read_bytes() for path, name in named.items()}


def _build_empty_folder(folder: Path) -> click.ClickException:
    return click.ClickException(
        gettext("%(folder)s 里没有流程图和规则 (no diagrams and no rules)", folder=folder)
    )


def _find_environment() -> Environment:
    """What is known here; a designer's machine has no database, and nothing deployed."""
    try:
        return build_environment()
    except (DBAPIError, SQLAlchemyTimeout) as error:
        db.session.rollback()
        click.echo(
            gettext(
                "没有可用的数据库：只按已登记的内容检查，不知道部署过什么 (no database that answers: checked "
                "against what is registered; what is deployed is not known)"
            ),
            err=True,
        )
        current_app.logger.debug("linting without a database", exc_info=error)
        return build_registered_environment()


def deploy_folder(folder: Path) -> engine.Deployment:
    """Deploy a folder in one transaction."""
    sources = folders.read_folder(folder)
    if not sources:
        raise _build_empty_folder(folder)
    try:
        deployment = deploying.deploy_sources(sources, by=None)
        db.session.commit()
    finally:
        db.session.rollback()
        writing.set(None)
    return deployment


def _print_problems(problems: list[LintProblem]) -> None:
    for problem in problems:
        place = f"{problem.file}#{problem.element}" if problem.element else problem.file
        click.echo(f"{problem.severity} {place} [{problem.rule}] {problem.message}")
        if problem.path:
            click.echo(gettext("路径：%(path)s", path=" → ".join(problem.path)))
