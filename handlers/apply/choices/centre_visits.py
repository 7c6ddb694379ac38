"""From the second step to the personal centre: what was chosen is kept, and one returns to the same place."""

from __future__ import annotations

from flask import url_for

# What a button of the step names → the page of the centre, and the place of the step to come back to.
VISITS = {
    "particulars": ("profile.particulars", "who-title"),
    "exams": ("profile.exams", "route-title"),
    "putonghua": ("profile.putonghua", "putonghua-title"),
    "enrolment": ("profile.enrolment", "school-title"),
    "schooling": ("profile.schooling", "school-title"),
    "degrees": ("profile.degrees", "school-title"),
    "skills": ("profile.skills", "skill-title"),
}
ACT = "visit"  # visit:putonghua


def find_address(act: str, place: str, step_address: str) -> str | None:
    """Where a button leads that asks for a page of the centre; nothing when it asks for something else."""
    if act != ACT or place not in VISITS:
        return None
    endpoint, anchor = VISITS[place]
    return url_for(endpoint, next=f"{step_address}#{anchor}")
