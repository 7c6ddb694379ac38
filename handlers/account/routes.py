"""The account's pages, gathered."""

from handlers.account import (
    account_settings,
    consent_pages,
    email_links,
    password_reset,
    puzzle_pages,
    sign_in_pages,
)
from handlers.account.blueprint import pages
from handlers.account.registration import contesting, name_correction, registration_pages

__all__ = [
    "account_settings",
    "consent_pages",
    "contesting",
    "email_links",
    "name_correction",
    "pages",
    "password_reset",
    "puzzle_pages",
    "registration_pages",
    "sign_in_pages",
]
