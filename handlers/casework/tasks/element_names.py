"""What the elements of a process are called in its diagram."""

from __future__ import annotations

from functools import lru_cache

from models import db
from models.processes import running
from workflows.engine.source import safe_xml


def read_names(instance_id: int | None) -> dict[str, str]:
    """The names of the elements of an instance's release, by id."""
    found: dict[str, str] = {}
    for source in db.session.scalars(running.select_process_sources(instance_id)):
        found |= _parse_names(source)
    return found


@lru_cache(maxsize=128)
def _parse_names(source: bytes) -> dict[str, str]:
    root = safe_xml.parse_xml(source, name="diagram.bpmn")
    named = ((node.get("id"), node.get("name")) for node in root.iter() if isinstance(node.tag, str))
    return {element: name for element, name in named if element and name}
