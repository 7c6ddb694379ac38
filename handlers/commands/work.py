"""`flask worker`, `flask tick`, `flask clock advance` and `flask jobs retry`."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from handlers import numbers
from models import db
from models.database import writing
from models.errors import DomainError
from workflows import clock, engine, jobs
from workflows.worker import Worker

clock_group = AppGroup("clock", help="The test clock.")
jobs_group = AppGroup("jobs", help="Jobs and incidents.")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (worker_command, tick, clock_group, jobs_group):
        app.cli.add_command(command)


@click.command("worker")
def worker_command() -> None:
    """Run jobs and timers until stopped."""
    Worker(app=current_app._get_current_object()).run()  # type: ignore[attr-defined]


@click.command("tick")
def tick() -> None:
    """Run once what is due now."""
    counts = Worker(app=current_app._get_current_object()).run_once()  # type: ignore[attr-defined]
    click.echo(f"jobs {counts.jobs}, timers {counts.timers}")


@clock_group.command("advance")
@click.argument("duration")
def advance(duration: str) -> None:
    """Move the test clock forward by an ISO 8601 DURATION such as P3D."""
    writing.set(True)
    try:
        moment = clock.advance(engine.duration_of(duration))
    except DomainError as refusal:
        raise click.ClickException(refusal.sentence) from None
    db.session.commit()
    click.echo(moment.astimezone(clock.LOCAL).isoformat(timespec="seconds"))


@jobs_group.command("dead")
def dead() -> None:
    """List the jobs that failed for good."""
    for job in db.session.scalars(jobs.incidents()):
        click.echo(f"{job.id} {job.operation} {job.error}")


@jobs_group.command("retry")
@click.argument("job_id", type=click.IntRange(1, numbers.MOST))
def retry(job_id: int) -> None:
    """Set a dead job due again."""
    writing.set(True)
    try:
        jobs.revive(job_id)
    except DomainError as refusal:
        raise click.ClickException(refusal.sentence) from None
    db.session.commit()
