"""Opens the place of applicants: importing a module adds its pages."""

from __future__ import annotations

from handlers.apply import forms
from handlers.apply.applications import (
    application_pages,
    calendar_pages,
    change_pages,
    letter_pages,
    material_pages,
    notice_pages,
    photo_pages,
    task_pages,
    thread_pages,
    withdrawal_pages,
)
from handlers.apply.blueprint import pages
from handlers.apply.pictures import picture_uploads, signature_pages
from handlers.apply.wizard import platform_pages, search_pages, step_pages

__all__ = [
    "application_pages",
    "calendar_pages",
    "change_pages",
    "forms",
    "letter_pages",
    "material_pages",
    "notice_pages",
    "pages",
    "photo_pages",
    "picture_uploads",
    "platform_pages",
    "search_pages",
    "signature_pages",
    "step_pages",
    "task_pages",
    "thread_pages",
    "withdrawal_pages",
]
