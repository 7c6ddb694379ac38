"""Sheets made of facts; no transaction may be open, as typesetting takes its time."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import current_app

from connectors.documents.typeset import Typesetter


def application_form(facts: dict[str, Any]) -> bytes:
    """教师资格认定申请表 as PDF."""
    return _typesetter().application_form(facts).content


def letter(files: Mapping[str, str], facts: Mapping[str, Any]) -> bytes:
    """An issued letter as PDF, by the template it was issued with."""
    document = _typesetter().typeset_files(files, facts)
    if document.missing:
        current_app.logger.warning("letter %s lacks glyphs: %s", facts.get("number"), document.missing)
    return document.content


def undrawable(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """The rare characters among some facts that no font has; they have to be written in by hand."""
    return _typesetter().missing(facts)


def template_files(*paths: str) -> list[tuple[str, str]]:
    """Files of the library as pairs of name and text."""
    return [(Path(path).name, (_library() / path).read_text(encoding="utf-8")) for path in paths]


def certificate(facts: dict[str, Any]) -> bytes:
    """教师资格证书 as PDF."""
    return _typesetter().certificate(facts).content


def _typesetter() -> Typesetter:
    return Typesetter(_library(), current_app.config["FONTS"])


def _library() -> Path:
    return Path(current_app.root_path) / "workflows" / "library"
