"""网上办事: the two services, and how 定期注册 goes."""

from __future__ import annotations

from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.public.blueprint import pages


@pages.get("/services")
@allow("public")
@show("public/services.html")
def services() -> Page:
    """Both services with their ways in."""
    return {}


@pages.get("/services/periodic")
@allow("public")
@show("public/periodic.html")
def periodic() -> Page:
    """How periodic registration is done, and by whom."""
    return {}
