"""Sheets made of facts; no transaction may be open, as typesetting takes its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from connectors.documents import typeset
from connectors.documents.errors import UnfitTemplate
from connectors.documents.typeset import TypesetDocument, Typesetter
from models.base.errors import DomainError
from translations import gettext, join_words, lazy_gettext

Files = Mapping[str, str]  # name → text, the template itself first
Facts = Mapping[str, Any]


class UnprintableCertificate(DomainError):
    """A certificate that would lack a character; it is never printed with a mark in its place."""

    code = "undrawable"
    sentence = lazy_gettext("证书没有生成：字库中缺少证书上要用的字。")


class UnfitSheet(DomainError):
    """A template from which no paper can be made."""

    code = "unfit_sheet"
    sentence = lazy_gettext("样式有错误，没有生成文件，请联系流程设计人员。")


def typeset_application_form(files: Files, facts: Facts) -> bytes:
    """教师资格认定申请表 as PDF; what no typeface has is marked on it, and told where it is offered."""
    return _log_missing("application form", facts, _typeset(files, facts))


def typeset_letter(files: Files, facts: Facts) -> bytes:
    """An issued letter as PDF, by the template it was issued with."""
    return _log_missing("letter", facts, _typeset(files, facts))


def typeset_own_sheet(name: str, facts: Facts) -> bytes:
    """A paper that is the same for every case, by our own sheet."""
    return _log_missing(name, facts, _typeset(typeset.read_own_sheet(name), facts))


def list_letter_files(layout: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The files by which a letter is typeset, as pairs of name and text."""
    return typeset.list_letter_files(layout)


def find_template_problem(files: Files, facts: Facts) -> tuple[str, int | None] | None:
    """Why a template makes no document of some facts: a sentence, and the line where it is known."""
    try:
        _make_typesetter().typeset_files(files, facts)
    except UnfitTemplate as unfit:
        return unfit.sentence, unfit.line
    return None


def find_unprintable(facts: Any) -> tuple[str, ...]:
    """The rare characters among some facts that no font has; they have to be written in by hand."""
    return _make_typesetter().missing(facts)


def describe_characters(characters: tuple[str, ...]) -> str:
    """Characters with their codes, by which a person finds them although nothing draws them."""
    return join_words(
        gettext("“%(character)s”（%(code)s）", character=one, code=f"U+{ord(one):04X}") for one in characters
    )


def typeset_certificate(files: Files, facts: Facts) -> bytes:
    """教师资格证书 as PDF, or a refusal that names what cannot be drawn."""
    if lacking := find_unprintable(facts):
        told = gettext(
            "证书没有生成：字库中没有%(characters)s。请核对登记的文字是否为标准字；确为该字的，"
            "请通知系统管理员安装字库后再打印。",
            characters=describe_characters(lacking),
        )
        raise UnprintableCertificate(told)
    return _typeset(files, facts).content


def _typeset(files: Files, facts: Facts) -> TypesetDocument:
    try:
        return _make_typesetter().typeset_files(files, facts)
    except UnfitTemplate as unfit:
        current_app.logger.error("a template makes no document: %s", unfit)
        raise UnfitSheet from unfit  # its file and line are for designers


def _log_missing(sort: str, facts: Mapping[str, Any], document: TypesetDocument) -> bytes:
    if document.missing:
        number = facts.get("number") or facts.get("registration_number")
        current_app.logger.warning("%s %s lacks glyphs: %s", sort, number, document.missing)
    return document.content


def _make_typesetter() -> Typesetter:
    rare = [folder for folder in current_app.config["RARE_FONTS"].split(":") if folder]
    return Typesetter(current_app.config["FONTS"], rare=rare)
