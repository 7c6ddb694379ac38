"""`flask worker`, `flask tick`, `flask clock advance`, and what `flask jobs` does with jobs and incidents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from handlers.entry import row_numbers
from models import db
from models.base.database import write_transaction
from models.base.errors import DomainError
from models.cases.notices import AuditEntry
from models.processes.instances import Job
from translations import gettext, lazy_gettext
from workflows import clock, engine
from workflows.background import due_work, incidents
from workflows.background.worker import Worker

LONGEST_REASON = 500
NO_JOB, NO_INCIDENT = lazy_gettext("没有任务。"), lazy_gettext("没有失败的任务。")
LATE = timedelta(minutes=10)  # that something is due without a worker taking it

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


@contextmanager
def report_refusals() -> Iterator[None]:
    """Let a refusal end the command with its sentence."""
    try:
        yield
    except DomainError as refusal:
        raise click.ClickException(refusal.sentence) from None


@clock_group.command("advance", help="Move the test clock forward by an ISO 8601 DURATION such as P3D.")
@click.argument("duration")
def advance(duration: str) -> None:
    """Move the test clock forward by an ISO 8601 DURATION such as P3D."""
    with report_refusals(), write_transaction():
        moment = clock.advance_clock(engine.parse_timedelta(duration))
    click.echo(moment.astimezone(clock.LOCAL).isoformat(timespec="seconds"))


@jobs_group.command(
    "list",
    help="List what is not done: number, state, operation, case, tries, when it is due, the last error.",
)
@click.option("--dead", is_flag=True, help="Incidents only: what failed for good.")
def list_jobs(dead: bool) -> None:
    """List what is not done: number, state, operation, case, tries, when it is due, the last error."""
    found = db.session.execute(incidents.select_dead() if dead else incidents.select_unsettled()).all()
    for job, key in found:
        click.echo(_format_job(job, key))
    if not found:
        click.echo(NO_INCIDENT if dead else NO_JOB)


def _format_local(moment: datetime) -> str:
    return moment.astimezone(clock.LOCAL).isoformat(timespec="seconds")


def _format_job(job: Job, key: str | None) -> str:
    parts = (
        job.id,
        job.state,
        job.operation,
        key or "-",
        job.attempts,
        _format_local(job.run_at),
        job.error or "",
    )
    return " ".join(str(part) for part in parts).rstrip()


def _validate_reason(_context: click.Context, _option: click.Parameter, words: str) -> str:
    if not 0 < len(words.strip()) <= LONGEST_REASON:
        most = LONGEST_REASON
        raise click.BadParameter(
            gettext("请用 1 到 %(most)s 个字说明 (say it in 1 to %(most)s characters)", most=most)
        )
    return words.strip()


@jobs_group.command("retry", help="Set a dead job due again.")
@click.argument("job_id", type=click.IntRange(1, row_numbers.LARGEST_NUMBER))
def retry(job_id: int) -> None:
    """Set a dead job due again."""
    with report_refusals(), write_transaction():
        incidents.revive_job(job_id)


@jobs_group.command("dismiss", help="Let a dead job rest whose case has moved on; the reason is kept.")
@click.argument("job_id", type=click.IntRange(1, row_numbers.LARGEST_NUMBER))
@click.option(
    "--reason", required=True, callback=_validate_reason, help="Why nothing is to be done any more."
)
def dismiss(job_id: int, reason: str) -> None:
    """Let a dead job rest, and note why in the audit log."""
    with report_refusals(), write_transaction():
        incidents.dismiss_job(job_id)
        db.session.add(_audit_dismissal(job_id, reason))


def _audit_dismissal(job_id: int, reason: str) -> AuditEntry:
    job, key = db.session.execute(incidents.select_jobs_with_case().where(Job.id == job_id)).one()
    told = {"job": job.id, "operation": job.operation, "case": key, "error": job.error, "reason": reason}
    return AuditEntry(at=clock.now(), action="job.dismissed", detail=told)


@jobs_group.command("show", help="Show one job: its case and element, its tries, and its whole last error.")
@click.argument("job_id", type=click.IntRange(1, row_numbers.LARGEST_NUMBER))
def show(job_id: int) -> None:
    """Show one job: its case and element, its tries, and the whole of its last error."""
    found = db.session.execute(incidents.select_jobs_with_case().where(Job.id == job_id)).first()
    if found is None:
        raise click.ClickException(incidents.NoSuchJob(job_id).sentence)
    job, key = found
    click.echo(_format_job(job, key))
    click.echo(f"instance {job.instance_id or '-'} element {job.element or '-'} lane {job.lane}")
    click.echo(f"request {job.request_key} parameters {job.parameters}")


def _describe_waiting(longest: datetime | None) -> str:
    if longest is None:
        return gettext("没有到期未办的任务")
    return gettext("等得最久的任务从 %(local)s 起到期未办", local=_format_local(longest))


@jobs_group.command("health", help="Say whether work is done in time; fails when it is not.")
def health() -> None:
    """Say whether work is done in time; the exit status is 1 when there are incidents or no worker works."""
    dead = db.session.scalar(incidents.select_dead_count()) or 0
    longest = due_work.find_due_work().longest
    late = longest is not None and clock.now() - longest > LATE
    click.echo(
        gettext("失败的任务 %(dead)s 项；%(waiting)s。", dead=dead, waiting=_describe_waiting(longest))
    )
    if dead or late:
        raise click.exceptions.Exit(1)
