"""Files of anybody, each checked by itself: none may crash the linter, each problem leads to an element."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

from translations import gettext
from workflows.engine import Environment, LintProblem
from workflows.engine.lint import lint_files

FOLDER = "ZIGE_CORPUS"  # names the folder when no files are named
KINDS = (".bpmn", ".dmn", ".bpmn20.xml")
OF_WHOLE_FILES = ("file-kind", "more", "too-many-files", "bad-file-name")


def find_folder() -> Path:
    """The folder that is set; refuses when none is."""
    if not (folder := os.environ.get(FOLDER)):
        raise click.UsageError(
            gettext("请写出文件，或设置 %(variable)s (name FILES, or set the variable)", variable=FOLDER)
        )
    return Path(folder)


def check_folder(
    folder: Path, environment: Environment, *, show: Callable[[list[LintProblem]], None]
) -> None:
    """Check each file below a folder, and end with 1 when one crashed or a problem leads nowhere."""
    found = Counter[str]()
    for path in sorted(folder.rglob("*")):
        if path.name.lower().endswith(KINDS):
            found += _check_file(path, environment, show)
    click.echo(
        gettext(
            "%(accepted)s 个可以部署，%(refused)s 个需要修改；%(crashed)s 个出错，%(lost)s 处没有指明元素 "
            "(accepted, refused, crashed, problems without an element)",
            accepted=found["accepted"],
            refused=found["refused"],
            crashed=found["crashed"],
            lost=found["lost"],
        )
    )
    if found["crashed"] or found["lost"]:
        raise SystemExit(1)


def _check_file(
    path: Path, environment: Environment, show: Callable[[list[LintProblem]], None]
) -> Counter[str]:
    try:
        problems = lint_files({path.name: path.read_bytes()}, environment)
    except Exception as error:
        click.echo(f"crashed {path.as_posix()} {type(error).__name__}: {error}")
        return Counter(crashed=1)
    show([replace(problem, file=path.as_posix()) for problem in problems])
    refused = any(problem.severity == "error" for problem in problems)
    lost = sum(not _leads_anywhere(problem) for problem in problems)
    return Counter({"refused" if refused else "accepted": 1, "lost": lost})


def _leads_anywhere(problem: LintProblem) -> bool:
    """Whether a problem names an element; what cannot be read at all has none."""
    return problem.element is not None or problem.rule in OF_WHOLE_FILES or problem.rule.startswith("xml-")
