"""The account's pages, gathered."""

from handlers.account import addresses, contesting, forgotten, naming, registering, settings, signing
from handlers.account.blueprint import pages

__all__ = [
    "addresses",
    "contesting",
    "forgotten",
    "naming",
    "pages",
    "registering",
    "settings",
    "signing",
]
