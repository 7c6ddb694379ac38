"""`flask vocabulary`: what diagrams may name."""

from __future__ import annotations

import json

import click
from flask import Flask

from domain.diagrams.vocabulary import build_vocabulary
from translations import gettext


def install(app: Flask) -> None:
    """Add the command to the app."""
    app.cli.add_command(vocabulary_command)


@click.command("vocabulary", help="Print everything that a diagram may name, and where it is used.")
@click.option("--sort", help="One sort alone, such as operations or forms.")
@click.option("--json", "as_json", is_flag=True, help="With all details, as JSON.")
def vocabulary_command(sort: str | None, as_json: bool) -> None:
    """Print everything that a diagram may name, and where it is used."""
    found = build_vocabulary()
    if sort is not None and sort not in found:
        known = ", ".join(found)
        raise click.BadParameter(gettext("没有“%(word)s”，可以用：%(known)s。", word=sort, known=known))
    chosen = {name: words for name, words in found.items() if sort in (None, name)}
    if as_json:
        click.echo(json.dumps(chosen, ensure_ascii=False, indent=2))
        return
    for name, words in chosen.items():
        for word in words:
            said = [word["label"]["zh"], word["label"]["en"] or "", ", ".join(word["usedBy"])]
            click.echo("\t".join([name, word["name"], *said]))
