"""The public pages, gathered."""

from handlers.public import certificates, helping, home, services
from handlers.public.blueprint import pages

__all__ = ["certificates", "helping", "home", "pages", "services"]
