"""The application: `create_app()` is the factory and the WSGI entry, gunicorn "app:create_app()"."""

from __future__ import annotations

import sys

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import domain
import handlers
import models  # noqa: F401  (registers every table)
import workflows
from handlers.commands import doctor
from models.base import database
from settings import Settings, SettingsRefused, load_settings, privacy


def create_app(settings: Settings | None = None) -> Flask:
    """Open models, engine, domain and handlers, in the order in which they build on each other."""
    if settings is None:
        if doctor.is_doctor_command(sys.argv):
            return doctor.make_doctor_app(create_app)
        settings = _load_settings_or_report()
    privacy.close_to_others(settings)
    app = Flask(__name__, instance_path=settings.instance_path)
    app.config.from_mapping(settings.flask_config())
    app.extensions["settings"] = settings
    database.install(app)
    Migrate(app, database.db, render_as_batch=True)
    workflows.install(app)
    domain.install(app)
    handlers.install(app)
    doctor.install(app, create_app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *([settings.proxies] * 3))  # type: ignore[method-assign]
    return app


def _load_settings_or_report() -> Settings:
    try:
        return load_settings()
    except SettingsRefused as refused:
        print(refused, file=sys.stderr, flush=True)
        raise
