"""网上办事: the two services, and how 定期注册 goes."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from handlers.public.blueprint import pages


@pages.get("/services")
def services() -> ResponseReturnValue:
    """Both services with their ways in."""
    return render_template("public/services.html")


@pages.get("/services/periodic")
def periodic() -> ResponseReturnValue:
    """How periodic registration is done, and by whom."""
    return render_template("public/periodic.html")
