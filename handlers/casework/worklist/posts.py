"""What the header says of the person's post: the place and the role."""

from __future__ import annotations

from flask import g

from handlers.casework.blueprint import pages
from models.authorities.places import find_place_name
from models.base.codes import ROLES
from translations import gettext_plural, join_facts


@pages.app_context_processor
def provide_post_name() -> dict[str, str]:
    """`post_name` of the layout: 柯城区教育局 · 初审; of several posts the first and their number."""
    principal = g.get("principal")  # nobody is known yet where a request is refused at the door
    posts = sorted(principal.posts, key=lambda post: (post[1] or "", post[0])) if principal else []
    if not posts or g.get("passing_fault"):
        return {"post_name": ""}
    role, place = posts[0]
    words = join_facts((find_place_name(place), ROLES.get(role, role)), " · ")
    return {
        "post_name": words
        if len(posts) == 1
        else gettext_plural("%(post)s 等 %(num)s 个岗位", post=words, num=len(posts))
    }
