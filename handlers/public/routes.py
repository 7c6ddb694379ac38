"""The public pages, gathered."""

from handlers.public import (
    certificate_lookup_pages,
    certificates,
    enquiry_pages,
    help_pages,
    home,
    service_pages,
    text_pages,
)
from handlers.public.blueprint import pages

__all__ = [
    "certificate_lookup_pages",
    "certificates",
    "enquiry_pages",
    "help_pages",
    "home",
    "pages",
    "service_pages",
    "text_pages",
]
