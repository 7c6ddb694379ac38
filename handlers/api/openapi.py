"""The description of the API as OpenAPI, and how its requests are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, NoReturn

from flask import Flask, Request, Response
from flask_smorest import Api, Blueprint
from marshmallow import Schema, ValidationError
from webargs import missing
from webargs.flaskparser import FlaskParser, is_json_request

from handlers.api.schemas import ProblemSchema
from handlers.entry import size_limits
from models.base.errors import DomainError, Invalid
from translations import lazy_gettext
from workflows import forms

ViewFunction = Callable[..., Any]
BODY_STATUSES = (400, 415, 422)  # what reading a body may lead to
PROBLEM_TYPE = "application/problem+json"


class MalformedBody(DomainError):
    """A body that is no JSON, or holds what no row can keep."""

    code = "bad_request"
    status = 400
    sentence = lazy_gettext("请求的内容不是有效的 JSON，或者含有不能保存的字符或数字。")


class NotJson(DomainError):
    """A body of another media type than JSON."""

    code = "unsupported_media_type"
    status = 415
    sentence = lazy_gettext("请求的内容须为 JSON，请设置 Content-Type: application/json。")


class StrictParser(FlaskParser):
    """Reads strictly; refusals are ours, so that they are answered like all others."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {}  # schemas say what they do not know

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as plain values that a database can keep; an empty body is an empty object."""
        content = req.get_data(cache=True)
        if not content:
            return missing
        if not is_json_request(req):
            raise NotJson
        return parse_body(content)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        """Refuse with the messages at their fields."""
        raise Invalid(dict(_messages_by_field(error.messages_dict))) from error


class DescribedBlueprint(Blueprint):  # type: ignore[misc]
    """A blueprint whose routes describe themselves."""

    ARGUMENTS_PARSER = StrictParser()

    def _prepare_response_doc(self, doc: Any, doc_info: Any, **known: Any) -> Any:
        # flask-smorest adds an answer for errors that nobody describes; ours are all described.
        found = super()._prepare_response_doc(doc, doc_info, **known)
        found["responses"].pop("default", None)
        return found


class OpenApiDocument(Api):  # type: ignore[misc]
    """The OpenAPI document; errors are answered by our own handlers, as problem documents."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        pass


def register_routes(app: Flask, pages: Blueprint, prefix: str) -> None:
    """Register routes with their description."""
    document = OpenApiDocument(app)
    document.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    document.spec.options["security"] = [{"bearer": []}]
    document.register_blueprint(pages, url_prefix=prefix)


def parse_body(content: bytes) -> Any:
    """A body as plain values; refuses what is no JSON, is nested too deeply or cannot be kept."""
    try:
        found = size_limits.read_json(content.decode("utf-8"))
        fits = forms.is_writable(found)
    except (ValueError, RecursionError):
        raise MalformedBody from None
    if not fits:
        raise MalformedBody
    return found


def problem_responses(pages: Blueprint, *statuses: int) -> Callable[[ViewFunction], ViewFunction]:
    """Describe the problem documents that a route may answer."""

    def decorate(view: ViewFunction) -> ViewFunction:
        for status in (401, *statuses):
            view = pages.alt_response(status, schema=ProblemSchema, content_type=PROBLEM_TYPE, success=False)(
                view
            )
        return view

    return decorate


def add_bearer_challenge(response: Response) -> Response:
    """Say how to prove who asks."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _messages_by_field(messages: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for place in messages.values() if not prefix else [messages]:
        for name, found in place.items() if isinstance(place, Mapping) else [("_schema", place)]:
            if isinstance(found, Mapping):
                yield from _messages_by_field(found, f"{prefix}{name}.")
            else:
                yield f"{prefix}{name}", [str(sentence) for sentence in found]
