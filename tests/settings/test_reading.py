"""What each setting takes, what production refuses, and that everything wrong is told at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import make_url

from settings import CHANNELS, REGISTERS, Settings, SettingsRefused, load_settings, read_settings
from tests.settings.right import KEY, production

WRONG = (
    *(("MODE", mode, "development or production") for mode in (
        "Production", "prod", "PRODUCTION", "", "test", " production")
    ),
    *(("TEST_CLOCK", flag, "1 for yes or 0 for no") for flag in ("maybe", "2", "", "ja", "-1", "none")),
    *(("SESSION_HOURS", hours, "from 1 to 24") for hours in (
        "100000", "0", "-8", "8.5", "eight", "nan", "", "1e3", "9" * 5000)
    ),
    *(("IDLE_MINUTES", minutes, "from 5 to 240") for minutes in ("0", "-30", "4", "241", "inf")),
    *(("CLAIM_MINUTES", minutes, "from 1 to 1440") for minutes in ("0", "-1", "1441", "PT30M")),
    *(("OPERATOR_EMAIL", address, "one mail address") for address in ("operators", "a@b c", "a@b.cn,c@d.cn")),
    *(("REGISTERS_TIMEOUT", seconds, "from 0.1 to 60") for seconds in (
        "nan", "inf", "-inf", "0", "-5", "61", "5s", "")
    ),
    *(("PROXIES", number, "from 0 to 10") for number in ("-1", "11", "one", "1.0", "nan")),
    *(("PORT", port, "from 1 to 65535") for port in ("0", "65536", "-1", "http")),
    *(("SIMULATOR_PORT", port, "from 1 to 65535") for port in ("0", "99999")),
    *(("DRAFT_LIMIT", limit, "ISO 8601 duration") for limit in (
        "2H", "PT", "P", "", "PT0M", "-PT2H", "P8D", "P1M", "PT2H30", "2 hours", "PT2.5H", "P1DT")
    ),
    *(
        ("PUBLIC_URL", url, "without a path")
        for url in (
            "zige.example", "https://", "https://zige.example/site", "ftp://zige.example",
            "https://a b.example", "https://u:p@zige.example", "https://zige.example?x=1",
            "https://zige.example#x", "https://zige.example:99999", "https://zige.example:0",
            "https://zige..example", "https://-zige.example/", "https:/zige.example", "",
            "https://zige.example:", "javascript:alert(1)", "https://zige.example\n",
            "https://127.1", "https://2130706433", "https://0x7f000001", "https://zige.example#",
            "https://zige.example/?", "https://zige.0x1"
        )
    ),
    *(("IDENTITY_URL", url, "https://registers.example") for url in (
        "registers", "http://", "https://r.example?key=1", "https://r.example:x", "https://[::1",
        "gopher://r.example", "https://me@r.example")
    ),
    *(("SMS_KEY", key, "visible ASCII") for key in (
        "with blank", "line\nbreak", "钥匙钥匙钥匙钥匙", "\ttabbed-key-1")
    ),
    *(("DATABASE_URL", url, "postgresql+psycopg://") for url in (
        "postgres://u@h/d", "postgresql://u@h/d", "mysql://h/d", "postgresql+psycopg://u@h",
        "zige.db", "postgresql+psycopg://u@h:x/d", "postgresql+psycopg://u@h:0/d",
        "postgresql+psycopg://u@h:99999/d", "sqlite://host/x", "sqlite:///x.db?timeout=abc",
        "sqlite:///a\0b")
    ),
    *(("STORAGE_URL", place, "absolute path of a folder") for place in (
        "files", "s3://", "gs://bucket", "file:files", "http://h/b", "file://host/f", "/a\0b",
        "s3://[b/x?region=a", "https://[::1", "s3://b?region=a&endpoint=garbage", "s3://b b?region=a",
        "s3://b:p@c?region=a", "s3://bucket/x\ny?region=a", "/", "file:///", "/srv/..")
    ),
    ("STORAGE_URL", "s3://bucket/folder?endpoint=http://h", "region"),
    *(("LIMITS_URL", url, "database://") for url in (
        "redis", "memory", "redis://", "mongodb://h", "", "://", "database:",
        "redis+sentinel://x", "redis+sentinel://h:abc/x", "redis+cluster://garbage", "redis://h?db=x",
        "redis://h/0?socket_timeout=abc", "redis://h/99999999", "redis+unix://", "rediss://h/x")
    ),
    *(("INSTANCE_PATH", folder, "absolute path of a folder") for folder in (
        "instance", "", "./x", "~/zige", "/var/lib/" + "a" * 300, "/var/lib/\udcff", "/var/lib/a\nb",
        "/", "//", "/var/..")
    ),
    *(("SECRET_KEY", key, "can be seen") for key in (f" {KEY}", f"{KEY}\n", f"{KEY}\udcff", f"\t{KEY}")),
    *(("SESSION_HOURS", hours, "from 1 to 24") for hours in ("1_0", "１２", "٣", " 5 ", "5\n", "+5", "0x5")),
    *(("REGISTERS_TIMEOUT", seconds, "from 0.1 to 60") for seconds in ("1_0", "５", " 5", "5.", "1e1")),
    *(("SIMULATOR_DATABASE", file, "path of a file") for file in ("", "a\0b", "a\nb", "instance/")),
    ("PORT", "8_0", "from 1 to 65535"),
    ("DRAFT_LIMIT", "P１D", "from 10 minutes to 168 hours"),
    ("FONTS", "fonts", "absolute path of a folder"),
    *(("RARE_FONTS", some, "absolute path of a folder") for some in ("fonts", "/usr/share/fonts:fonts")),
)  # fmt: skip
REFUSED_IN_PRODUCTION = (
    *(("ZIGE_SECRET_KEY", key, "32 random characters") for key in ("", "short", "x" * 31)),
    *(
        ("ZIGE_SECRET_KEY", key, "can be guessed")
        for key in (
            "a" * 36, "ab" * 20, "0123456789" * 4, "abcdefghijklmnopqrstuvwxyz0123456789",
            "qwertyuiopasdfghjklzxcvbnm1234567890", "passwordpasswordpasswordpassword",
            "change-me-before-going-live-please-1", "zige-secret-key-of-the-bureau-2026-x",
            "only for tests" * 3, "correct horse battery staple correct horse", "教师资格" * 9,
            "aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbcccc"
        )
    ),
    *(("ZIGE_TEST_CLOCK", flag, "set it to 0") for flag in ("1", "true", "on")),
    *(("FLASK_DEBUG", flag, "leave it out") for flag in ("1", "true", "yes", "on")),
    *(("ZIGE_PUBLIC_URL", url, "https://zige.example") for url in (
        "https://localhost", "http://127.0.0.1:8000", "https://127.8.9.1", "https://[::1]",
        "https://zige.localhost", "https://0.0.0.0", "https://LOCALHOST:8443",
        "https://[::ffff:127.0.0.1]")
    ),
    ("ZIGE_PUBLIC_URL", "http://zige.gov.example", "begins with https://"),
    ("ZIGE_LIMITS_URL", "memory://", "database:// or redis://"),
    *(("ZIGE_DATABASE_URL", url, "lost at every restart") for url in (
        "sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?cache=shared",
        "sqlite:///file:zige?mode=memory&uri=true")
    ),
    ("ZIGE_SIMULATOR_URL", "https://registers.gov.example", "leave it out"),
    ("ZIGE_SIMULATOR_KEY", "another-key-1", "leave it out"),
    *(("ZIGE_IDENTITY_URL", url, "the simulator") for url in (
        "http://127.0.0.1:8001", "http://localhost:8001/", "http://[::1]:8001/v1",
        "https://simulator.gov.example")
    ),
    *(("ZIGE_IDENTITY_URL", url, "nobody answers") for url in (
        "http://255.255.255.255", "https://192.0.2.1", "https://224.0.0.1", "https://[2001:db8::1]/v1",
        "https://0.0.0.0:9000")
    ),
    *(("ZIGE_EXAMS_KEY", key, "anybody can guess") for key in ("zige-key", "exams-key", "exams-token")),
    ("ZIGE_IDENTITY_URL", "http://registers.gov.example", "https:// address"),
    ("ZIGE_MAIL_URL", "", "set the address of 电子邮件"),
    ("ZIGE_SMS_KEY", "", "credential that 短信 gave you"),
    *(("ZIGE_DEGREES_KEY", key, "8 characters or more") for key in ("short", "aaaaaaaaaaaa")),
    *(("ZIGE_DEGREES_KEY", key, "anybody can guess") for key in ("12345678", "changeme", "test1234")),
    *(("ZIGE_DEGREES_KEY", key, "the simulator's key") for key in ("simulator", "Simulator")),
    ("ZIGE_IDENTITY_URL", "http://169.254.169.254/latest", "https:// address"),
    *(("WEB_CONCURRENCY", number, "from 1 to 64") for number in ("0", "-1", "two", "", "500")),
)  # fmt: skip


CHINESE_FIRST = re.compile(r".{0,4}[一-鿿].* \(.+\)")


def refusals(environment: dict[str, str]) -> dict[str, str]:
    """What the start says of an environment."""
    with pytest.raises(SettingsRefused) as refused:
        load_settings(environment)
    return dict(refused.value.refusals)


@pytest.mark.found("X2", "X3")
@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_a_value_that_does_not_fit_is_refused(name: str, value: str, sentence: str) -> None:
    told = refusals({f"ZIGE_{name}": value})
    assert list(told) == [f"ZIGE_{name}"]
    assert sentence in told[f"ZIGE_{name}"]
    assert CHINESE_FIRST.fullmatch(told[f"ZIGE_{name}"])


@pytest.mark.found("X3")
@pytest.mark.parametrize(("name", "value", "sentence"), REFUSED_IN_PRODUCTION)
def test_production_refuses_what_development_takes(
    tmp_path: Path, name: str, value: str, sentence: str
) -> None:
    told = refusals(production(tmp_path) | {name: value})
    assert list(told) == [name]
    assert sentence in told[name]
    assert CHINESE_FIRST.fullmatch(told[name])


@pytest.mark.found("X3")
@pytest.mark.parametrize("name", sorted(production("/")))
def test_production_needs_each_of_these(tmp_path: Path, name: str) -> None:
    given = production(tmp_path)
    del given[name]
    fit = {"ZIGE_MODE", "ZIGE_INSTANCE_PATH", "ZIGE_LIMITS_URL"}  # their defaults are
    told = {} if name in fit else refusals(given)
    assert list(told) == ([] if name in fit else [name])


def test_right_settings_of_production_are_taken(tmp_path: Path) -> None:
    found = load_settings(production(tmp_path))
    assert (found.production, found.secure, found.test_clock) == (True, True, False)
    assert found.trusted_hosts == ["zige.gov.example"]
    assert not (tmp_path / "secret_key").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ZIGE_TEST_CLOCK", "0"),
        ("ZIGE_PUBLIC_URL", "https://zige.gov.example/"),
        ("ZIGE_PUBLIC_URL", "HTTPS://zige.gov.example"),
        ("WEB_CONCURRENCY", "4"),
        ("ZIGE_LIMITS_URL", "database://"),
        ("ZIGE_DATABASE_URL", "postgresql+psycopg://zige@db.internal/zige"),
        ("ZIGE_DATABASE_URL", "postgresql+psycopg:///zige?host=/run/postgresql"),
        ("ZIGE_DATABASE_URL", "sqlite:////var/lib/zige/zige.db"),
        ("ZIGE_STORAGE_URL", "s3://bucket/zige?endpoint=https://store.gov.example&region=cn"),
        ("ZIGE_STORAGE_URL", "/srv/zige/files"),
        ("ZIGE_IDENTITY_URL", "http://10.1.2.3:9000/identity"),
        ("ZIGE_IDENTITY_URL", "http://127.0.0.1:9001"),
        ("ZIGE_IDENTITY_URL", "http://forwarder:9000"),
        ("ZIGE_SECRET_KEY", "c06c85e2f05983bfd40f190fa04de93d"),
        ("ZIGE_SECRET_KEY", "eb022648-fc5a-47a4-a4b8-9afc7d0f020f"),
        ("ZIGE_DRAFT_LIMIT", "P1DT12H30M"),
        ("ZIGE_SESSION_HOURS", "24"),
        ("ZIGE_IDLE_MINUTES", "5"),
        ("ZIGE_OPERATOR_EMAIL", "operators@zige.example"),
        ("FLASK_DEBUG", "0"),
        ("ZIGE_PORT", "8120"),
    ],
)
def test_production_takes(tmp_path: Path, name: str, value: str) -> None:
    found = read_settings(production(tmp_path) | {name: value})  # the places are another machine's
    assert found.refusals == {}
    assert found.settings.public_url == "https://zige.gov.example"


@pytest.mark.found("X3")
def test_the_key_of_development_is_no_key_of_production(tmp_path: Path) -> None:
    own = load_settings({"ZIGE_INSTANCE_PATH": str(tmp_path)})
    assert own.secret_key == (tmp_path / "secret_key").read_text("ascii")
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    told = refusals(production(tmp_path) | {"ZIGE_SECRET_KEY": own.secret_key})
    assert "of a development folder" in told["ZIGE_SECRET_KEY"]


@pytest.mark.found("X3")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ZIGE_MODEE", "did you mean ZIGE_MODE"),
        ("ZIGE_TEST_CLOK", "did you mean ZIGE_TEST_CLOCK"),
        ("ZIGE_SECRETKEY", "did you mean ZIGE_SECRET_KEY"),
        ("ZIGE_REGISTERS_KEY", "no setting has this name"),
        ("ZIGE_", "no setting has this name"),
        ("ZIGE_QQQQQQQQ", "leave it out"),
        ("ZIGE_mode", "did you mean ZIGE_MODE"),
        ("zige_mode", "did you mean ZIGE_MODE"),
        ("Zige_Secret_Key", "did you mean ZIGE_SECRET_KEY"),
    ],
)
def test_a_name_that_is_none_is_refused(name: str, meant: str) -> None:
    told = refusals({name: "1"})[name]
    assert meant in told
    assert CHINESE_FIRST.fullmatch(told)


@pytest.mark.found("X3")
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("ZIGE_INSTANCE_PATH", "{file}"),
        ("ZIGE_INSTANCE_PATH", "{file}/instance"),
        ("ZIGE_INSTANCE_PATH", "/proc/zige"),
        ("ZIGE_STORAGE_URL", "{file}/files"),
        ("ZIGE_STORAGE_URL", "file://{file}"),
        ("ZIGE_DATABASE_URL", "sqlite:///{folder}"),
        ("ZIGE_DATABASE_URL", "sqlite:///{file}/zige.db"),
    ],
)
def test_a_place_where_nothing_can_be_kept_is_refused(tmp_path: Path, name: str, place: str) -> None:
    file = tmp_path / "a file"
    file.touch()
    folder = tmp_path / "folder"
    folder.mkdir()
    told = refusals(production(tmp_path) | {name: place.format(file=file, folder=folder)})
    assert list(told) == [name]
    assert "can be kept there" in told[name]
    assert CHINESE_FIRST.fullmatch(told[name])
    assert sorted(tmp_path.iterdir()) == [file, folder]


def test_the_launcher_and_the_tests_have_names_of_their_own() -> None:
    names = ("ZIGE_PORT", "ZIGE_SIMULATOR_PORT", "ZIGE_TEST_DATABASE", "ZIGE_TEST_SERVER", "ZIGE_TEST_FAULT")
    assert read_settings(dict.fromkeys(names, "8002")).refusals == {}


@pytest.mark.found("X3")
def test_all_that_is_wrong_is_told_at_once_and_no_secret_with_it(tmp_path: Path) -> None:
    wrong = {
        "ZIGE_SECRET_KEY": "hunter2" * 5,
        "ZIGE_SESSION_HOURS": "100000",
        "ZIGE_MODES": "x",
        "ZIGE_SMS_KEY": "p w",
    }
    with pytest.raises(SettingsRefused) as refused:
        load_settings(production(tmp_path) | wrong)
    assert set(refused.value.refusals) == set(wrong)
    assert refused.value.code not in {0, None}
    text = str(refused.value)
    assert len(text.splitlines()) == 1 + len(wrong)
    assert "hunter2" not in text
    assert "p w" not in text


@pytest.mark.found("X3")
def test_each_register_and_channel_has_its_own_line(tmp_path: Path) -> None:
    found = load_settings(production(tmp_path))
    lines = [found.line(name) for name in REGISTERS | CHANNELS]
    assert len({line.base_url for line in lines}) == len({line.key for line in lines}) == 14
    assert found.line("degrees").base_url == "https://degrees.gov.example/v1"
    here = Settings(simulator_url="http://127.0.0.1:9", mail_url="https://mail.example", mail_key="its-key")
    assert (here.line("sms").base_url, here.line("sms").key) == ("http://127.0.0.1:9", "simulator")
    assert (here.line("mail").base_url, here.line("mail").key) == ("https://mail.example", "its-key")
    assert KEY not in repr(found.line("sms"))


@pytest.mark.found("X3")
@pytest.mark.parametrize("name", ["q?x=1", "a#b", "100%", "资格"])
def test_the_instance_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    config = Settings(instance_path=str(folder)).flask_config()
    assert make_url(config["SQLALCHEMY_DATABASE_URI"]).database == str(folder / "zige.db")


@pytest.mark.found("X3")
@pytest.mark.parametrize("name", ["ZIGE_FONTS", "ZIGE_RARE_FONTS"])
def test_typefaces_are_in_a_folder(tmp_path: Path, name: str) -> None:
    file = tmp_path / "font.otf"
    file.touch()
    assert "no typefaces" in refusals(production(tmp_path) | {name: str(file)})[name]
