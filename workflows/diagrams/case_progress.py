"""Where a case stands in the diagrams of its own release."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from models import db
from models.base.database import read_once
from models.processes import running
from models.processes.instances import Definition, ProcessInstance, ReleasePart
from models.processes.states import DefinitionSort
from workflows.definitions import contents
from workflows.diagrams import layout_reader, token_progress
from workflows.diagrams.layout import Layout
from workflows.diagrams.token_progress import HistoryEvent, InstanceHistory, ProcessProgress


@dataclass(frozen=True, kw_only=True)
class CaseProgress:
    """The diagrams of a case, by the key of the process, and its place in each; the root first."""

    root: str
    layouts: dict[str, Layout]
    places: dict[str, ProcessProgress]

    def open_processes(self) -> list[str]:
        """The root, and the processes in which tokens rest."""
        return [key for key, place in self.places.items() if key == self.root or place.here]


def find_case_progress(instance_id: int | None) -> CaseProgress | None:
    """Where an instance stands, as its events and its tokens tell; nothing without an instance."""
    return read_once(("case progress", instance_id), lambda: _read_case_progress(instance_id))


def _read_case_progress(instance_id: int | None) -> CaseProgress | None:
    instance = db.session.get(ProcessInstance, instance_id) if instance_id else None
    if instance is None:
        return None
    release = contents.find_release(instance.id)
    layouts = _keep_layouts(*release) if release is not None else {}
    story = InstanceHistory(
        root=instance.process_key,
        begun=instance.started_at,
        tokens=tuple(instance.elements or ()),
        events=tuple(_read_events(instance.id)),
        end=instance.end_element,
    )
    return CaseProgress(root=story.root, layouts=layouts, places=token_progress.find_progress(layouts, story))


@lru_cache(maxsize=contents.KEPT)
def _keep_layouts(release_id: int, _digest: str) -> dict[str, Layout]:
    """The diagrams of a release; the digest names them, whatever database they came from."""
    parts = (
        select(Definition.key, Definition.source)
        .join(ReleasePart, ReleasePart.definition_id == Definition.id)
        .where(ReleasePart.release_id == release_id, Definition.sort == DefinitionSort.PROCESS)
    )
    return {key: layout_reader.read_layout(source, key) for key, source in db.session.execute(parts)}


def _read_events(instance_id: int) -> list[HistoryEvent]:
    return [
        HistoryEvent(kind=row.kind, element=row.element, at=row.at)
        for row in running.list_told_events(instance_id)
        if row.element is not None and row.kind in token_progress.PASSED
    ]
