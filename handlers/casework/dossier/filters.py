"""How the plain values of a dossier look on a page."""

from __future__ import annotations

from datetime import datetime

from domain.wording import dates
from handlers.casework.blueprint import pages
from handlers.casework.dossier import particulars


@pages.app_template_filter("local_moment")
def local_moment(text: str | None) -> str:
    """A moment in ISO text as people write it: 4月24日 17:00."""
    return dates.format_moment(datetime.fromisoformat(text)) if text else ""


pages.app_template_filter("kind_name")(particulars.kind_name)
