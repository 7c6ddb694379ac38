"""`flask worker`, `flask tick`, `flask clock advance`, `flask jobs list` and `flask jobs retry`."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from handlers import numbers
from handlers.aside import written_aside
from models import db
from models.errors import DomainError
from models.process import Job
from workflows import clock, engine, jobs
from workflows.worker import Worker

clock_group = AppGroup("clock", help="The test clock.")
jobs_group = AppGroup("jobs", help="Jobs and incidents.")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    for command in (worker_command, tick, clock_group, jobs_group):
        app.cli.add_command(command)


@click.command("worker", help="Run jobs and timers until stopped.")
def worker_command() -> None:
    """Run jobs and timers until stopped."""
    Worker(app=current_app._get_current_object()).run()  # type: ignore[attr-defined]


@click.command("tick", help="Run once what is due now.")
def tick() -> None:
    """Run once what is due now."""
    counts = Worker(app=current_app._get_current_object()).run_once()  # type: ignore[attr-defined]
    click.echo(f"jobs {counts.jobs}, timers {counts.timers}")


@clock_group.command("advance", help="Move the test clock forward by an ISO 8601 DURATION such as P3D.")
@click.argument("duration")
def advance(duration: str) -> None:
    """Move the test clock forward by an ISO 8601 DURATION such as P3D."""
    try:
        with written_aside():
            moment = clock.advance(engine.duration_of(duration))
    except DomainError as refusal:
        raise click.ClickException(refusal.sentence) from None
    click.echo(moment.astimezone(clock.LOCAL).isoformat(timespec="seconds"))


@jobs_group.command(
    "list",
    help="List what is not done: number, state, operation, case, tries, when it is due, the last error.",
)
@click.option("--dead", is_flag=True, help="Incidents only: what failed for good.")
def list_jobs(dead: bool) -> None:
    """List what is not done: number, state, operation, case, tries, when it is due, the last error."""
    for job, key in db.session.execute(jobs.incidents() if dead else jobs.unsettled()):
        click.echo(_line(job, key))


def _line(job: Job, key: str | None) -> str:
    due = job.run_at.astimezone(clock.LOCAL).isoformat(timespec="seconds")
    parts = (job.id, job.state, job.operation, key or "-", job.attempts, due, job.error or "")
    return " ".join(str(part) for part in parts).rstrip()


@jobs_group.command("retry", help="Set a dead job due again.")
@click.argument("job_id", type=click.IntRange(1, numbers.MOST))
def retry(job_id: int) -> None:
    """Set a dead job due again."""
    try:
        with written_aside():
            jobs.revive(job_id)
    except DomainError as refusal:
        raise click.ClickException(refusal.sentence) from None
