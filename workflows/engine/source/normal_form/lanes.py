"""Lanes: a person does what stands in a lane of their role's name."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.engine.source.normal_form.elements import PREFIX
from workflows.engine.source.safe_xml import Element


def read_lanes(root: Element) -> dict[str, str]:
    """The name of the innermost lane of each node that stands in one."""
    found: dict[str, str] = {}
    for lane in root.iter(f"{PREFIX}lane"):  # an inner lane comes after the one around it
        for reference in lane.findall(f"{PREFIX}flowNodeRef"):
            if lane.get("name") and reference.text:
                found[reference.text.strip()] = lane.get("name")
    return found


def find_lane_name(node: Element, lanes: Mapping[str, str]) -> str | None:
    """The lane in which a node stands, or in which the sub-process around it does."""
    here: Element | None = node
    while here is not None:
        if name := lanes.get(here.get("id") or ""):
            return name
        here = here.getparent()
    return None
