"""How the plain values of a dossier look on a page."""

from __future__ import annotations

from datetime import datetime

from domain.wording import dates
from handlers.casework.blueprint import pages
from handlers.casework.dossier import case_sections


@pages.app_template_filter("local_moment")
def local_moment(text: str | None) -> str:
    """A moment in ISO text as people write it: 4月24日 17:00."""
    return dates.format_moment(datetime.fromisoformat(text)) if text else ""


@pages.app_template_filter("local_deadline")
def local_deadline(text: str | None) -> str:
    """The end of a time in ISO text: 4月24日 17:00, and the end of a day as its 24:00."""
    return dates.format_deadline(datetime.fromisoformat(text)) if text else ""


@pages.app_template_filter("local_day")
def local_day(text: str | None) -> str:
    """The day of a moment in ISO text: 2026年4月24日."""
    return dates.format_day(datetime.fromisoformat(text)) if text else ""


pages.app_template_filter("kind_name")(case_sections.kind_name)
