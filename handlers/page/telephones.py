"""Telephone numbers on a page: each one is a link that a phone dials."""

from __future__ import annotations

import re

from flask import Flask
from markupsafe import Markup, escape

# 0570-3020 567 · 010-1234567转8 · 400 800 1234, as offices write them; what is beside them stays as it is.
NUMBER = re.compile(r"\+?\d[\d\s()（）-]{4,}\d(?:\s*(?:转|-)\s*\d{1,6})?")
EXTENSION = re.compile(r"\s*转\s*")


def install(app: Flask) -> None:
    """Let templates write `{{ office.phone | telephones }}`."""
    app.jinja_env.filters.update(telephones=link_telephones)


def link_telephones(text: str | None) -> Markup:
    """The text with a link on every number in it."""
    whole, at = Markup(), 0
    for found in NUMBER.finditer(text or ""):
        whole += escape((text or "")[at : found.start()]) + _link(found[0])
        at = found.end()
    return whole + escape((text or "")[at:])


def _link(number: str) -> Markup:
    dialled, *extension = EXTENSION.split(number, maxsplit=1)
    digits = re.sub(r"[^\d+]", "", dialled)
    address = f"tel:{digits}" + (f",{extension[0]}" if extension else "")  # a comma waits, then dials on
    return Markup('<a class="keep" href="{}">{}</a>').format(address, number)
