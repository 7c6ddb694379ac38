"""`flask backup` and `flask restore`: a drill with a case under way, and everything that is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import stamp
from sqlalchemy import text

from connectors.storage import new_key
from domain import checking, outside
from domain.upkeep.backups import manifest
from handlers.entry.access import COOKIE
from models import db
from models.base.database import writing
from models.cases.applications import Application, Certificate
from models.persons.files import StoredFile
from models.persons.people import Person
from settings import Settings
from tests import shared_app, stores
from tests.handlers.casework.conftest import SignedIn, World, office, signed_in, world
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered, state_of
from tests.handlers.commands.test_commands import typed
from workflows.clock import LOCAL, now

__all__ = ["office", "registered", "signed_in", "world"]
pytestmark = pytest.mark.found("X13")
MIGRATIONS = str(Path(__file__).parents[3] / "migrations")
PHOTO = b"\xff\xd8\xff the bytes of a photo"
WAY = (
    ("first_review", "first", {"first": "grant"}),
    ("second_review", "second", {"second": "agree"}),
    ("decide", "decider", {"decision": "granted"}),
    ("print_certificate", "certificates", {"printed": "good"}),
    ("hand_over", "certificates", {"received_by": "郑雨桐", "document": "居民身份证"}),
    ("archive_case", "certificates", {"archive_number": "2026-1"}),
)
Damage = Callable[[Path], None]


@pytest.fixture
def under_way(app: Flask, registered: World, signed_in: SignedIn) -> World:
    """A case after the desk, with its photo in the store, and everybody signed in who will go on with it."""
    stamp(directory=MIGRATIONS)
    for _, login, _ in WAY:
        signed_in(login)
    clerk = signed_in("clerk")
    sent = judged(*ALL, materials="conform")
    assert clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=sent).status_code == 302
    add_photo(registered)
    return registered


@pytest.fixture
def saved(app: Flask, under_way: World, tmp_path: Path) -> Path:
    """A backup of it."""
    folder = tmp_path / "backups" / "monday"
    answer = typed(app, "backup", str(folder))
    assert answer.exit_code == 0, answer.output
    return folder


@pytest.fixture
def fresh(saved: Path, app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """An app in a place where nothing is."""
    place = tmp_path / "elsewhere" / "instance"
    with stores.fresh(place) as store, shared_app.opened(store.settings) as other, other.app_context():
        yield other


def add_photo(case: World) -> str:
    """A photo of the case in the store, and the row that names it."""
    key = new_key("photo")
    outside.get_store().put(key, PHOTO)
    writing.set(True)
    own = db.session.get_one(Application, case.application)
    row = StoredFile(
        key=key,
        kind="photo",
        media_type="image/jpeg",
        size=len(PHOTO),
        sha256=hashlib.sha256(PHOTO).hexdigest(),
        person_id=own.person_id,
        created_at=now(),
    )
    db.session.add(row)
    db.session.flush()
    own.photo_id = row.id
    db.session.commit()
    writing.set(None)
    return key


def sign_in(app: Flask, login: str) -> FlaskClient:
    """A browser with the session that was in the backup."""
    client = app.test_client()
    client.set_cookie(COOKIE, f"token of {login}")
    return client


def test_a_running_case_goes_on_to_its_certificate_elsewhere(
    saved: Path, under_way: World, fresh: Flask
) -> None:
    answer = typed(fresh, "restore", str(saved))
    assert answer.exit_code == 0, answer.output
    checked = typed(fresh, "check")
    assert checked.exit_code == 0, checked.output
    assert state_of(under_way) == "pending_decision"
    photo = db.session.get_one(Application, under_way.application).photo
    assert photo is not None
    assert outside.get_store().get(photo.key) == PHOTO
    answer_registers()
    for step, who, kept in WAY:
        client = sign_in(fresh, who)
        send(client, take(client, step), **kept)
    assert state_of(under_way) == "granted"
    assert db.session.query(Certificate).one().archive_number == "2026-1"
    assert checking.list_impossible_states() == []


def test_a_backup_says_what_is_in_it_and_is_for_its_owner_alone(saved: Path, app: Flask) -> None:
    said = json.loads((saved / "manifest.json").read_text("utf-8"))
    assert said["revision"] == db.session.scalar(text("SELECT version_num FROM alembic_version"))
    assert said["database"] == db.engine.dialect.name
    assert said["files"] == 1
    assert {"ZIGE_SECRET_KEY", "ZIGE_SIMULATOR_KEY"} <= {*said["secrets_elsewhere"]}
    everything = [*saved.rglob("*"), saved]
    secret = app.config["SECRET_KEY"].encode()
    assert [one for one in everything if one.is_file() and secret in one.read_bytes()] == []
    assert {f"{one.stat().st_mode & 0o777:o}" for one in everything if one.is_file()} == {"600"}
    assert {f"{one.stat().st_mode & 0o777:o}" for one in everything if one.is_dir()} == {"700"}
    again = typed(app, "backup", str(saved))
    assert again.exit_code == 1
    assert "已经存在" in again.output
    assert not list(saved.parent.glob("*.partial"))


def test_the_key_that_lives_in_the_instance_folder_goes_along(
    app: Flask, under_way: World, fresh: Flask, tmp_path: Path
) -> None:
    own = Path(app.instance_path) / "secret_key"
    own.write_text(app.config["SECRET_KEY"], "ascii")
    with app.app_context():
        said = typed(app, "backup", str(tmp_path / "with_key")).output
        db.session.remove()
    assert "secret_key" in said
    assert "ZIGE_SECRET_KEY" not in said
    assert typed(fresh, "restore", str(tmp_path / "with_key")).exit_code == 0
    brought = Path(fresh.instance_path) / "secret_key"
    assert brought.read_text("ascii") == app.config["SECRET_KEY"]
    assert f"{brought.stat().st_mode & 0o777:o}" == "600"


WARNING = "不是备份时的那一个"


def restored_under(fresh: Flask, folder: Path, key: str) -> str:
    """What is said when a backup is brought back to a site with a secret key."""
    fresh.extensions["settings"] = replace(fresh.extensions["settings"], secret_key=key)
    answer = typed(fresh, "restore", str(folder))
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_what_was_brought_back_is_told_by_its_local_time(saved: Path, fresh: Flask) -> None:
    made = datetime.fromisoformat(json.loads((saved / "manifest.json").read_text("utf-8"))["made_at"])
    there = made.astimezone(LOCAL)
    said = restored_under(fresh, saved, "any key")
    assert f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}" in said
    assert made.isoformat() not in said


def test_a_backup_tells_its_key_from_another_and_not_what_it_is(
    saved: Path, app: Flask, fresh: Flask
) -> None:
    key = app.extensions["settings"].secret_key
    told = json.loads((saved / "manifest.json").read_text("utf-8"))["key_fingerprint"]
    assert manifest.is_of_key(told, key)
    assert not manifest.is_of_key(told, f"{key}x")
    assert (
        manifest.compute_key_fingerprint(key) != told
    )  # fresh salt: two backups do not tell that they have one key
    assert WARNING not in restored_under(fresh, saved, key)


@pytest.mark.parametrize("told", ["", "忘", "忘:00", "00", ":"])
def test_a_manifest_without_a_sound_fingerprint_is_read(saved: Path, fresh: Flask, told: str) -> None:
    rewrite(saved, key_fingerprint=told)
    assert (WARNING in restored_under(fresh, saved, "any key")) == bool(told)


def test_another_key_is_warned_of(saved: Path, fresh: Flask) -> None:
    assert WARNING in restored_under(fresh, saved, "another key of thirty-two characters")


@pytest.mark.parametrize("explicit", [False, True])
def test_a_key_of_the_instance_folder_comes_along_unless_the_environment_has_one(
    app: Flask, under_way: World, fresh: Flask, tmp_path: Path, explicit: bool
) -> None:
    (Path(app.instance_path) / "secret_key").write_text(app.config["SECRET_KEY"], "ascii")
    with app.app_context():
        assert typed(app, "backup", str(tmp_path / "with_key")).exit_code == 0
        db.session.remove()
    own = "the key of the new folder"
    (Path(fresh.instance_path) / "secret_key").write_text(own, "ascii")
    said = restored_under(fresh, tmp_path / "with_key", "the key of the environment" if explicit else own)
    assert (WARNING in said) == explicit


@pytest.mark.corrupts("file_missing")
def test_a_file_that_is_not_there_is_named(app: Flask, under_way: World, tmp_path: Path) -> None:
    own = db.session.get_one(Application, under_way.application)
    assert own.photo is not None
    lost = own.photo.key
    outside.get_store().delete(lost)
    answer = typed(app, "backup", str(tmp_path / "tuesday"))
    assert answer.exit_code == 0
    assert lost in answer.output
    assert json.loads((tmp_path / "tuesday" / "manifest.json").read_text("utf-8"))["missing"] == [lost]


def test_a_backup_names_no_file_that_it_lacks_while_the_site_writes(
    app: Flask, under_way: World, fresh: Flask, tmp_path: Path
) -> None:
    done, written = Event(), Event()

    def write() -> None:
        with app.app_context():
            while not done.is_set():
                add_photo(under_way)
                written.set()
            db.session.remove()

    with ThreadPoolExecutor() as pool, app.app_context():
        uploading = pool.submit(write)
        assert written.wait(60)
        try:
            answer = typed(app, "backup", str(tmp_path / "busy"))
        finally:
            done.set()
            uploading.result()
        db.session.remove()
    assert answer.exit_code == 0, answer.output
    assert typed(fresh, "restore", str(tmp_path / "busy")).exit_code == 0
    checked = typed(fresh, "check")
    assert checked.exit_code == 0, checked.output
    assert db.session.query(StoredFile).count() > 1


def flip(path: Path) -> None:
    """Change one byte in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def rewrite(folder: Path, **values: object) -> None:
    """Change what the manifest says."""
    place = folder / "manifest.json"
    place.write_text(json.dumps(json.loads(place.read_text("utf-8")) | values), "utf-8")


