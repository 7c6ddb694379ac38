"""The pages of the reviewers' side; importing this module registers all of them."""

from handlers.casework import (
    cases,
    certificates,
    desk,
    filters,
    forms,
    handing_over,
    pages,
    posts,
    processes,
    set_back,
    tasks,
    worklist_pages,
)

__all__ = [
    "cases",
    "certificates",
    "desk",
    "filters",
    "forms",
    "handing_over",
    "pages",
    "posts",
    "processes",
    "set_back",
    "tasks",
    "worklist_pages",
]
