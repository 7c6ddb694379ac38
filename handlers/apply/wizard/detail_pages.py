"""The three pages inside step 4: one form, of which each shows its part and carries the rest along unseen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from translations import lazy_gettext

STEP = "details"
ACT = "page"  # page:resume
PAGES = {
    "pictures": (lazy_gettext("照片和签名"), ("photo", "undertaking")),
    "particulars": (
        lazy_gettext("基本信息和证书领取"),
        (
            "political_status",
            "household_place",
            "birth_place",
            "mailing_address",
            "postcode",
            "phone",
            "major_category",
            "delivery",
            "delivery_address",
        ),
    ),
    "resume": (
        lazy_gettext("工作和简历"),
        ("employer", "occupation", "professional_title", "resume"),
    ),
}
NAMES = tuple(PAGES)


def read_page(asked: str | None) -> str | None:
    """The page that an address names, if there is one."""
    return asked if asked in PAGES else None


def find_page(field: str) -> str | None:
    """The page on which a question stands."""
    return next((name for name, (_, fields) in PAGES.items() if field in fields), None)


def select_problems(page: str, problems: Mapping[str, Any]) -> dict[str, Any]:
    """Of everything that is wrong what stands on one page."""
    return {field: told for field, told in problems.items() if field in PAGES[page][1]}


def is_later(page: str, than: str) -> bool:
    """Whether a page comes after another one."""
    return NAMES.index(page) > NAMES.index(than)


def describe_pages(
    asked: str | None, values: Mapping[str, Any], missing: Collection[str], wrong: Collection[str]
) -> dict[str, Any]:
    """Which page is shown: where something is wrong, the one asked for, or the first not filled in."""
    told = [name for name in NAMES if any(field in PAGES[name][1] for field in wrong)]
    current = told[0] if told else asked or _find_unfilled(values, missing)
    place = NAMES.index(current)
    return {
        "page": current,
        "page_number": place + 1,
        "page_titles": {name: title for name, (title, _) in PAGES.items()},
        "page_before": NAMES[place - 1] if place else "",
        "page_after": NAMES[place + 1] if place + 1 < len(NAMES) else "",
        "pages_shown": {current, *told},
    }


def _find_unfilled(values: Mapping[str, Any], missing: Collection[str]) -> str:
    if missing:
        return NAMES[0]
    for name in NAMES[1:]:
        if any(not values.get(field) for field in PAGES[name][1] if field != "delivery_address"):
            return name
    return NAMES[0]
