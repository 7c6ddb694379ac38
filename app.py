"""The application: `create_app()` is the factory and the WSGI entry, gunicorn "app:create_app()"."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import handlers
import models  # noqa: F401  (registers every table)
import workflows
from models import database
from settings import Settings, from_environment


def create_app(settings: Settings | None = None) -> Flask:
    """Open models, engine and handlers, in the order in which they build on each other."""
    settings = settings or from_environment()
    Path(settings.instance_path).mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, instance_path=settings.instance_path)
    app.config.from_mapping(settings.flask_config())
    app.extensions["settings"] = settings
    database.install(app)
    Migrate(app, database.db, render_as_batch=True)
    workflows.install(app)
    handlers.install(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, *([settings.proxies] * 3))  # type: ignore[method-assign]
    return app
