"""`flask admin create`, `flask staff create` and `flask token create --user U`."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import click
from flask import Flask
from flask.cli import AppGroup

from domain.accounts import passwords
from handlers.entry.access import hash_token
from models import db
from models.base.codes import ROLES
from models.base.database import write_transaction
from models.persons.people import ApiToken, Person, Post, select_by_login
from models.persons.states import PersonKind
from translations import gettext, join_words
from workflows.clock import now

admin_group = AppGroup("admin", help="Administrators.")
staff_group = AppGroup("staff", help="People who work at a place.")
token_group = AppGroup("token", help="Bearer tokens of the API.")
SHORTEST = 12
LONGEST_VALID = 3650  # days
LOGIN = re.compile(r"[a-z][a-z0-9._-]{0,59}")
PLACE = re.compile(r"(site|authority):[1-9][0-9]{0,8}")


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(admin_group)
    app.cli.add_command(staff_group)
    app.cli.add_command(token_group)


@admin_group.command("create", help="Make an administrator.")
@click.option("--login", prompt=True)
@click.option("--name", prompt=True)
@click.password_option()
def create_admin(login: str, name: str, password: str) -> None:
    """Make an administrator."""
    _add_staff(login, name, password, [Post(role="admin")])
    click.echo(gettext("%(login)s 是管理员了 (%(login)s is an administrator)", login=login))


@staff_group.command("create", help="Make an account with posts.")
@click.option("--login", prompt=True)
@click.option("--name", prompt=True)
@click.option(
    "--role", "roles", multiple=True, required=True, help="ROLE, or ROLE@PLACE as in site.clerk@site:3."
)
@click.password_option()
def create_staff(login: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Make an account with posts."""
    posts = [_parse_post(one) for one in dict.fromkeys(roles)]
    _add_staff(login, name, password, posts)
    click.echo(
        gettext(
            "%(login)s 的岗位：%(roles)s (account and posts are made)", login=login, roles=join_words(roles)
        )
    )


def _parse_post(text: str) -> Post:
    role, _, place = text.partition("@")
    if not role or len(role) > 60:
        raise click.ClickException(gettext("%(text)s 没有写明岗位 (names no role)", text=f"{text!r}"))
    if place and not PLACE.fullmatch(place):
        raise click.ClickException(
            gettext("%(place)s 不是单位，请写成 site:3 或 authority:1 (is no place)", place=f"{place!r}")
        )
    if role not in ROLES:  # an office may have posts of its own for processes of its own
        click.echo(
            gettext("注意：%(role)s 不是 Zige 认得的岗位 (none of the roles that Zige knows)", role=role),
            err=True,
        )
    return Post(role=role, place=place or None)


def _add_staff(login: str, name: str, password: str, posts: list[Post]) -> None:
    if not LOGIN.fullmatch(login):  # who signs in is looked up in small letters
        raise click.ClickException(
            gettext(
                "登录名以小写字母开头，只含小写字母、数字和 . _ -，最多 60 个字符 "
                "(a login begins with a small letter; then a to z, 0 to 9 and . _ -, up to 60)"
            )
        )
    if not name.strip() or len(name) > 80:
        raise click.ClickException(gettext("姓名为 1 到 80 个字 (the name needs 1 to 80 characters)"))
    if len(password) < SHORTEST:
        raise click.ClickException(
            gettext(
                "密码至少 %(shortest)s 个字符 (the password needs at least %(shortest)s characters)",
                shortest=SHORTEST,
            )
        )
    hashed = passwords.hash_password(password)
    with write_transaction():
        if db.session.scalar(select_by_login(login)) is not None:
            raise click.ClickException(
                gettext("登录名 %(login)s 已有人使用 (%(login)s is taken)", login=login)
            )
        db.session.add(
            Person(
                kind=PersonKind.STAFF,
                login=login,
                name=name,
                password_hash=hashed,
                created_at=now(),
                posts=posts,
            )
        )


@token_group.command("create", help="Make a bearer token; it is shown once.")
@click.option("--user", required=True, help="The login of the person the token acts for.")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST_VALID),
    default=365,
    show_default=True,
    help="How long it is valid.",
)
def create_token(user: str, days: int) -> None:
    """Make a bearer token; it is shown once."""
    with write_transaction():
        person = db.session.scalar(select_by_login(user))
        if person is None:
            raise click.ClickException(gettext("没有登录名为 %(user)s 的人，没有生成令牌。", user=user))
        token = new_token(person, days)
    click.echo(token)


def new_token(person: Person, days: int) -> str:
    """Add a token to a person; the caller commits."""
    token = secrets.token_urlsafe(32)
    at = now()
    row = ApiToken(
        token_hash=hash_token(token), person_id=person.id, created_at=at, expires_at=at + timedelta(days=days)
    )
    db.session.add(row)
    return token
