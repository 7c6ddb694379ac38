"""A request must name this site: a name that somebody made up would otherwise stand in redirects."""

from __future__ import annotations

from flask import Flask, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError

from handlers.entry.assets import asset_path
from handlers.entry.errors import problem_response
from translations import gettext


def install(app: Flask) -> None:
    """Look at the name before anything else does; Flask has compared it with TRUSTED_HOSTS."""
    app.before_request(_refuse_foreign_host)


def _refuse_foreign_host() -> ResponseReturnValue | None:
    if not isinstance(request.routing_exception, SecurityError):
        return None
    if request.path.startswith("/api/"):
        return problem_response(400, "bad_request", gettext("请求头 Host 不是本网站的地址。"))
    return _render_host_page()


def _render_host_page() -> Response:
    # Without a host no address can be built, so the page stands by itself; it does not repeat the name.
    page = current_app.jinja_env.get_template("errors/host.html")
    return make_response(page.render(site=current_app.config["PUBLIC_URL"], sheet=asset_path("app.css")), 400)
