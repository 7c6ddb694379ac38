"""Floors and rooms: imports run downwards, nothing runs in a ring, and few may look at what stands beside."""

from __future__ import annotations

import pytest

from tests.map import house

LARGEST = 1_500  # lines of a room: what one person keeps in mind
PLACE = {room: number for number, floor in enumerate(house.FLOORS) for room in floor}


def test_every_room_has_its_floor() -> None:
    assert set(house.sizes()) == set(PLACE)


def test_imports_run_downwards() -> None:
    wrong = [
        f"{module} imports {other}"
        for (room, lower), pairs in house.arrows().items()
        if PLACE[lower] >= PLACE[room]
        for module, other in pairs
    ]
    assert wrong == []


def test_no_modules_import_each_other() -> None:
    assert house.circles() == []


def test_no_room_is_crowded() -> None:
    assert {room: lines for room, lines in house.sizes().items() if lines > LARGEST} == {}


@pytest.mark.parametrize("beside", house.ONLY)
def test_few_look_at_what_stands_beside(beside: str) -> None:
    wrong = [
        f"{module} imports {other}"
        for (room, lower), pairs in house.arrows().items()
        if lower.split(".")[0] == beside and room.split(".")[0] != beside and room not in house.ONLY[beside]
        for module, other in pairs
    ]
    assert wrong == []


def test_the_launcher_needs_nothing_of_ours() -> None:
    assert [pair for pair in house.arrows() if pair[0] in house.SINGLE and pair[1] not in house.SINGLE] == []


def test_only_the_engine_imports_spiffworkflow() -> None:
    wrong = [
        name
        for name in house.modules()
        if not name.startswith("workflows.engine.") and "SpiffWorkflow" in house.packages(name)
    ]
    assert wrong == []


def test_only_connectors_speak_with_the_outside() -> None:
    clients = {"requests", "httpx", "urllib3", "opendal"}
    ours = ("models.", "workflows.", "domain.", "handlers.")
    wrong = [name for name in house.modules() if name.startswith(ours) and clients & house.packages(name)]
    assert wrong == []


def test_the_picture_shows_the_house_as_it_is() -> None:
    assert house.PICTURE.read_text(encoding="utf-8") == house.draw(), "run ./zige map"


def test_the_ways_are_those_of_the_code() -> None:
    assert len(house.ways()) == 5
    for place in (place for way in house.ways() for place in way.places):
        path, _, function = place.partition(": ")
        text = (house.ROOT / path).read_text(encoding="utf-8") if function else ""
        assert f"def {function}(" in text or not function, place
