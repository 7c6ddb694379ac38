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
from handlers.account.requests import mobile_pages, standing_pages
from handlers.account.wechat import binding_pages, scan_pages

__all__ = [
    "account_settings",
    "binding_pages",
    "consent_pages",
    "contesting",
    "email_links",
    "mobile_pages",
    "name_correction",
    "pages",
    "password_reset",
    "puzzle_pages",
    "registration_pages",
    "scan_pages",
    "sign_in_pages",
    "standing_pages",
]
