"""The pages of the personal centre, gathered."""

from handlers.profile import (
    certificates,
    contact,
    enrolment,
    exams,
    overview,
    particulars,
    putonghua,
    schooling,
)
from handlers.profile.blueprint import pages

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
]