def sum_again(folder: Path) -> None:
    """Make manifest and sums fit whatever is in the folder, as somebody does who forges a backup."""
    parts = [one for one in folder.rglob("*") if one.is_file() and one.suffix != ".json"]
    listed = {str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest() for one in parts}
    listed.pop("SHA256SUMS", None)
    (folder / "SHA256SUMS").write_text("".join(f"{made}  {name}\n" for name, made in listed.items()), "utf-8")
    files = [name for name in listed if name.startswith("files/")]
    made = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    rewrite(folder, sha256={"SHA256SUMS": made}, files=len(files))


def link_outside(folder: Path) -> None:
    """A link among the files to something elsewhere on the machine."""
    (folder / "files" / "photo" / "aa").mkdir(parents=True, exist_ok=True)
    (folder / "files" / "photo" / "aa" / "bb").symlink_to("/etc/passwd")
    sum_again(folder)


def add_foreign_name(folder: Path) -> None:
    """A file under a name that is no key."""
    (folder / "files" / "A b").write_bytes(b"x")
    sum_again(folder)


DAMAGES: dict[str, tuple[Damage, str]] = {
    "database": (lambda folder: flip(next(folder.glob("database.*"))), "已经损坏"),
    "file": (lambda folder: flip(next(one for one in folder.rglob("files/*/*/*"))), "已经损坏"),
    "lost": (lambda folder: next(one for one in folder.rglob("files/*/*/*")).unlink(), "已经损坏"),
    "sums": (lambda folder: flip(folder / "SHA256SUMS"), "已经损坏"),
    "unfinished": (lambda folder: (folder / "manifest.json").unlink(), "已经损坏"),
    "cut": (lambda folder: (folder / "manifest.json").write_text("{", "utf-8"), "已经损坏"),
    "newer": (lambda folder: rewrite(folder, revision="9999"), "更新的系统版本"),
    "other": (lambda folder: rewrite(folder, database="mariadb"), "已经损坏"),
    "list": (lambda folder: rewrite(folder, database=["sqlite"]), "已经损坏"),
    "no sums": (lambda folder: rewrite(folder, sha256=[]), "已经损坏"),
    "number": (lambda folder: rewrite(folder, files="1"), "已经损坏"),
    "deep": (lambda folder: (folder / "manifest.json").write_text("[" * 100_000, "utf-8"), "已经损坏"),
    "key promised": (lambda folder: rewrite(folder, secrets_inside=["secret_key"]), "已经损坏"),
    "link": (link_outside, "已经损坏"),
    "foreign name": (add_foreign_name, "已经损坏"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_cannot_be_restored_leaves_the_target_as_it_was(saved: Path, fresh: Flask, name: str) -> None:
    damage, sentence = DAMAGES[name]
    damage(saved)
    answer = typed(fresh, "restore", str(saved))
    assert answer.exit_code == 1
    assert sentence in answer.output
    assert len(answer.output.strip().splitlines()) == 1
    assert list(outside.get_store().kept()) == []
    with db.engine.connect() as connection:
        assert not db.inspect(connection).get_table_names()


def test_a_place_with_something_in_it_is_replaced_only_when_told(
    app: Flask, saved: Path, under_way: World
) -> None:
    writing.set(True)
    db.session.get_one(Application, under_way.application).mailing_address = "备份之后写的"
    db.session.commit()
    writing.set(None)
    refused = typed(app, "restore", str(saved))
    assert refused.exit_code == 1
    assert "--replace" in refused.output
    assert db.session.get_one(Application, under_way.application).mailing_address == "备份之后写的"
    assert typed(app, "restore", str(saved), "--replace").exit_code == 0
    db.session.expire_all()
    assert db.session.get_one(Application, under_way.application).mailing_address != "备份之后写的"


def test_a_database_that_refuses_takes_the_files_back_out(saved: Path, fresh: Flask) -> None:
    database = next(saved.glob("database.*"))
    database.write_bytes(b"nothing that a database wrote")
    sums = saved / "SHA256SUMS"
    lines = [
        f"{hashlib.sha256(database.read_bytes()).hexdigest()}  {database.name}"
        if database.name in line
        else line
        for line in sums.read_text("utf-8").splitlines()
    ]
    sums.write_text("\n".join(lines) + "\n", "utf-8")
    rewrite(saved, sha256={"SHA256SUMS": hashlib.sha256(sums.read_bytes()).hexdigest()})
    answer = typed(fresh, "restore", str(saved))
    assert answer.exit_code == 1
    assert "没有做任何改动" in answer.output
    assert list(outside.get_store().kept()) == []


def test_a_backup_replaces_what_a_later_version_made(app: Flask, saved: Path, under_way: World) -> None:
    # After a failed upgrade: tables that the backup does not know, and that hold on to those it does.
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE later (person_id INTEGER NOT NULL REFERENCES person (id))"))
        connection.execute(text("INSERT INTO later SELECT id FROM person"))
    answer = typed(app, "restore", str(saved), "--replace")
    assert answer.exit_code == 0, answer.output
    assert "later" not in db.inspect(db.engine).get_table_names()
    assert state_of(under_way) == "pending_decision"
    assert typed(app, "check").exit_code == 0


def ruin(file: Path, how: str) -> None:
    """What a broken disk leaves of a database."""
    content = file.read_bytes()
    for journal in (file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        journal.unlink(missing_ok=True)
    head, middle = content[:8192], len(content) // 2
    hole = head + b"\xff" * (middle - len(head)) + content[middle:]
    file.write_bytes({"rubbish": b"\x5a" * 9000, "cut": content[:middle], "hole": hole}[how])


@pytest.fixture
def on_file(tmp_path: Path) -> Iterator[Flask]:
    """An app on SQLite, whichever database the tests are on, with somebody in it."""
    own = Settings(instance_path=str(tmp_path / "own"), secret_key="only for tests" * 3)
    with shared_app.opened(own, shared_app.LIVE) as app, app.app_context():
        db.create_all()
        stamp(directory=MIGRATIONS)
        writing.set(True)
        person = {
            "kind": "staff",
            "login": "somebody",
            "name": "张三",
            "password_hash": "",
            "created_at": now(),
        }
        db.session.add(Person(**person))
        db.session.commit()
        writing.set(None)
        yield app


@pytest.mark.found("X14")
@pytest.mark.parametrize("how", ["rubbish", "cut", "hole"])
def test_a_ruined_database_is_told_and_replaced(on_file: Flask, tmp_path: Path, how: str) -> None:
    saved = str(tmp_path / "saved")
    assert typed(on_file, "backup", saved).exit_code == 0
    db.session.remove()
    db.engine.dispose()
    file = Path(on_file.instance_path) / "zige.db"
    ruin(file, how)
    told = {
        word: typed(on_file, word, *more)
        for word, more in {"check": [], "backup": [f"{saved}-again"], "restore": [saved]}.items()
    }
    assert [answer.exit_code for answer in told.values()] == [1, 1, 1]
    assert "已损坏" in told["check"].output
    assert "已损坏" in told["backup"].output
    assert "--replace" in told["restore"].output
    answer = typed(on_file, "restore", saved, "--replace")
    assert answer.exit_code == 0, answer.output
    assert db.session.query(Person.name).all() == [("张三",)]
    assert [one for one in file.parent.iterdir() if ".damaged-" in one.name]


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("", "请给出备份文件夹的位置"),
        (" ", "请给出备份文件夹的位置"),
        ("a\0b", "请给出备份文件夹的位置"),
        (".", "已经存在"),
        ("..", "已经存在"),
        ("/", "已经存在"),
        ("{instance}", "不能放在系统自己的数据文件夹里"),
        ("{instance}/files/x", "不能放在系统自己的数据文件夹里"),
        ("{instance}/deep/er", "不能放在系统自己的数据文件夹里"),
        ("{instance}/../{name}/x", "不能放在系统自己的数据文件夹里"),
        ("{link}/x", "不能放在系统自己的数据文件夹里"),
    ],
)
def test_a_place_that_no_backup_can_have_is_refused(
    app: Flask, tmp_path: Path, place: str, sentence: str
) -> None:
    instance = Path(app.instance_path)
    instance.mkdir(parents=True, exist_ok=True)
    (tmp_path / "link").symlink_to(instance)
    before = set(instance.rglob("*"))
    named = place.format(instance=instance, name=instance.name, link=tmp_path / "link")
    answer = typed(app, "backup", named)
    assert (answer.exit_code, len(answer.output.strip().splitlines())) == (1, 1), answer.output
    assert sentence in answer.output
    assert set(instance.rglob("*")) == before


@pytest.mark.parametrize("place", ["{folder}/nothing", "{folder}/file", "a\0b", ""])
def test_a_backup_that_is_not_there_is_not_called_damaged(app: Flask, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    answer = typed(app, "restore", place.format(folder=tmp_path))
    assert (answer.exit_code, len(answer.output.strip().splitlines())) == (1, 1), answer.output
    assert ("没有这个备份文件夹" if "{" in place else "请给出备份文件夹的位置") in answer.output


def test_a_relative_place_is_taken(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp(directory=MIGRATIONS)
    monkeypatch.chdir(tmp_path)
    answer = typed(app, "backup", "sub/../monday")
    assert answer.exit_code == 0, answer.output
    assert (tmp_path / "monday" / "manifest.json").is_file()
