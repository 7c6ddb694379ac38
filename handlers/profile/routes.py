"""The pages of the personal centre, gathered."""

from handlers.profile import contact, overview, particulars
from handlers.profile.blueprint import pages
from handlers.profile.records import certificates, enrolment, exams, putonghua, schooling, skills

__all__ = [
    "certificates",
    "contact",
    "enrolment",
    "exams",
    "overview",
    "pages",
    "particulars",
    "putonghua",
    "schooling",
    "skills",
]
