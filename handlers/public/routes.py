"""The public pages, gathered."""

from handlers.public import (
    calendar_pages,
    certificate_lookup_pages,
    certificates,
    eligibility_pages,
    enquiry_pages,
    help_pages,
    home,
    service_pages,
    text_pages,
    verify_pages,
)
from handlers.public.blueprint import pages

__all__ = [
    "calendar_pages",
    "certificate_lookup_pages",
    "certificates",
    "eligibility_pages",
    "enquiry_pages",
    "help_pages",
    "home",
    "pages",
    "service_pages",
    "text_pages",
    "verify_pages",
]
