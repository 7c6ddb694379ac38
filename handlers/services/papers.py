"""Sheets made of facts; no transaction may be open, as typesetting takes its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app

from connectors.documents.typeset import Typesetter


def application_form(facts: dict[str, Any]) -> bytes:
    """教师资格认定申请表 as PDF."""
    return _typesetter().application_form(facts).content


def acceptance_receipt(facts: dict[str, Any]) -> bytes:
    """受理凭证 as PDF."""
    return _typesetter().acceptance_receipt(facts).content


def certificate(facts: dict[str, Any]) -> bytes:
    """教师资格证书 as PDF."""
    return _typesetter().certificate(facts).content


def _typesetter() -> Typesetter:
    library = Path(current_app.root_path) / "workflows" / "library"
    return Typesetter(library, current_app.config["FONTS"])
