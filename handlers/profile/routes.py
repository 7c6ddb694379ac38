"""The pages of the personal centre, gathered."""

from handlers.profile import contact, identity_pages, new_name, overview, particulars, particulars_request
from handlers.profile.blueprint import pages
from handlers.profile.records import certificates, enrolment, exams, putonghua, schooling, skills

__all__ = [
    "certificates",
    "contact",
    "enrolment",
    "exams",
    "identity_pages",
    "new_name",
    "overview",
    "pages",
    "particulars",
    "particulars_request",
    "putonghua",
    "schooling",
    "skills",
]
