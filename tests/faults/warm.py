"""Programs in processes of their own that start warm: forked from one that has read the product's modules.

Reading them is two thirds of a start, and the tests of faults start about a hundred processes.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = ["app", "flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "tests.faults.dying"]
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(READ)


def start(words: Sequence[str], environment: Mapping[str, str]) -> ForkServerProcess:
    """A process that does what `python -m` would do with the words."""
    process = _forking.Process(target=_become, args=(list(words), dict(environment)))
    process.start()
    return process


def end(process: ForkServerProcess, patience: float) -> None:
    """Have a process end, whatever it is at."""
    process.terminate()
    process.join(patience)
    if process.exitcode is None:
        process.kill()
        process.join()
    process.close()


def _become(words: list[str], environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = words
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)
