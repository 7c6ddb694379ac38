"""用户协议 and 隐私说明 as everybody reads them: each version at its address."""

from __future__ import annotations

from typing import Any

from domain.site import agreed_texts
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.public.blueprint import pages
from models.base.errors import NotFound
from models.persons.states import TextKind
from workflows.clock import wall_time


@pages.get("/terms")
@allow("public")
@show("public/text.html")
def terms() -> Page:
    """用户协议, as it is in force."""
    return _build_page(TextKind.TERMS)


@pages.get("/privacy")
@allow("public")
@show("public/text.html")
def privacy() -> Page:
    """隐私说明, as it is in force."""
    return _build_page(TextKind.PRIVACY)


@pages.get("/texts/<kind>/<int:version>")
@allow("public")
@show("public/text.html")
def text_version(kind: str, version: int) -> Page:
    """One version; one that has not begun is nobody's to read yet."""
    if kind not in set(TextKind) or agreed_texts.find_version(TextKind(kind), version, wall_time()) is None:
        raise NotFound
    return _build_page(TextKind(kind), version)


def _build_page(kind: TextKind, version: int = 0) -> dict[str, Any]:
    begun = agreed_texts.list_begun(kind, wall_time())
    shown = next((one for one in begun if one.version == version), begun[0] if begun else None)
    return {"kind": kind, "title": agreed_texts.TITLES[kind], "text": shown, "versions": begun}
