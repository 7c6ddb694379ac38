"""The child process in which typst runs: one document after the other, none of which may take all there is.

It is started as a file, with the standard library and typst alone, and ends with the process that started it.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import typst

MEMORY = 1024 * 1024 * 1024  # bytes of addresses: fonts and a sheet take a third of it
USUAL = 400 * 1024  # kB in use; what was beyond it once is not given back
SECONDS = 5  # of computing for one document, should the process that watches the clock be gone
ACCESSIBLE = "ua-1"
LARGEST = 50 * 1024 * 1024  # bytes of one PDF


def serve_documents(number: int, folders: Sequence[str]) -> None:
    """Answer one question after the other, until nobody asks any more."""
    connection = Connection(number)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))
    connection.send_bytes(b"ready")
    while True:
        try:
            question = json.loads(connection.recv_bytes())
        except EOFError:
            return
        _allow_time()
        problem, content = _compile_document(question, fonts)
        spent = _measure_peak() > USUAL
        connection.send_bytes(json.dumps({"problem": problem, "spent": spent}).encode())
        connection.send_bytes(content)


def _compile_document(question: Mapping[str, Any], fonts: typst.Fonts) -> tuple[dict[str, str] | None, bytes]:
    """What went wrong, and the document."""
    try:
        compiler = typst.Compiler(
            question["main"], root=question["root"], font_paths=fonts, sys_inputs=question["inputs"]
        )
        content = _write_pdf(compiler)
    except typst.TypstError as error:
        return _describe_problem(error.message, error.diagnostic), b""
    except (RuntimeError, ValueError, MemoryError) as error:
        return _describe_problem(str(error), ""), b""
    if len(content) > LARGEST:
        return _describe_problem("document too large", ""), b""
    return None, content


def _write_pdf(compiler: typst.Compiler) -> bytes:
    """PDF/UA, which screen readers read whole; a sheet that breaks its rules is tagged all the same."""
    # What comes back is a list only for formats of one file a page.
    try:
        return cast(bytes, compiler.compile(format="pdf", pdf_standards=ACCESSIBLE))
    except typst.TypstError:
        return cast(bytes, compiler.compile(format="pdf"))


def _describe_problem(message: str, diagnostic: str) -> dict[str, str]:
    # A diagnostic draws the line itself, which may be the whole document.
    return {"message": message[:300], "diagnostic": diagnostic[:1_000]}


def _measure_peak() -> int:
    """The most memory that this program ever had in use, in kB."""
    # Linux counts what the process that started us had in use as ours in `ru_maxrss`, through fork and exec;
    # "VmHWM" begins with this program.
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:  # another system
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))


def _allow_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    serve_documents(int(sys.argv[1]), sys.argv[2:])
