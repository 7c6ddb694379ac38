"""The public pages, gathered."""

from handlers.public import (
    certificate_lookup_pages,
    certificates,
    help_pages,
    home,
    service_pages,
)
from handlers.public.blueprint import pages

__all__ = ["certificate_lookup_pages", "certificates", "help_pages", "home", "pages", "service_pages"]
