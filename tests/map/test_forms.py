"""Every form says whom it was shown to, and no address takes one of anybody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response
from werkzeug.routing import Rule

from domain.reach.principal import Principal
from handlers.entry import access, form_owner
from models import db
from models.base.database import writing
from models.persons.people import Person
from workflows.clock import now

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FORM = re.compile(r"<form\b(?P<attributes>.*?[^%}])>(?P<inside>.*?)</form>", re.DOTALL)
KINDS = ("applicant", "staff")


def writing_forms() -> Iterator[tuple[str, str]]:
    """Every form of every template that writes: its template and its text."""
    for file in sorted(TEMPLATES.rglob("*.html")):
        for form in FORM.finditer(file.read_text(encoding="utf-8")):
            if 'method="post"' in form["attributes"]:
                yield str(file.relative_to(TEMPLATES)), form[0]


def taking_forms(app: Flask) -> list[Rule]:
    """Every address that a browser may send a form to."""
    return [
        rule
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set())
        and access.find_audience(app, rule.endpoint) != access.TOKEN
    ]


@pytest.fixture
def people(app: Flask) -> dict[str, Person]:
    """Somebody of each kind, and one more."""
    writing.set(True)
    made = [
        Person(kind=kind, login=f"{kind}{place}", name="某人", password_hash="-", created_at=now())
        for place in (1, 2)
        for kind in KINDS
    ]
    db.session.add_all(made)
    db.session.commit()
    writing.set(None)
    return {one.login: one for one in made}


def answer(app: Flask, person: Person, rule: Rule, mark: str | None) -> tuple[int, str]:
    """What an address says to a form of a person that carries a mark, or none."""
    with app.test_request_context():
        writing.set(True)
        cookie = access.sign_in(Response(), person.id).headers["Set-Cookie"]
        db.session.commit()
        writing.set(None)
    client = app.test_client()
    client.set_cookie(access.COOKIE, cookie.partition("=")[2].partition(";")[0])
    built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
    assert built is not None
    sent = client.post(built[1], data={"typed": "只给本人看"} | ({form_owner.FIELD: mark} if mark else {}))
    return sent.status_code, sent.text


def mark_of(app: Flask, person: Person) -> str:
    principal = Principal(person_id=person.id, name="", kind=person.kind, posts=frozenset())
    with app.test_request_context():
        return form_owner.owner_mark(principal)


@pytest.mark.found("A3")
def test_every_form_that_writes_carries_the_mark_of_its_owner() -> None:
    forms = list(writing_forms())
    marks = ("ui.csrf()", "form_marks()", "data-again")
    assert len(forms) > 60
    assert [name for name, text in forms if not any(mark in text for mark in marks)] == []


@pytest.mark.found("A3")
@pytest.mark.parametrize("kind", KINDS)
def test_no_address_takes_a_form_of_nobody_or_of_somebody_else(
    app: Flask, people: dict[str, Person], kind: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    own, other = people[f"{kind}1"], people[f"{kind}2"]
    taken = []
    for rule in taking_forms(app):
        if rule.endpoint in form_owner.WITHOUT_MARK:
            continue
        without, foreign = answer(app, own, rule, None), answer(app, own, rule, mark_of(app, other))
        if without[0] != 409 or "无法确认这个页面" not in without[1]:
            taken.append(f"{rule.rule} without a mark: {without[0]}")
        if foreign[0] != 409 or "另一个账号" not in foreign[1] or "只给本人看" not in foreign[1]:
            taken.append(f"{rule.rule} of somebody else: {foreign[0]}")
        if "这个页面不是您打开的" in answer(app, own, rule, mark_of(app, own))[1]:
            taken.append(f"{rule.rule} refuses one's own")
    assert taken == []


@pytest.mark.found("A3")
def test_exceptions_are_addresses_that_exist_and_say_why(app: Flask) -> None:
    assert form_owner.WITHOUT_MARK.keys() <= {rule.endpoint for rule in taking_forms(app)}
    assert all(form_owner.WITHOUT_MARK.values())
