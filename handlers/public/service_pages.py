"""网上办事: the two services, and how 定期注册 goes."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.entry.access import allow
from handlers.public.blueprint import pages


@pages.get("/services")
@allow("public")
def services() -> ResponseReturnValue:
    """Both services with their ways in."""
    return render_template("public/services.html")


@pages.get("/services/periodic")
@allow("public")
def periodic() -> ResponseReturnValue:
    """How periodic registration is done, and by whom."""
    return render_template("public/periodic.html")
