"""What a setting may be: each kind reads the text of a variable and says in one sentence what to set instead.

A sentence is Chinese, with the English behind it, as everything is that operators read.
A sentence never repeats the value: half of them are secrets, and what is printed at start is kept in logs.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from marshmallow import ValidationError, fields, validate
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from translations import gettext, join_choices

SettingField = fields.Field[Any]
YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off")
DURATION = re.compile(r"P(?=[0-9]|T)(?:([0-9]{1,4})D)?(?:T(?=[0-9])(?:([0-9]{1,4})H)?(?:([0-9]{1,5})M)?)?")
HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
REGIONS = {"AWS_REGION", "AWS_DEFAULT_REGION"}  # where the storage library looks, too
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")  # as S3 names them
REDIS_DATABASE = re.compile(r"/?|/[0-9]{1,4}")
NUMBER = re.compile(r"\d+|0[xX][0-9A-Fa-f]*")
LIMITS = ("memory", "database", "redis", "rediss", "redis+sentinel", "redis+cluster", "redis+unix")


def choice_field(*values: str) -> SettingField:
    """One of a few words, in exactly this spelling."""
    english = f"set it to {' or '.join(values)}, exactly so"
    sentence = gettext(
        "只能是 %(values)s，写法须完全一致 (%(english)s)",
        values=join_choices(values),
        english=english,
    )
    return fields.String(validate=validate.OneOf(values, error=sentence))


def boolean_field() -> SettingField:
    """Yes or no, in any of the usual spellings."""
    spelled = [{form for word in words for form in (word, word.upper(), word.title())} for words in (YES, NO)]
    sentence = gettext("1 表示是，0 表示否 (set it to 1 for yes or 0 for no)")
    return fields.Boolean(truthy=spelled[0], falsy=spelled[1], error_messages={"invalid": sentence})


def integer_field(low: int, high: int) -> SettingField:
    """A whole number within bounds."""
    return _bounded_field(_IntegerField, low, high, gettext("整数"), "a whole number")


def decimal_field(low: float, high: float) -> SettingField:
    """A number within bounds; nan and inf are none."""
    return _bounded_field(_DecimalField, low, high, gettext("数"), "a number")


class _PlainNumber:
    """Numbers as configuration files write them: Python would also read 1_0, ٣ and blanks around."""

    written: re.Pattern[str]

    def _deserialize(self, value: Any, *more: Any, **known: Any) -> Any:
        if isinstance(value, str) and not self.written.fullmatch(value):
            raise self.make_error("invalid")  # type: ignore[attr-defined]
        return super()._deserialize(value, *more, **known)  # type: ignore[misc]


class _IntegerField(_PlainNumber, fields.Integer):
    written = re.compile(r"-?[0-9]{1,12}")


class _DecimalField(_PlainNumber, fields.Float):
    written = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,12})?")


def _bounded_field(
    kind: Callable[..., SettingField], low: float, high: float, what: str, english: str
) -> SettingField:
    lowest, highest = _format_number(low), _format_number(high)
    sentence = gettext(
        "应为 %(lowest)s 到 %(highest)s 的%(what)s (set %(english)s from %(lowest)s to %(highest)s)",
        lowest=lowest,
        highest=highest,
        what=what,
        english=english,
    )
    wrong = dict.fromkeys(("invalid", "too_large", "special"), sentence)
    return kind(validate=validate.Range(low, high, error=sentence), error_messages=wrong)


def _format_number(number: float) -> str:
    return f"{number:.4f}".rstrip("0").rstrip(".")


def text_field(*checks: Callable[[str], None]) -> SettingField:
    """Text that every check accepts."""
    return fields.String(validate=list(checks))


def check_no_blank(value: str) -> None:
    """A credential goes into a header: visible ASCII, and nothing that was pasted along with it."""
    if not value.isascii() or any(not "!" <= letter <= "~" for letter in value):
        raise ValidationError(
            gettext(
                "只能用看得见的 ASCII 字符，不能有空格和换行 "
                "(set visible ASCII characters only, without blanks or line breaks)"
            )
        )


def check_secret(value: str) -> None:
    """A key as it was made: what cannot be seen in it came along when it was pasted."""
    if value != value.strip() or not value.isprintable():
        raise ValidationError(
            gettext(
                "只能用看得见的字符，首尾不能有空格和换行 "
                "(set characters that can be seen, without a blank or a line break at either end)"
            )
        )


def check_folder(value: str) -> None:
    """An absolute path: the processes of one installation need not start in the same folder."""
    # A name of a file holds 255 bytes; a byte that is no UTF-8 cannot be told to the database.
    sound = value.isprintable() and all(
        len(one.encode("utf-8", "replace")) <= 255 for one in value.split("/")
    )
    if not sound or not Path(value).is_absolute() or len(value) > 1000 or _is_root(value):
        raise ValidationError(
            gettext(
                "应为文件夹的绝对路径，如 /var/lib/zige "
                "(set the absolute path of a folder, such as /var/lib/zige)"
            )
        )


def _is_root(path: str) -> bool:
    return Path(os.path.normpath(path)).parts[1:] == ()


def check_file(value: str) -> None:
    """The path of a file, which a process writes to."""
    if not value or not value.isprintable() or value.endswith("/") or len(value) > 1000:
        raise ValidationError(
            gettext(
                "应为文件的路径，如 /var/lib/zige/simulator.db "
                "(set the path of a file, such as /var/lib/zige/simulator.db)"
            )
        )


def check_folders(value: str) -> None:
    """Absolute paths, a colon between them; none is none."""
    for one in filter(None, value.split(":")):
        check_folder(one)


def build_duration_check(shortest: timedelta, longest: timedelta) -> Callable[[str], None]:
    """ISO 8601 in days, hours and minutes, within bounds."""
    (lowest, low), (highest, high) = (_describe_span(limit) for limit in (shortest, longest))
    sentence = gettext(
        "应为 ISO 8601 时长，如 PT2H、P1D，从 %(lowest)s到 %(highest)s (set an ISO 8601 duration "
        "such as PT2H or P1D, from %(low)s to %(high)s)",
        lowest=lowest,
        highest=highest,
        low=low,
        high=high,
    )

    def check(value: str) -> None:
        found = DURATION.fullmatch(value)
        days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
        if not shortest <= timedelta(days=days, hours=hours, minutes=minutes) <= longest:
            raise ValidationError(sentence)

    return check


def _describe_span(span: timedelta) -> tuple[str, str]:
    """In Chinese and in English."""
    minutes = int(span.total_seconds()) // 60
    hours = minutes // 60
    return (
        (gettext("%(hours)s 小时", hours=hours), f"{hours} hours")
        if minutes % 60 == 0
        else (gettext("%(minutes)s 分钟", minutes=minutes), f"{minutes} minutes")
    )


def split_address(address: str) -> SplitResult | None:
    """A web address taken apart; None when it is malformed or carries what an address should not."""
    try:
        found = urlsplit(address)
        port = found.port
    except ValueError:
        return None
    sound = found.scheme in {"http", "https"} and is_host(found.hostname or "") and port != 0
    # An empty query or fragment is there all the same: "https://zige.example#" would swallow each path.
    loose = any(mark in address for mark in "@?#") or found.netloc.endswith(":")
    blank = any(letter.isspace() or not letter.isprintable() for letter in address)
    return found if sound and not loose and not blank else None


def is_host(name: str) -> bool:
    """Whether this is the name or the number of a machine."""
    if ":" not in name and not NUMBER.fullmatch(name.rpartition(".")[2]):
        return HOST.fullmatch(name) is not None and ".." not in name
    # What ends in a number is one, also 127.1 and 0x7f000001: written in full it hides no other machine.
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_mail_address(value: str) -> None:
    """One address for mail; empty means none."""
    if value:
        sentence = gettext(
            "应为一个电子邮箱，如 operators@example.org (set one mail address such as operators@example.org)"
        )
        validate.Email(error=sentence)(value)


def check_web_address(value: str) -> None:
    """The base address of a service; a path may follow."""
    if value and split_address(value) is None:
        raise ValidationError(
            gettext(
                "应为服务的地址，如 https://registers.example，不带用户名、? 和 # "
                "(set an address such as https://registers.example, without user, ? or #)"
            )
        )


def check_site_address(value: str) -> None:
    """The address of this site: cookies and links begin at its root."""
    found = split_address(value)
    if found is None or found.path not in {"", "/"}:
        raise ValidationError(
            gettext(
                "应为大家打开本网站的地址，如 https://zige.example，不带路径 "
                "(set how people reach the site, such as https://zige.example, without a path)"
            )
        )


def check_database(value: str) -> None:
    """An address that SQLAlchemy opens with a driver that is installed."""
    try:
        url = make_url(value) if value else None
    except (ArgumentError, ValueError):
        url = make_url("refused://")
    if url is None or (url.drivername == "sqlite" and _is_plain_file(url)):
        return
    if url.drivername != "postgresql+psycopg" or not url.database or not _is_port(url.port):
        raise ValidationError(
            gettext(
                "应为 postgresql+psycopg://用户:密码@主机/库名，使用 SQLite 时不设 "
                "(set postgresql+psycopg://user:password@host/name, or nothing for SQLite)"
            )
        )


def _is_plain_file(url: URL) -> bool:
    """Whether only a file is named: what else SQLAlchemy hands on is no option of SQLite's driver."""
    name = url.database or ""
    options = bool(url.query) and not name.startswith("file:")
    return not url.host and not url.username and not options and name.isprintable()


