"""Real processes with real environments: what is wrong ends the start, and `flask doctor` explains it."""

from __future__ import annotations

import re
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import requests
from flask import Flask

from domain.upkeep.doctor import stores
from simulator.running import running_simulator
from tests.faults.processes import served
from tests.settings.right import process_environment, production

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds
CHINESE = re.compile("[一-鿿]")
FLASK = [sys.executable, "-m", "flask"]


def ended(command: list[str], given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A process with nothing of Zige in its environment but what is given."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=process_environment(given),
        timeout=PATIENCE,
        check=False,
        text=True,
        capture_output=True,
    )


def lines_of(report: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str]]:
    """The report of the doctor: what, by its English name if it has one → mark and sentence."""
    lines = [line for line in report.stdout.splitlines() if line[:2] in {"✓ ", "✗ ", "– "}]
    found = [line.partition(": ") for line in lines]
    assert all(CHINESE.search(what) or what[2:].isupper() for what, _, _ in found)
    return {what[2:].rpartition(" (")[2].removesuffix(")"): (what[0], told) for what, _, told in found}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder of development with its tables, made by the commands that operators use."""
    folder = tmp_path_factory.mktemp("installation") / "instance"
    made = ended([*FLASK, "db", "upgrade"], {"ZIGE_INSTANCE_PATH": str(folder)})
    assert made.returncode == 0, made.stderr
    return folder


@pytest.mark.found("X2", "X3")
@pytest.mark.parametrize(
    "wrong",
    [
        {"ZIGE_MODE": "Production"},
        {"ZIGE_MODE": "production"},
        {"ZIGE_SESSION_HOURS": "100000", "ZIGE_REGISTERS_TIMEOUT": "nan"},
    ],
)
def test_gunicorn_ends_and_lists_every_sentence(tmp_path: Path, wrong: dict[str, str]) -> None:
    given = {"ZIGE_INSTANCE_PATH": str(tmp_path / "instance")} | wrong
    told = ended([sys.executable, "-m", "gunicorn", "app:create_app()", "--bind", "127.0.0.1:0"], given)
    assert told.returncode != 0
    wanted = {"production": {"ZIGE_SECRET_KEY", "ZIGE_PUBLIC_URL", "ZIGE_SMS_URL", "ZIGE_SMS_KEY"}}
    for name in wanted.get(wrong.get("ZIGE_MODE", ""), set(wrong)):
        assert f"{name}: " in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "instance").exists()


@pytest.mark.found("X3")
def test_a_command_does_not_start_either(tmp_path: Path) -> None:
    told = ended([*FLASK, "worker"], production(tmp_path) | {"FLASK_DEBUG": "1", "ZIGE_MODES": "1"})
    assert told.returncode != 0
    lines = told.stderr.splitlines()
    assert lines[0] == "Zige 没有启动，下列设置不能用 (Zige does not start; these settings are refused):"
    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "FLASK_DEBUG",
        "ZIGE_MODES",
    ]


@pytest.mark.found("X3", "X12")
def test_production_serves_behind_tls(installation: Path) -> None:
    given = production(installation) | {"ZIGE_PROXIES": "1"}
    with served(process_environment(given)) as url:
        front = {"Host": "zige.gov.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        page = answer(f"{url}/account/sign-in", front)
        assert page.status_code == 200
        assert page.headers["Strict-Transport-Security"].startswith("max-age=63072000")
        assert page.headers["Set-Cookie"].startswith("__Host-zige_session=")
        assert "Secure" in page.headers["Set-Cookie"]
        assert "Path=/" in page.headers["Set-Cookie"]
        for host in ("evil.example", "127.0.0.1", "localhost", "zige.gov.example.evil.example", 'a"b'):
            refused = answer(f"{url}/account/sign-in", front | {"Host": host})
            assert (refused.status_code, "evil" in refused.text) == (400, False)
            assert "https://zige.gov.example/" in refused.text
        moved = answer(f"{url}/apply/", front | {"X-Forwarded-Host": "evil.example"})
        assert moved.status_code == 400


def answer(url: str, headers: dict[str, str]) -> requests.Response:
    """Ask again until the server is up; nothing is followed."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with requests.Session() as session:
                session.trust_env = False
                return session.get(url, headers=headers, timeout=PATIENCE, allow_redirects=False)
        except requests.ConnectionError:
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.found("X12")
def test_nobody_else_on_the_machine_may_read_what_is_kept(installation: Path) -> None:
    database = installation / "zige.db"
    for path, mode in ((installation, 0o755), (database, 0o644), (installation / "secret_key", 0o644)):
        path.chmod(mode)
    script = """
from pathlib import Path
from app import create_app
from domain import outside
from models import db
app = create_app()
with app.app_context():
    outside.get_store().put("photo/ab/abc", b"a photo")
    with db.engine.connect() as connection:
        print(connection.exec_driver_sql("PRAGMA synchronous").scalar())
        connection.exec_driver_sql("CREATE TABLE mode_of_files (id INTEGER)")
        connection.exec_driver_sql("DROP TABLE mode_of_files")
        print(*(oct(path.stat().st_mode & 0o777) for path in Path(app.instance_path).glob("zige.db*")))
"""
    told = ended([sys.executable, "-c", script], {"ZIGE_INSTANCE_PATH": str(installation)})
    assert told.stdout.split() == ["2", *["0o600"] * 3], (
        told.stderr
    )  # 2 is FULL; the file, its -wal and its -shm
    for path in (installation, *installation.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.found("X12")
def test_a_folder_that_others_use_is_not_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    made = ended([*FLASK, "routes"], {"ZIGE_INSTANCE_PATH": str(tmp_path)})
    assert made.returncode == 0, made.stderr
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o1777


@pytest.mark.found("X12")
def test_a_folder_that_was_full_of_other_things_is_not_closed_either(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    tmp_path.chmod(0o755)
    given = {"ZIGE_INSTANCE_PATH": str(tmp_path), "ZIGE_DATABASE_URL": "sqlite:////dev/zero"}
    before = Path("/dev/zero").stat().st_mode
    ended([*FLASK, "routes"], given)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert Path("/dev/zero").stat().st_mode == before


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@pytest.mark.found("X3")
def test_the_doctor_works_where_nothing_is_there(tmp_path: Path, free_port: int) -> None:
    given = {
        "ZIGE_INSTANCE_PATH": str(tmp_path / "none"),
        "ZIGE_MODE": "prod",
        "ZIGE_SIMULATOR_URL": f"http://127.0.0.1:{free_port}",
        "ZIGE_FONTS": str(tmp_path),
    }
    told = ended([*FLASK, "doctor"], given)
    found = lines_of(told)
    assert told.returncode == 1, told.stderr
    sentence = "只能是 development 或 production，写法须完全一致"
    assert found["ZIGE_MODE"] == ("✗", f"{sentence} (set it to development or production, exactly so)")
    wrong = sum(mark == "✗" for mark, _ in found.values())
    assert told.stdout.endswith(f"\n有 {wrong} 处需要修好 ({wrong} to mend)。\n")
    assert all(CHINESE.search(sentence) for mark, sentence in found.values() if mark == "✗")
    assert found["instance folder"][0] == found["typefaces"][0] == found["短信"][0] == "✗"
    assert (found["database"][0], found["administrator"][0]) == ("✗", "–")
    assert "start the simulator" in found["实名核验"][1]
    assert not (tmp_path / "none").exists()


@pytest.mark.found("X3")
def test_the_doctor_says_what_to_mend(installation: Path, free_port: int) -> None:
    (installation / "zige.db").chmod(0o644)
    given = {
        "ZIGE_INSTANCE_PATH": str(installation),
        "ZIGE_LIMITS_URL": f"redis://127.0.0.1:{free_port}/0",
        "ZIGE_DEGREES_URL": f"http://127.0.0.1:{free_port}",
    }
    with running_simulator() as simulator:
        told = ended([*FLASK, "doctor"], given | {"ZIGE_SIMULATOR_URL": simulator.url})
        asked = simulator.messages()
    found = lines_of(told)
    wrong = {what: sentence for what, (mark, sentence) in found.items() if mark == "✗"}
    assert told.returncode == 1
    assert set(wrong) == {
        "file modes",
        "limits",
        "regions",
        "calendar",
        "library",
        "administrator",
        "学位证书",
    }
    assert "chmod go-rwx" in wrong["file modes"]
    assert not list((installation / "files").glob("doctor*"))  # what it wrote to try the store is gone
    assert "flask admin create" in wrong["administrator"]
    assert "flask deploy" in wrong["library"]
    assert "ZIGE_DEGREES_URL" in wrong["学位证书"]
    assert found["短信"][0] == "✓"
    assert asked == []


@pytest.mark.found("X3")
def test_two_doctors_at_once_leave_each_other_s_trials(app: Flask) -> None:
    (look,) = (one.look for one in stores.CHECKS if one.what == "files")
    together = Barrier(2)

    def try_often() -> set[str]:
        with app.app_context():
            together.wait(PATIENCE)
            return {look(app.extensions["settings"]) for _ in range(60)}

    with ThreadPoolExecutor(2) as pool:
        doctors = [pool.submit(try_often) for _ in range(2)]
        assert all(len(one.result()) == 1 for one in doctors)


@pytest.mark.found("X3")
def test_the_doctor_names_a_migration_that_is_due(tmp_path: Path) -> None:
    given = {"ZIGE_INSTANCE_PATH": str(tmp_path / "old")}
    assert ended([*FLASK, "db", "upgrade", "0005"], given).returncode == 0
    assert "is due" in lines_of(ended([*FLASK, "doctor"], given))["schema"][1]


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.db"]
)
def test_the_doctor_tells_of_a_database_out_of_reach(installation: Path, url: str) -> None:
    given = {"ZIGE_INSTANCE_PATH": str(installation), "ZIGE_DATABASE_URL": url}
    found = lines_of(ended([*FLASK, "doctor"], given))
    assert found["database"][0] == "✗"
    assert found["schema"] == ("–", "“数据库”修好之前看不了 (not looked at before database is mended)")
