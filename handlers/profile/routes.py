"""The pages of the personal centre, gathered."""

from handlers.profile import (
    certificates,
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
    "enrolment",
    "exams",
    "overview",
    "pages",
    "particulars",
    "putonghua",
    "schooling",
]
