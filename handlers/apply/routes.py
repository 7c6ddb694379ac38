"""Opens the place of applicants: importing a module adds its pages."""

from __future__ import annotations

from handlers.apply import enquiry, files, forms, materials, platform, search, signing, steps, tasks
from handlers.apply.blueprint import pages

__all__ = [
    "enquiry",
    "files",
    "forms",
    "materials",
    "pages",
    "platform",
    "search",
    "signing",
    "steps",
    "tasks",
]
