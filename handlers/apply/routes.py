"""Opens the place of applicants: importing a module adds its pages."""

from __future__ import annotations

from handlers.apply import forms
from handlers.apply.applications import change_pages, enquiry, letters, materials, tasks, threads, withdrawing
from handlers.apply.blueprint import pages
from handlers.apply.pictures import sent_pictures, signing
from handlers.apply.wizard import platform, search, steps

__all__ = [
    "change_pages",
    "enquiry",
    "forms",
    "letters",
    "materials",
    "pages",
    "platform",
    "search",
    "sent_pictures",
    "signing",
    "steps",
    "tasks",
    "threads",
    "withdrawing",
]
