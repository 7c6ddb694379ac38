"""Opens the place of applicants: importing a module adds its pages."""

from __future__ import annotations

from handlers.apply import (
    changing,
    enquiry,
    files,
    forms,
    letters,
    materials,
    platform,
    search,
    signing,
    steps,
    tasks,
    threads,
    withdrawing,
)
from handlers.apply.blueprint import pages

__all__ = [
    "changing",
    "enquiry",
    "files",
    "forms",
    "letters",
    "materials",
    "pages",
    "platform",
    "search",
    "signing",
    "steps",
    "tasks",
    "threads",
    "withdrawing",
]
