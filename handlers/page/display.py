"""How values look on a page: Jinja filters and globals, icons, assets, the display a person chose."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, has_request_context, url_for
from flask_babel import Babel
from markupsafe import Markup, escape
from werkzeug.routing import BuildError

from domain.site import agreed_texts
from domain.wording import dates
from domain.wording.masking import (
    group_document_number,
    group_registration_number,
    mask_document,
    mask_email,
    mask_phone,
)
from handlers.entry import assets
from handlers.entry.cookies import sent_cookie
from handlers.page import navigation, script_sentences
from translations import (
    SOURCE,
    gettext,
    gettext_plural,
    join_clauses,
    join_words,
    lazy_gettext,
    say_source,
    source_of,
)

COOKIE = "zige_display"
THEMES = {"system": lazy_gettext("跟随系统"), "light": lazy_gettext("浅色"), "dark": lazy_gettext("深色")}
LANGUAGES = {"zh": lazy_gettext("中文"), "en": "English"}


def install(app: Flask) -> None:
    """Give templates their filters, globals and language."""
    environment = app.jinja_env
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(FILTERS)
    environment.globals.update(
        icon=draw_icon,
        anchor=draw_anchor,
        strong=draw_strong,
        unseen=draw_unseen,
        text_blocks=agreed_texts.split_blocks,
        gettext_plural=gettext_plural,
        link=page_url,
        due=dates.describe_due,
        choices_of=choices_of,
        page_numbers=page_numbers,
    )
    Babel(app, default_locale=SOURCE, default_timezone="Asia/Shanghai", locale_selector=_select_language)
    app.context_processor(_template_context)


def draw_icon(name: str, label: str | None = None, kind: str = "") -> Markup:
    """A drawing from the sprite; hidden from screen readers unless it has a label of its own."""
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    classes = f"icon {kind}".strip()
    return Markup('<svg class="{}" {}><use href="{}#{}"/></svg>').format(
        classes, told, assets.asset_url("icons.svg"), name
    )


def draw_anchor(text: str, address: str) -> Markup:
    """A link within a sentence, to fill one of its placeholders."""
    return Markup('<a href="{}">{}</a>').format(address, text)


def draw_strong(text: str) -> Markup:
    """The words of a sentence that matter most, to fill one of its placeholders."""
    return Markup("<b>{}</b>").format(text)


def draw_unseen(what: str) -> Markup:
    """What screen readers say after a link or a button that stands on the page several times: 修改：姓名."""
    said = gettext("%(act)s：%(what)s", act="", what=what)
    return Markup('<span class="sr">{}</span>').format(said)


def page_url(endpoint: str | None, **values: Any) -> str | None:
    """The address of a page, or nothing when this installation does not have that page."""
    try:
        return url_for(endpoint, **values) if endpoint else None
    except BuildError:
        return None


def choices_of(options: Any) -> list[Mapping[str, Any]]:
    """Options in one shape, whether given as a code list, as pairs or as mappings."""
    pairs = options.items() if isinstance(options, Mapping) else options or ()
    return [one if isinstance(one, Mapping) else _as_choice(one) for one in pairs]


def page_numbers(page: int, pages: int) -> list[int | None]:
    """The numbers a pager shows: first, last, the neighbours of the current one; None is a gap."""
    shown = sorted({1, pages, *(n for n in range(page - 1, page + 2) if 1 <= n <= pages)})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers


def format_thousands(number: int | float | None) -> str:
    """1,284."""
    return "" if number is None else f"{number:,}"


def format_file_size(octets: int | None) -> str:
    """486 KB, 1.2 MB."""
    if octets is None:
        return ""
    return f"{max(1, round(octets / 1024))} KB" if octets < 1024 * 1024 else f"{octets / 1024 / 1024:.1f} MB"


def break_lines(text: str | None) -> Markup:
    """What a person typed, with their line breaks."""
    lines = (text or "").replace("\r\n", "\n").split("\n")
    return Markup("<br>").join(escape(line) for line in lines)


FILTERS = {
    "moment": dates.format_moment,
    "day": dates.format_day,
    "day_short": dates.format_short_day,
    "month": dates.format_month,
    "deadline": dates.format_deadline,
    "window": dates.format_window,
    "iso": dates.format_iso,
    "mask_document": mask_document,
    "mask_phone": mask_phone,
    "mask_email": mask_email,
    "grouped": group_registration_number,
    "grouped_document": group_document_number,
    "thousands": format_thousands,
    "file_size": format_file_size,
    "in_paragraphs": break_lines,
    "say_source": say_source,
    "join_words": join_words,
    "join_clauses": join_clauses,
}


def chosen_display() -> dict[str, Any]:
    """The display a person chose, from their cookie: theme, large type, language."""
    words = sent_cookie(COOKIE).split(".")
    theme = next((word for word in words if word in THEMES), "system")
    language = next((word for word in words if word in available_languages()), "zh")
    return {"theme": theme, "large": "large" in words, "language": language}


def available_languages() -> dict[str, str]:
    """The languages that have a catalogue; Chinese is the source and needs none."""
    folders = map(Path, current_app.extensions["babel"].translation_directories)
    made = {path.parts[-3] for folder in folders for path in folder.glob("*/LC_MESSAGES/messages.mo")}
    return {key: name for key, name in LANGUAGES.items() if key == "zh" or key in made}


def _select_language() -> str:
    if not has_request_context():  # commands and the worker speak the office's language
        return SOURCE
    language = str(chosen_display()["language"])
    return SOURCE if language == "zh" else language


def _template_context() -> dict[str, Any]:
    principal = g.get("principal")
    return {
        "display": chosen_display() | {"themes": THEMES, "languages": available_languages()},
        "html_lang": "en" if _select_language() == "en" else "zh-CN",
        "script_sentences": script_sentences.find_script_sentences(),
        "navigation": navigation.header_links(principal),
        "account_menu": navigation.account_menu(principal),
    }


def _as_choice(one: Any) -> Mapping[str, Any]:
    value, label = one if isinstance(one, (tuple, list)) else (one, one)
    return {"value": source_of(value) if isinstance(value, str) else value, "label": label}