def _is_port(port: int | None) -> bool:
    return port is None or 1 <= port <= 65535


def check_storage(value: str) -> None:
    """A folder or a bucket."""
    try:
        found = urlsplit(value)
    except ValueError:
        found = urlsplit("refused://")
    asked = dict(parse_qsl(found.query))
    bucket = found.scheme == "s3" and BUCKET.fullmatch(found.netloc) is not None
    bucket = bucket and ("endpoint" not in asked or split_address(asked["endpoint"]) is not None)
    place = found.scheme in {"", "file"} and not found.netloc and Path(found.path).is_absolute()
    place = place and not _is_root(found.path)
    if value and ((not bucket and not place) or not value.isprintable()):
        raise ValidationError(
            gettext(
                "应为文件夹的绝对路径，或者 s3://bucket/folder?endpoint=…&region=… "
                "(set the absolute path of a folder, or s3://bucket/folder?endpoint=…&region=…)"
            )
        )
    if bucket and not ("region" in asked or REGIONS & os.environ.keys()):
        raise ValidationError(
            gettext("请加上 region，如 s3://bucket/folder?endpoint=…&region=auto (add the region to it)")
        )


def check_limits(value: str) -> None:
    """A store of counts."""
    scheme, mark, rest = value.partition("://")
    placed = not rest if scheme in {"memory", "database"} else _is_redis(scheme, value)
    if not mark or scheme not in LIMITS or not placed:
        raise ValidationError(
            gettext("应为 database://，或者 redis://主机/0 (set database://, or redis://host/0)")
        )


def _is_redis(scheme: str, value: str) -> bool:
    if scheme == "redis+unix":
        return value.isprintable() and value.partition("://")[2].startswith("/")
    try:
        found = urlsplit(value)
        sound = _is_port(found.port) and is_host(found.hostname or "")
    except ValueError:
        return False
    if scheme in {"redis+sentinel", "redis+cluster"}:  # their libraries ask for the port
        return sound and found.port is not None and value.isprintable()
    return sound and not found.query and REDIS_DATABASE.fullmatch(found.path) is not None
