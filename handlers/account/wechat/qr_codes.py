"""QR codes that lead a phone into WeChat: the browser that asked keeps which one it shows."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import current_app, session, url_for

from domain.accounts import wechat_bindings
from domain.accounts.wechat_bindings import TicketOver


@dataclass(frozen=True, kw_only=True)
class ScannedCode:
    """A QR code to be scanned, and the address in it."""

    address: str
    picture: str  # SVG as a data address


def remember_ticket(purpose: str, ticket: str) -> None:
    """Let this browser show the code again."""
    session[f"wechat.{purpose}"] = ticket


def draw_remembered(purpose: str) -> ScannedCode | None:
    """The code that this browser shows, while it may be scanned."""
    ticket = str(session.get(f"wechat.{purpose}", ""))
    try:
        wechat_bindings.find_ticket(ticket)
    except TicketOver:
        return None
    address = f"{current_app.config['PUBLIC_URL']}{url_for('account.open_wechat', ticket=ticket)}"
    picture = segno.make(address, error="m").svg_data_uri(scale=4, border=2, light="#fff")
    return ScannedCode(address=address, picture=picture)
