"""The normal form: a diagram rewritten, before it is parsed, into elements that the engine runs right.

The rules of the linter read the designer's file; the parser, and the walk that proves a net sound, read this.
What is added has an id that begins with `zige.`, and leads back to an element of the designer's.
"""

from workflows.engine.source.normal_form.document import normalise_document
from workflows.engine.source.normal_form.lanes import find_lane_name, read_lanes
from workflows.engine.source.normal_form.names import find_designer_id
from workflows.engine.source.normal_form.tasks import DONE_FORM

__all__ = ["DONE_FORM", "find_designer_id", "find_lane_name", "normalise_document", "read_lanes"]
