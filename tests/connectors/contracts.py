"""The contracts of docs/registers as the tests ask them: each operation with its schemas and examples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS31Validator

FOLDER = Path(__file__).parents[2] / "docs" / "registers"
FILES = tuple(sorted(FOLDER.glob("*.yaml")))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one status of an operation looks like."""

    schema: dict[str, Any]
    examples: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One address of a contract."""

    path: str
    header: dict[str, Any]  # the schema of X-Request-Id
    asked: dict[str, Any]  # the schema of a request
    example: dict[str, Any]  # a request
    answers: dict[int, Answer] = field(repr=False)


def faults(value: Any, schema: dict[str, Any]) -> list[str]:
    """What is wrong with a value."""
    checker = OAS31Validator(schema, format_checker=OAS31Validator.FORMAT_CHECKER)
    return [f"{one.json_path}: {one.message}" for one in checker.iter_errors(value)]


@cache
def read(file: Path) -> dict[str, Any]:
    """One file as it is written."""
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def operations(file: Path) -> Iterator[Operation]:
    """The operations of a contract, with everything that they refer to in place."""
    for path, item in resolve(read(file)["paths"], file).items():
        asked = item["post"]["requestBody"]["content"]["application/json"]
        yield Operation(
            path=path,
            header=item["post"]["parameters"][0]["schema"],
            asked=asked["schema"],
            example=asked["examples"]["ask"]["value"],
            answers={int(status): _answer(one) for status, one in item["post"]["responses"].items()},
        )


def resolve(value: Any, file: Path) -> Any:
    """The value with every `$ref` replaced by what it names, also in another file."""
    if isinstance(value, list):
        return [resolve(one, file) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" not in value:
        return {name: resolve(one, file) for name, one in value.items()}
    name, _, place = value["$ref"].partition("#/")
    other = file.with_name(name) if name else file
    found = read(other)
    for part in place.split("/"):
        found = found[part]
    return resolve(found, other)


def _answer(response: dict[str, Any]) -> Answer:
    content = response["content"]["application/json"]
    examples = {name: one["value"] for name, one in content["examples"].items()}
    return Answer(schema=content["schema"], examples=examples)


OPERATIONS = {one.path: one for file in FILES for one in operations(file)}
