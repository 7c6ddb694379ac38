"""What the launcher reads of the environment is understood, or told in one sentence; nothing is guessed."""

from __future__ import annotations

import ast
import errno
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import ports

ROOT = Path(__file__).parents[2]
OLD = (3, 7)  # the oldest Python that knows of annotations that are not evaluated
WRONG = [
    "abc",
    "8_0",
    "0",
    "-1",
    "70000",
    "65536",
    "",
    " ",
    "８０００",
    " 8000",
    "8000\n",
    "0x50",
    "8000.0",
    "08000",
]


def _launch(*words: str, **said: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | said
    command = [sys.executable, ROOT / "zige", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.found("X2")
@pytest.mark.parametrize("name", [ports.WEB, ports.SIMULATOR])
@pytest.mark.parametrize("given", WRONG)
def test_a_port_that_is_none_is_told_in_a_sentence(name: str, given: str) -> None:
    told = _launch("run", **{name: given})
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"zige: {name} 应为 1 到 65535 的整数")
    assert told.stderr.endswith(f"{given!r}\n")
    assert told.stderr.count("\n") == 1


@pytest.mark.found("X2")
@pytest.mark.parametrize("said", [{"ZIGE_PORT": "8001"}, {"ZIGE_PORT": "90", "ZIGE_SIMULATOR_PORT": "90"}])
def test_one_port_for_two_is_told(said: dict[str, str]) -> None:
    told = _launch("run", **said)
    assert told.returncode == 1
    assert re.fullmatch(r"zige: ZIGE_PORT 和 ZIGE_SIMULATOR_PORT 都是 \d+，.*\n", told.stderr)


def test_ports_are_read_as_they_are_written() -> None:
    usual = ports.Ports(web=8000, simulator=8001)
    assert ports.read_ports({}, production=False) == usual
    said = {ports.WEB: "1", ports.SIMULATOR: "65535"}
    assert ports.read_ports(said, production=False) == ports.Ports(web=1, simulator=65535)
    # In production no simulator is started that could want the port.
    assert ports.read_ports({ports.WEB: "8001"}, production=True).web == 8001


@pytest.mark.found("X2")
@pytest.mark.parametrize("mode", ["Production", "prod", "", "development "])
@pytest.mark.parametrize("chore", ["run", "build", "flask"])
def test_a_mode_that_nobody_knows_is_refused(mode: str, chore: str) -> None:
    told = _launch(chore, ZIGE_MODE=mode)
    assert told.returncode == 1
    assert told.stderr.startswith("zige: ZIGE_MODE 只能是 development 或 production")
    assert told.stderr.endswith(f"{mode!r}\n")


def test_help_is_given_whatever_the_environment_says() -> None:
    told = _launch("help", ZIGE_MODE="prod", ZIGE_PORT="abc")
    assert (told.returncode, told.stdout) == (0, _launch("help").stdout)


def test_a_used_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"端口 {port} 已被占用"):
            ports.demand_free(port)
    ports.demand_free(port)


def test_a_port_that_one_may_not_use_is_not_called_taken() -> None:
    refused = ports.explain_refusal(80, PermissionError(errno.EACCES, "Permission denied"))
    assert "没有权限使用端口 80" in refused
    assert "1024" in refused


def test_an_old_python_can_read_as_far_as_its_own_refusal() -> None:
    # Nothing newer may stand in the file: an old Python reads all of it before it runs the first line.
    text = (ROOT / "zige").read_text(encoding="utf-8")
    read = ast.parse(text, feature_version=OLD)
    refusal = next(place for place, one in enumerate(read.body) if isinstance(one, ast.If))
    assert "3.11" in ast.unparse(read.body[refusal])
    before = [one for one in read.body[:refusal] if isinstance(one, ast.Import | ast.ImportFrom)]
    assert [ast.unparse(one) for one in before] == ["from __future__ import annotations", "import sys"]
