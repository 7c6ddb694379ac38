"""`flask admin create`, `flask staff create` and `flask token create --user U`."""

from __future__ import annotations

import secrets
from datetime import timedelta

import click
from argon2 import PasswordHasher
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from handlers.access import digest
from models import db
from models.database import writing
from models.people import ApiToken, Person, Post
from workflows.clock import now

admin_group = AppGroup("admin", help="Administrators.")
staff_group = AppGroup("staff", help="People who work at a place.")
token_group = AppGroup("token", help="Bearer tokens of the API.")
SHORTEST = 12


def install(app: Flask) -> None:
    """Add the commands to the app."""
    app.cli.add_command(admin_group)
    app.cli.add_command(staff_group)
    app.cli.add_command(token_group)


@admin_group.command("create")
@click.option("--login", prompt=True)
@click.option("--name", prompt=True)
@click.password_option()
def create_admin(login: str, name: str, password: str) -> None:
    """Make an administrator."""
    _hire(login, name, password, [Post(role="admin")])
    click.echo(f"{login} is an administrator")


@staff_group.command("create")
@click.option("--login", prompt=True)
@click.option("--name", prompt=True)
@click.option(
    "--role", "roles", multiple=True, required=True, help="ROLE, or ROLE@PLACE as in site.clerk@site:3."
)
@click.password_option()
def create_staff(login: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Make an account with posts."""
    posts = [Post(role=role, place=place or None) for role, _, place in (one.partition("@") for one in roles)]
    _hire(login, name, password, posts)
    click.echo(f"{login} holds {', '.join(roles)}")


def _hire(login: str, name: str, password: str, posts: list[Post]) -> None:
    if len(password) < SHORTEST:
        raise click.ClickException(f"the password needs at least {SHORTEST} characters")
    hashed = PasswordHasher().hash(password)
    writing.set(True)
    if db.session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise click.ClickException(f"{login} is taken")
    db.session.add(
        Person(kind="staff", login=login, name=name, password_hash=hashed, created_at=now(), posts=posts)
    )
    db.session.commit()


@token_group.command("create")
@click.option("--user", required=True, help="The login of the person the token acts for.")
@click.option("--days", default=365, show_default=True, help="How long it is valid.")
def create_token(user: str, days: int) -> None:
    """Make a bearer token; it is shown once."""
    writing.set(True)
    person = db.session.scalar(select(Person).where(Person.login == user))
    if person is None:
        raise click.ClickException(f"nobody signs in as {user}")
    click.echo(new_token(person, days))
    db.session.commit()


def new_token(person: Person, days: int) -> str:
    """Add a token to a person; the caller commits."""
    token = secrets.token_urlsafe(32)
    at = now()
    row = ApiToken(
        token_hash=digest(token), person_id=person.id, created_at=at, expires_at=at + timedelta(days=days)
    )
    db.session.add(row)
    return token
