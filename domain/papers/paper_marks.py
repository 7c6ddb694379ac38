"""What every paper carries so that anybody can check it: its code, the address, and both as a QR code."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from flask import current_app

from domain.papers import paper_codes
from domain.papers.paper_codes import PaperKind, PaperReference
from workflows.clock import LOCAL, now

PATH = "/verify"  # of the public page


def mark_printed(kind: PaperKind, row: int, version: int = 0) -> dict[str, Any]:
    """The marks of a paper that is printed now."""
    day = now().astimezone(LOCAL).date()
    return mark_paper(paper_codes.write_code(PaperReference(kind=kind, row=row, version=version, day=day)))


def mark_paper(code: str) -> dict[str, Any]:
    """The facts by which a sheet shows the code of a paper."""
    address = f"{current_app.config['PUBLIC_URL']}{PATH}"
    return {
        "verification_code": code,
        "verification_address": address,
        "verification_picture": _draw_picture(f"{address}?code={code}"),
    }


def _draw_picture(address: str) -> bytes:
    target = BytesIO()
    segno.make_qr(address, error="m").save(target, kind="png", scale=6, border=2)
    return target.getvalue()
