"""`flask translate`: what there is to translate, and what the catalogues of other languages lack."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from translations import catalogues, gettext, gettext_plural, lazy_gettext

FAULTS = {
    "missing": lazy_gettext("没有译文"),
    "fuzzy": lazy_gettext("译文待核对（fuzzy）"),
    "placeholders": lazy_gettext("占位符与原文不一致"),
    "plural": lazy_gettext("复数形式不全"),
}
NO_LANGUAGE = lazy_gettext("还没有其他语言的译文目录；建立的方法见 translations/README.md。")

translate = AppGroup("translate", help="Collect the sentences of the product, and check their translations.")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(translate)


@translate.command("extract", help="Write build/messages.pot, and bring the catalogues that exist up to it.")
@click.option("--to", type=click.Path(path_type=Path), help="Another place for the template.")
def extract(to: Path | None) -> None:
    """Write build/messages.pot, and bring the catalogues that exist up to it."""
    root = Path(current_app.root_path)
    wanted = catalogues.collect_sentences(root)
    template = to or root / "build" / "messages.pot"
    catalogues.write_catalogue(template, wanted)
    click.echo(gettext_plural("%(num)s 句写入 %(file)s。", num=len(wanted), file=template))
    for language, path in catalogues.find_catalogues(_find_folder()).items():
        catalogue = catalogues.read_catalogue(path, language)
        catalogue.update(wanted)
        catalogues.write_catalogue(path, catalogue)
        click.echo(gettext("已更新 %(file)s。", file=path))
    _say_when_none()


@translate.command(
    "check", help="List what the catalogues lack; the exit status is 1 when there is anything."
)
def check() -> None:
    """List what the catalogues lack; the exit status is 1 when there is anything."""
    if _say_when_none():
        return
    wanted = catalogues.collect_sentences(Path(current_app.root_path))
    sound = True
    for language, path in catalogues.find_catalogues(_find_folder()).items():
        for fault, sentence in catalogues.list_faults(catalogues.read_catalogue(path, language), wanted):
            sound = False
            click.echo(
                gettext(
                    "%(language)s：%(fault)s：%(sentence)s",
                    language=language,
                    fault=FAULTS[fault],
                    sentence=sentence,
                )
            )
    if not sound:
        raise click.exceptions.Exit(1)
    click.echo(gettext("译文齐全。"))


def _find_folder() -> Path:
    return Path(current_app.extensions["babel"].translation_directories[0])


def _say_when_none() -> bool:
    found = catalogues.find_catalogues(_find_folder())
    if not found:
        click.echo(NO_LANGUAGE)
    return not found
