"""People who call the API; every answer they get is held against the API's own description."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import jsonschema
from flask import Flask
from werkzeug.test import TestResponse

from handlers.commands.people import new_token
from models import db
from models.base.database import writing
from models.persons.people import Person, Post
from workflows.clock import now

ROOT = "/api/v1"
PROBLEM = "application/problem+json"

# login → kind, posts
PEOPLE: dict[str, tuple[str, tuple[tuple[str, str | None], ...]]] = {
    "lin": ("staff", (("site.clerk", None),)),
    "chen": ("staff", (("site.supervisor", None),)),
    "both": ("staff", (("site.clerk", None), ("site.supervisor", None))),
    "stranger": ("staff", (("certificate.clerk", "authority:9"),)),
    "designer": ("staff", (("process.designer", None),)),
    "admin": ("staff", (("admin", None),)),
    "applicant": ("applicant", ()),
}


@dataclass
class Caller:
    """Somebody with a token."""

    app: Flask
    person_id: int = 0
    token: str | None = None
    described: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Ask."""
        return self.call("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **named: Any) -> TestResponse:
        """Act, with a JSON body."""
        return self.call("POST", path, json=body if body is not None else named)

    def deploy(self, *contents: bytes, names: tuple[str, ...] = ()) -> TestResponse:
        """Deploy files."""
        titles = names or tuple(f"file{number}.bpmn" for number in range(len(contents)))
        files = [(BytesIO(content), title) for content, title in zip(contents, titles, strict=True)]
        return self.call("POST", "/deployments", data={"files": files}, content_type="multipart/form-data")

    def call(self, method: str, path: str, **options: Any) -> TestResponse:
        """Call, and hold the answer against the description."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = self.app.test_client().open(ROOT + path, method=method, headers=headers, **options)
        db.session.rollback()
        conforms(self.described, method, path, response)
        return response


def conforms(document: dict[str, Any], method: str, path: str, response: TestResponse) -> None:
    """Whether an answer is one of those that are described, with a body as described."""
    operation = _operation(document, method, path)
    if operation is None:
        assert response.status_code in {404, 405}
        assert response.mimetype == PROBLEM
        return
    answers = operation["responses"]
    assert str(response.status_code) in answers, f"{method} {path}: {response.status_code} {response.text}"
    content = answers[str(response.status_code)]["content"]
    assert response.mimetype in content
    schema = {**content[response.mimetype]["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(response.get_json())


def _operation(document: dict[str, Any], method: str, path: str) -> Any:
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\{\w*_id\}", "[0-9]+", template)
        pattern = re.sub(r"\{\w+\}", "[^/]+", pattern)
        if re.fullmatch(pattern, ROOT + path):
            return operations.get(method.lower())
    return None


def hire(app: Flask) -> dict[str, Caller]:
    """Give everybody an account, posts and a token."""
    described = app.test_client().get(f"{ROOT}/openapi.json").get_json()
    writing.set(True)
    callers = {}
    for login, (kind, posts) in PEOPLE.items():
        person = Person(kind=kind, login=login, name=f"员工{login}", password_hash="-", created_at=now())
        person.posts = [Post(role=role, place=place) for role, place in posts]
        db.session.add(person)
        db.session.flush()
        token = new_token(person, days=40_000)
        callers[login] = Caller(app=app, person_id=person.id, token=token, described=described)
    db.session.commit()
    writing.set(None)
    return {**callers, "nobody": Caller(app=app, described=described)}
