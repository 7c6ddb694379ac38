"""`flask backup` and `flask restore`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from domain.upkeep import backups
from domain.upkeep.backups.restoring import known_revisions
from domain.wording import dates
from models.base.errors import DomainError
from translations import gettext, gettext_plural, join_words, lazy_gettext, lazy_gettext_plural
from workflows.clock import LOCAL

ELSEWHERE = lazy_gettext("这些密钥不在备份里，请另行妥善保存：{names}")
INSIDE = lazy_gettext("备份里有实例文件夹的密钥（secret_key），请像密码一样保管备份。")
OTHER_KEY = lazy_gettext(
    "注意：这里的 ZIGE_SECRET_KEY 不是备份时的那一个，已经印出的校验码核对不上，已经发出的链接也打不开。"
    "请设回原来的密钥 (this is not the ZIGE_SECRET_KEY that the backup was made with; set that one)。"
)
MISSING = lazy_gettext_plural("有 %(num)s 个文件有记录但在存储中找不到，没有备份：%(names)s")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(backup)
    app.cli.add_command(restore)


@click.command("backup", help="Save database and files into a new folder TO; the site may go on writing.")
@click.argument("to")
def backup(to: str) -> None:
    """Save database and files into a new folder TO; the site may go on writing."""
    try:
        made = backups.make_backup(_parse_folder(to))
    except backups.TROUBLES as refusal:
        raise click.ClickException(_describe_refusal(refusal)) from None
    click.echo(
        gettext_plural(
            "已备份到 %(folder)s：数据库（%(database)s，版本 %(revision)s），文件 %(num)s 个。",
            folder=click.format_filename(to),
            database=made.database,
            revision=made.revision,
            num=made.files,
        )
    )
    if made.missing:
        click.echo(MISSING % {"num": len(made.missing), "names": join_words(made.missing[:10])})
    if made.secrets_inside:
        click.echo(INSIDE)
    click.echo(ELSEWHERE.format(names=join_words(made.secrets_elsewhere) or gettext("无")))


@click.command(
    "restore",
    help="Bring back what `flask backup` saved in the folder FROM; stop web processes and workers first.",
)
@click.argument("source", metavar="FROM")
@click.option("--replace", is_flag=True, help="Replace what is there; without it the target has to be empty.")
def restore(source: str, *, replace: bool) -> None:
    """Bring back what `flask backup` saved in the folder FROM; stop web processes and workers first."""
    try:
        restored = backups.restore_backup(_parse_folder(source), replace=replace)
    except backups.TROUBLES as refusal:
        raise click.ClickException(_describe_refusal(refusal)) from None
    found = restored.manifest
    click.echo(
        gettext_plural(
            "已恢复 %(made_at)s 的备份：版本 %(revision)s，文件 %(num)s 个。",
            made_at=_format_time(found.made_at),
            revision=found.revision,
            num=found.files,
        )
    )
    if found.revision != known_revisions()[0]:
        click.echo(gettext("数据库的版本较旧，请接着运行 flask db upgrade。"))
    if restored.other_key:
        click.echo(OTHER_KEY, err=True)
    click.echo(ELSEWHERE.format(names=join_words(found.secrets_elsewhere) or gettext("无")))


def _parse_folder(words: str) -> Path:
    # An empty word comes of a variable of a script that is not set, and would be the current folder.
    if not words.strip():
        raise backups.NoTarget
    return Path(words)


def _describe_refusal(refusal: Exception) -> str:
    if isinstance(refusal, DomainError):
        return refusal.sentence
    return gettext("文件存储或磁盘出了问题，没有完成：%(refusal)s", refusal=refusal)


def _format_time(text: str) -> str:
    """2026年4月24日 17:00 from the manifest's text, which a hand may have changed."""
    try:
        when = datetime.fromisoformat(text).astimezone(LOCAL)
    except ValueError:
        return text
    return f"{dates.format_day(when)} {when:%H:%M}"
