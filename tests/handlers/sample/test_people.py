"""The sample people are enough: whoever begins a case, somebody is left who may go on with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from xml.etree.ElementTree import Element, parse

import pytest

from domain.sample.people import STAFF, list_sign_ins
from domain.sample.places import AUTHORITIES, SampleAuthority

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
TAKING = [authority for authority in AUTHORITIES if authority.sites]  # nobody can apply to the others


@dataclass(frozen=True, kw_only=True)
class Task:
    """A user task of the library: who may take it."""

    process: str
    role: str
    duty: str
    not_by: tuple[str, ...]


def _task(process: str, element: Element) -> Task:
    named = {one.get("name"): one.get("value", "") for one in element.iter(PROPERTY)}
    groups = tuple(group for group in named.get("notBy", "").split(",") if group)
    return Task(process=process, role=named["role"], duty=named.get("duty", ""), not_by=groups)


TASKS = [
    _task(file.stem, element)
    for file in sorted(LIBRARY.rglob("*.bpmn"))
    for element in parse(file).iter(f"{BPMN}userTask")
]
# The sender of a 留言 is whoever wrote it.
OF_STAFF = [task for task in TASKS if task.role not in {"applicant", "sender"}]


def _holders(role: str, place: str) -> set[str]:
    return {one.login for one in STAFF if role in one.roles and one.place in (place, None)}


def _earlier(task: Task, place: str) -> Iterator[set[str]]:
    """Who stands in the groups that a task excludes, in every way in which that can have come about."""
    before = [one for one in TASKS if one.process == task.process and one.duty in task.not_by]
    for people in product(*(_holders(one.role, place) for one in before)):
        by_duty = {one.duty: person for one, person in zip(before, people, strict=True)}
        if all(by_duty.get(group) != by_duty[one.duty] for one in before for group in one.not_by):
            yield set(people)


def _stuck(authority: SampleAuthority) -> Iterator[str]:
    for task in OF_STAFF:
        places = [site for site, _ in authority.sites] if task.role.startswith("site.") else [authority.name]
        for place in places:
            holders = _holders(task.role, place)
            for people in _earlier(task, place):
                if not holders - people:
                    yield f"{place}: {task.role} after {sorted(people)}"


@pytest.mark.parametrize("authority", TAKING, ids=lambda authority: authority.name)
def test_whoever_begins_somebody_else_can_go_on(authority: SampleAuthority) -> None:
    assert list(_stuck(authority)) == []


def test_the_diagrams_do_separate_duties() -> None:
    assert {task.not_by for task in OF_STAFF} > {("first_review",), ("first_review", "second_review")}


def test_the_sign_ins_say_where_each_works() -> None:
    told = {login: work for work, _, login in list_sign_ins()}
    assert told["zhoumin"] == "初审（柯城区教育局）"
    assert told["admin"] == "系统管理"
    assert len(told) == len(list_sign_ins()), "a login is for one person"
