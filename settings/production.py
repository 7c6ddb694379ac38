"""What production refuses although it is well formed: each rule names the setting and says what to set."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import make_url
from zxcvbn import zxcvbn

from settings import setting_fields
from settings.declared import CHANNELS, HERE, REGISTERS, Settings
from translations import gettext

DEVELOPMENT_KEY = "secret_key"  # the file of it, in the instance folder
SHORTEST_KEY = 32
GUESSES = 25  # as a power of ten: about 80 bits
READ = 72  # zxcvbn reads no more of a key
PLACEHOLDERS = (
    "change",
    "secret",
    "passw",
    "default",
    "example",
    "develop",
    "production",
    "insecure",
    "test-",
)
SHORTEST_CREDENTIAL = 8
CREDENTIAL_GUESSES = 6  # as a power of ten: below are 12345678, changeme and their like
DOCUMENTS = tuple(
    map(ipaddress.ip_network, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
)
INNER = (".local", ".lan", ".internal", ".intranet")
SettingRefusal = tuple[str, str]


def find_production_refusals(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Variable → sentence, for every rule that is broken."""
    given = {name for name, value in environment.items() if value}
    found = (
        *_check_mode(settings, environment),
        *_check_secret_key(settings),
        *_check_site(settings),
        *_check_stores(settings),
        *_check_simulator(given),
        *_check_services(settings),
    )
    return {name if name.startswith("FLASK_") else f"ZIGE_{name}": sentence for name, sentence in found}


def _check_mode(settings: Settings, environment: Mapping[str, str]) -> Iterator[SettingRefusal]:
    if environment.get("FLASK_DEBUG", "").lower() not in {"", "0", "false", "no"}:
        yield (
            "FLASK_DEBUG",
            gettext(
                "请去掉：调试器会把程序和数据显示给所有人 "
                "(leave it out: the debugger shows the program and its data to everybody)"
            ),
        )
    if settings.test_clock:
        yield (
            "TEST_CLOCK",
            gettext(
                "请设为 0：任何人都不能拨动真实业务的时间 "
                "(set it to 0: nobody may move the time of real cases)"
            ),
        )


def _check_secret_key(settings: Settings) -> Iterator[SettingRefusal]:
    key = settings.secret_key
    made = gettext("可用 `python3 -c 'import secrets; print(secrets.token_urlsafe(48))'` 生成")
    if len(key) < SHORTEST_KEY:
        yield (
            "SECRET_KEY",
            gettext(
                "至少 %(shortest_key)s 个随机字符，%(made)s "
                "(set at least %(shortest_key)s random characters)",
                shortest_key=SHORTEST_KEY,
                made=made,
            ),
        )
    elif _is_development_key(settings):
        yield (
            "SECRET_KEY",
            gettext(
                "这是开发文件夹的密钥，请另设一个，%(made)s (the key of a development folder; set one "
                "of its own)",
                made=made,
            ),
        )
    elif _is_weak(key):
        yield (
            "SECRET_KEY",
            gettext(
                "这个密钥猜得出来，请设随机字符，%(made)s (this key can be guessed; set random characters)",
                made=made,
            ),
        )


def _is_development_key(settings: Settings) -> bool:
    folders = (Path(settings.instance_path), HERE / "instance")
    files = [folder / DEVELOPMENT_KEY for folder in folders]
    return any(file.is_file() and file.read_bytes().strip() == settings.secret_key.encode() for file in files)


def _is_weak(key: str) -> bool:
    # What is left once words, dates, repetitions and rows of keys are taken out must be most of it.
    if any(word in key.lower() for word in PLACEHOLDERS):
        return True
    judged = zxcvbn(key[:READ])
    random = sum(len(part["token"]) for part in judged["sequence"] if part["pattern"] == "bruteforce")
    return judged["guesses_log10"] < GUESSES or random * 2 < len(key[:READ])


def _check_site(settings: Settings) -> Iterator[SettingRefusal]:
    found = setting_fields.split_address(settings.public_url)
    host = (found.hostname if found else None) or ""
    if _is_this_machine(host):
        yield (
            "PUBLIC_URL",
            gettext(
                "请设为大家打开本网站的地址，如 https://zige.example "
                "(set the address at which people reach the site, such as https://zige.example)"
            ),
        )
    elif not settings.secure:
        yield (
            "PUBLIC_URL",
            gettext(
                "地址应以 https:// 开头，密码不能明文传输 "
                "(set an address that begins with https://: passwords must not travel in the clear)"
            ),
        )


def _check_stores(settings: Settings) -> Iterator[SettingRefusal]:
    url = make_url(settings.database_url) if settings.database_url else None
    if url is not None and url.drivername == "sqlite" and _is_in_memory(url.database, url.query):
        yield (
            "DATABASE_URL",
            gettext(
                "内存里的数据库一重启就没有了，请去掉，或者改用 PostgreSQL "
                "(a database in memory is lost at every restart; leave it out, or name PostgreSQL)"
            ),
        )
    if settings.limits_url.startswith("memory:"):
        yield (
            "LIMITS_URL",
            gettext(
                "各个进程会各算各的，请设为 database:// 或 redis://主机/0 "
                "(each process would count for itself; set database:// or redis://host/0)"
            ),
        )


