"""What diagrams may name: for designers and administrators."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from domain.diagrams import vocabulary
from domain.reach import visibility
from handlers.api import token_access
from handlers.api.blueprint import pages
from handlers.api.openapi import problem_responses
from handlers.entry.access import allow
from translations import lazy_gettext


class VocabularyAnswer(Schema):
    """All words by sort."""

    vocabulary = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Dict()),
        metadata={"description": lazy_gettext("每一类的词：名称、中英文说明、细节和使用它的流程图元素")},
    )


@pages.get("/vocabulary")
@allow("token")
@pages.response(200, VocabularyAnswer, description=lazy_gettext("流程图可以使用的全部名称"))
@problem_responses(pages, 403)
@pages.doc(operationId="getVocabulary")
def words() -> dict[str, Any]:
    """List everything that a diagram may name, and where deployed diagrams name it."""
    token_access.require_role(visibility.DESIGNERS)
    return {"vocabulary": vocabulary.build_vocabulary()}
