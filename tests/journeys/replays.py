"""Whether all that was recorded in a database leads its instances the same way once more."""

from __future__ import annotations

from sqlalchemy import select

from models import db
from models.processes.instances import Event, ProcessInstance, Release
from models.processes.recordings import find_record
from workflows import engine
from workflows.engine.replay.replaying import Difference, replay_events


def list_differing() -> list[tuple[str, int, list[Difference]]]:
    """The instances whose replay differs, each with its process."""
    found = []
    for instance in db.session.scalars(select(ProcessInstance).order_by(ProcessInstance.id)):
        chosen = select(Event).where(Event.instance_id == instance.id).order_by(Event.id)
        events = list(db.session.scalars(chosen))
        if not events or find_record(events[0].detail) is None:
            continue  # written as rows by whoever made the database
        release = db.session.get_one(Release, instance.release_id)
        replay = replay_events(events, engine.find_specs(release.id, release.digest))
        if replay.differences or replay.end != instance.end_element:
            found.append((instance.process_key, instance.id, replay.differences))
    return found
