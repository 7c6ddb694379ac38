"""Tasks that say only that somebody does something: user tasks with a form that has nothing to fill in."""

from __future__ import annotations

from lxml import etree

from workflows.engine.source.normal_form.elements import PREFIX, list_children, local_name
from workflows.engine.source.normal_form.lanes import find_lane_name, read_lanes
from workflows.engine.source.safe_xml import Element

DONE_FORM = "done"  # the built-in form that only asks whether the task is done
_SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
_PLAIN = ("task", "manualTask")


def prepare_tasks(root: Element) -> None:
    """Make plain and manual tasks user tasks, and give all user tasks the role that their lane names."""
    lanes = read_lanes(root)
    for task in list(root.iter(*(PREFIX + name for name in (*_PLAIN, "userTask")))):
        if local_name(task) in _PLAIN:
            task.tag = f"{PREFIX}userTask"
            _set_missing(task, "formKey", DONE_FORM)
        if lane := find_lane_name(task, lanes):
            _set_missing(task, "role", lane)


def _set_missing(task: Element, name: str, value: str) -> None:
    """Give a task a property, if it has none of this name."""
    there = {one.get("name"): one.get("value") for one in task.iterfind(f"./*/*/{_SPIFF}property")}
    if not there.get(name):
        etree.SubElement(_find_properties(task), f"{_SPIFF}property", {"name": name, "value": value})


def _find_properties(task: Element) -> Element:
    holder = task.find(f"{PREFIX}extensionElements")
    if holder is None:
        holder = etree.Element(f"{PREFIX}extensionElements")
        task.insert(len(list_children(task, "documentation")), holder)
    found = holder.findall(f"{_SPIFF}properties")
    return found[-1] if found else etree.SubElement(holder, f"{_SPIFF}properties")
