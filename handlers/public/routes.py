"""The public pages, gathered."""

from handlers.public import certificates, help_pages, home, service_pages
from handlers.public.blueprint import pages

__all__ = ["certificates", "help_pages", "home", "pages", "service_pages"]