def _is_in_memory(name: str | None, query: Mapping[str, object]) -> bool:
    return not name or ":memory:" in name or query.get("mode") == "memory"


def _check_simulator(given: set[str]) -> Iterator[SettingRefusal]:
    sentence = gettext(
        "请去掉：生产环境直接查询各核验库，各有各的地址 "
        "(leave it out: production asks the registers themselves, each at an address of its own)"
    )
    for name in ("SIMULATOR_URL", "SIMULATOR_KEY"):
        if f"ZIGE_{name}" in given:
            yield name, sentence


def _check_services(settings: Settings) -> Iterator[SettingRefusal]:
    for name, meaning in (REGISTERS | CHANNELS).items():
        what = meaning.partition(",")[0]
        yield from _check_address(f"{name.upper()}_URL", getattr(settings, f"{name}_url"), what, settings)
        yield from _check_credential(f"{name.upper()}_KEY", getattr(settings, f"{name}_key"), what, settings)


def _check_address(variable: str, address: str, what: str, settings: Settings) -> Iterator[SettingRefusal]:
    found = setting_fields.split_address(address)
    if found is None:
        yield variable, gettext("请设“%(what)s”的地址 (set the address of %(what)s)", what=what)
    elif _is_simulator(address, settings):
        yield (
            variable,
            gettext(
                "这是模拟器，请设“%(what)s”自己的地址 (this is the simulator; set the address of %(what)s "
                "itself)",
                what=what,
            ),
        )
    elif _is_unusable_number(found.hostname or "") or _host_and_port(address) == _host_and_port(
        settings.public_url
    ):
        yield (
            variable,
            gettext(
                "那里不会有“%(what)s”应答，请设它自己的地址 (nobody answers for %(what)s there; set the "
                "address of %(what)s itself)",
                what=what,
            ),
        )
    elif found.scheme != "https" and not _is_in_office_network(found.hostname or ""):
        yield (
            variable,
            gettext(
                "“%(what)s”的地址应以 https:// 开头，传送的个人信息不能被人看到 (set an https:// address "
                "of %(what)s: what it is told about people must not be read on the way)",
                what=what,
            ),
        )


def _is_simulator(address: str, settings: Settings) -> bool:
    defaults = (settings.simulator_url, Settings().simulator_url)
    return (
        _host_and_port(address) in {_host_and_port(one) for one in defaults} or "simulator" in address.lower()
    )


def _host_and_port(address: str) -> tuple[str, int | None]:
    found = setting_fields.split_address(address)
    host = (found.hostname if found else None) or ""
    port = found.port or {"http": 80, "https": 443}[found.scheme] if found else None
    return "here" if _is_this_machine(host) else host, port


def _check_credential(variable: str, key: str, what: str, settings: Settings) -> Iterator[SettingRefusal]:
    if key.lower() in {settings.simulator_key.lower(), Settings().simulator_key}:
        yield (
            variable,
            gettext(
                "这是模拟器的密钥，请设“%(what)s”发给您的凭据 (this is the simulator's key; set the credentia"
                "l that %(what)s gave you)",
                what=what,
            ),
        )
    elif len(key) < SHORTEST_CREDENTIAL or len(set(key)) < SHORTEST_CREDENTIAL // 2:
        yield (
            variable,
            gettext(
                "请设“%(what)s”发给您的凭据，至少 %(shortest_credential)s 个字符 (set the credential "
                "that %(what)s gave you, %(shortest_credential)s characters or more)",
                what=what,
                shortest_credential=SHORTEST_CREDENTIAL,
            ),
        )
    elif zxcvbn(key[:READ], user_inputs=_obvious_words(variable))["guesses_log10"] < CREDENTIAL_GUESSES:
        yield (
            variable,
            gettext(
                "这个凭据谁都猜得出来，请设“%(what)s”发给您的凭据 (anybody can guess this; set the credential"
                " that %(what)s gave you)",
                what=what,
            ),
        )


def _obvious_words(variable: str) -> list[str]:
    """The words that come to mind first when a key is made up."""
    name = variable.lower().removesuffix("_key")
    made_up = [f"{one}-{sort}" for one in ("zige", name) for sort in ("key", "token")]
    return ["zige", "key", "token", "register", "registers", name, *name.split("_"), *made_up]


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    number = _parse_ip_address(host)
    return number is not None and (number.is_loopback or number.is_unspecified)


def _is_unusable_number(host: str) -> bool:
    """Whether a number names no machine: every one, none, or those that documents use (RFC 5737, 3849)."""
    number = _parse_ip_address(host)
    if number is None:
        return False
    in_documents = any(number.version == net.version and number in net for net in DOCUMENTS)
    return number.is_unspecified or number.is_multicast or number.is_reserved or in_documents


def _is_in_office_network(host: str) -> bool:
    """Whether a host is of the office's own network, as a forwarder that adds TLS is."""
    number = _parse_ip_address(host)
    if number is not None:
        return number.is_private and not number.is_link_local  # a cloud tells its machines' secrets there
    return "." not in host or host.endswith((*INNER, ".localhost"))


def _parse_ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
