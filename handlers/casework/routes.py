"""The pages of the reviewers' side; importing this module registers all of them."""

from handlers.casework import (
    account_requests,
    cases,
    certificates,
    desk,
    filters,
    forms,
    handing_over,
    posts,
    processes,
    set_back,
    tasks,
    threads,
    worklist_pages,
    writing,
)
from handlers.casework.blueprint import pages

__all__ = [
    "account_requests",
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
    "threads",
    "worklist_pages",
    "writing",
]
