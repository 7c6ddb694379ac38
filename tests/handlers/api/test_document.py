"""The OpenAPI document: valid, complete, and about the routes that exist."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from tests.handlers.api.calling import PROBLEM, ROOT

OPERATIONS = {
    ("POST", "/deployments"): "deploy",
    ("POST", "/processes/{key}/instances"): "startInstance",
    ("GET", "/instances/{instance_id}"): "getInstance",
    ("GET", "/instances/{instance_id}/events"): "listEvents",
    ("GET", "/tasks"): "listTasks",
    ("GET", "/tasks/{task_id}"): "getTask",
    ("POST", "/tasks/{task_id}/claim"): "claimTask",
    ("POST", "/tasks/{task_id}/release"): "releaseTask",
    ("POST", "/tasks/{task_id}/complete"): "completeTask",
    ("POST", "/messages"): "sendMessage",
    ("POST", "/clock"): "advanceClock",
    ("GET", "/vocabulary"): "getVocabulary",
}


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    """The document, which anybody may read."""
    response = app.test_client().get(f"{ROOT}/openapi.json")
    assert response.status_code == 200
    document: dict[str, Any] = response.get_json()
    return document


def operations(described: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """Operations by method and path."""
    return {
        (method.upper(), path.removeprefix(ROOT)): operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method != "parameters"
    }


def test_the_document_is_valid_openapi(described: dict[str, Any]) -> None:
    validate(described)  # type: ignore[arg-type]
    assert described["openapi"] == "3.1.0"
    assert described["security"] == [{"bearer": []}]


def test_every_route_is_described_and_nothing_else(app: Flask, described: dict[str, Any]) -> None:
    found = operations(described)
    assert {place: operation["operationId"] for place, operation in found.items()} == OPERATIONS
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    assert len(rules) == len(OPERATIONS)


def test_every_answer_and_every_body_has_a_schema(described: dict[str, Any]) -> None:
    for (method, path), operation in operations(described).items():
        assert operation["summary"]
        for status, answer in operation["responses"].items():
            (sort,) = answer["content"]
            assert answer["content"][sort]["schema"]["$ref"]
            assert (sort == PROBLEM) == (status >= "400")
        if method == "POST" and not path.endswith(("claim", "release")):
            (content,) = operation["requestBody"]["content"].values()
            assert content["schema"]
