"""The launcher offers what exists, and repeats a step only when its sources changed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from launcher.installation import Installation

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def zige() -> ModuleType:
    """The launcher as a module; it has no .py ending."""
    spec = spec_from_loader("zige", SourceFileLoader("zige", str(ROOT / "zige")))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _launch(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "zige", *words], capture_output=True, text=True, check=False)


def test_help_lists_every_chore_with_a_sentence(zige: ModuleType) -> None:
    told = _launch("help")
    assert told.returncode == 0
    for name, chore in zige.available().items():
        assert f"  {name} " in told.stdout
        assert f"{chore.sentence}\n" in told.stdout
        assert any(letter > "\u4e00" for letter in chore.sentence)


def test_a_chore_is_offered_only_when_its_program_exists(zige: ModuleType) -> None:
    for name, needed in zige.NEEDS.items():
        assert (name in zige.available()) == (ROOT / needed).exists()


def test_an_unknown_chore_fails_and_shows_the_list() -> None:
    told = _launch("brew")
    assert told.returncode == 1
    assert "brew" in told.stderr
    assert "./zige" in told.stdout


def test_a_step_is_repeated_only_when_its_sources_change(zige: ModuleType, tmp_path: Path) -> None:
    source, stamp = tmp_path / "list.txt", tmp_path / "stamps" / "list"
    source.write_text("one", encoding="utf-8")
    taken = []

    def step() -> None:
        zige.once(stamp, lambda: zige.fingerprint([source]), lambda: taken.append(source.read_text("utf-8")))

    step()
    step()
    source.write_text("two", encoding="utf-8")
    step()
    assert taken == ["one", "two"]


def test_a_failed_step_leaves_no_stamp(zige: ModuleType, tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError("no network")

    with pytest.raises(OSError, match="no network"):
        zige.once(tmp_path / "stamp", lambda: "digest", fail)
    assert not (tmp_path / "stamp").exists()


def test_a_missing_venv_module_names_the_package(zige: ModuleType) -> None:
    with pytest.raises(SystemExit) as stopped:
        zige.need_modules("no_such_module_of_python")
    assert f"python3.{sys.version_info[1]}-venv" in str(stopped.value)


@pytest.mark.found("T3")
def test_help_says_the_same_without_docstrings() -> None:
    command = [sys.executable, "-OO", ROOT / "zige", "help"]
    bare = subprocess.run(command, capture_output=True, text=True, check=True)
    assert bare.stdout == _launch("help").stdout


@pytest.mark.found("X3")
def test_production_starts_no_simulator(tmp_path: Path) -> None:
    started = {
        port: [one.name for one in _site(tmp_path, simulator_port=port).programs()] for port in (None, 1)
    }
    assert started == {
        None: ["web", "front", "worker"],
        1: ["web", "front", "worker", "simulator"],
    }
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    assert [line.partition(":")[0] for line in lines] == ["web", "worker"]


@pytest.mark.found("X5")
@pytest.mark.parametrize("given", ["many", "", "-1", "１", " 1"])
def test_the_app_believes_our_front_and_the_balancers_before_it(tmp_path: Path, given: str) -> None:
    site = _site(tmp_path, simulator_port=None)
    assert (site.proxies, site.behind_front()["ZIGE_PROXIES"]) == (0, "1")
    balanced = replace(site, environment={"ZIGE_PROXIES": "2"})
    assert (balanced.proxies, balanced.behind_front()["ZIGE_PROXIES"]) == (2, "3")
    with pytest.raises(SystemExit, match="ZIGE_PROXIES"):
        _ = replace(site, environment={"ZIGE_PROXIES": given}).proxies


def _site(folder: Path, simulator_port: int | None) -> Installation:
    places = {"root": ROOT, "programs_folder": Path("/bin"), "instance": folder}
    return Installation(**places, port=1, simulator_port=simulator_port, environment={})


@pytest.mark.found("X12")
@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_requirement_is_locked_by_hash(name: str) -> None:
    lock = (ROOT / f"{name}.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([a-z0-9.-]+)==([^ ;]+)", lock, re.MULTILINE))
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert lock.startswith("--only-binary :all:\n")
    for line in (ROOT / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "-c")):
            wanted, _, version = line.partition("==")
            plain = re.sub(r"[-_.]+", "-", wanted.partition("[")[0]).lower()
            assert locked.get(plain) == version, f"{line}: run ./zige lock"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "constraints.txt"])
def test_every_requirement_is_exact_and_listed_once(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-c"))]
    assert all(line.count("==") == 1 for line in wanted)
    assert len({line.partition("==")[0].lower() for line in wanted}) == len(wanted)


@pytest.mark.found("T3")
def test_every_command_says_its_sentence_in_its_declaration() -> None:
    for file in (ROOT / "handlers" / "commands").glob("*.py"):
        for found in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(found, ast.Call) and ast.unparse(found.func).endswith((".command", "AppGroup")):
                assert "help" in {word.arg for word in found.keywords}, (file.name, ast.unparse(found))
