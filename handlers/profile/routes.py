"""The pages of the personal centre, gathered."""

from handlers.profile import contact, identity_pages, overview, particulars
from handlers.profile.blueprint import pages
from handlers.profile.records import certificates, enrolment, exams, putonghua, schooling

__all__ = [
    "certificates",
    "contact",
    "enrolment",
    "exams",
    "identity_pages",
    "overview",
    "pages",
    "particulars",
    "putonghua",
    "schooling",
]
