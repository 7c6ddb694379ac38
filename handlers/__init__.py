"""The Flask side. One table says where each place is; each page says who may enter."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from flask import Flask

from handlers import services
from handlers.commands import database_faults
from handlers.entry import (
    access,
    assets,
    errors,
    headers,
    hosts,
    json_answers,
    rate_limits,
    row_numbers,
    size_limits,
    typed_input,
)
from handlers.page import display, printable_text, telephones, thread_views


@dataclass(frozen=True, kw_only=True)
class MountedBlueprint:
    """A folder of pages: its module with the blueprint `pages`, and its URL prefix."""

    module: str
    prefix: str
    development: bool = False  # never registered in production


BLUEPRINTS = (
    MountedBlueprint(module="handlers.public.routes", prefix="/"),
    MountedBlueprint(module="handlers.preferences.routes", prefix="/display"),
    MountedBlueprint(module="handlers.account.routes", prefix="/account"),
    MountedBlueprint(module="handlers.profile.routes", prefix="/profile"),
    MountedBlueprint(module="handlers.apply.routes", prefix="/apply"),
    MountedBlueprint(module="handlers.apply.pictures.phone_pages", prefix="/sign"),
    MountedBlueprint(module="handlers.casework.routes", prefix="/work"),
    MountedBlueprint(module="handlers.authority.routes", prefix="/authority"),
    MountedBlueprint(module="handlers.api.routes", prefix="/api/v1"),
    MountedBlueprint(module="handlers.preview.routes", prefix="/_components", development=True),
)

COMMANDS = (
    *(
        "processes",
        "people",
        "regions",
        "vocabulary",
        "work",
        "check",
        "sample",
        "calendar",
        "guidance",
        "files",
        "recordings",
        "exchanges",
        "backup",
        "translate",
    ),
)


def install(app: Flask) -> None:
    """Register services, pages and what surrounds every request."""
    hosts.install(app)
    json_answers.install(app)
    size_limits.install(app)
    row_numbers.install(app)
    typed_input.install(app)
    printable_text.install(app)
    services.install(app)
    display.install(app)
    telephones.install(app)
    assets.install(app)
    thread_views.install(app)
    errors.install(app)
    access.install(app)
    headers.install(app)
    rate_limits.install(app)
    for place in BLUEPRINTS:
        if not (place.development and app.config["PRODUCTION"]):
            _register_blueprint(app, place)
    access.check_audiences(app)
    for name in COMMANDS:
        import_module(f"handlers.commands.{name}").install(app)
    database_faults.install(app)


def _register_blueprint(app: Flask, place: MountedBlueprint) -> None:
    module = import_module(place.module)
    if hasattr(module, "install"):  # the API describes its routes while it registers them
        module.install(app, place.prefix)
    else:
        app.register_blueprint(module.pages, url_prefix=None if place.prefix == "/" else place.prefix)
