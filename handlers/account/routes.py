"""The account's pages, gathered."""

from handlers.account import forgotten, registering, settings, signing
from handlers.account.blueprint import pages

__all__ = ["forgotten", "pages", "registering", "settings", "signing"]
