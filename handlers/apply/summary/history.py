"""What happened to an application so far, in the words of its applicant; the names of staff are not told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from domain.cases import asked_materials, revisions
from domain.wording import public_states
from models.cases.applications import Application, Certificate
from models.cases.materials import Material, list_material_versions
from models.processes import running
from models.processes.instances import WorkItem
from models.processes.states import EventKind, ItemState
from translations import gettext, join_words, lazy_gettext
from workflows.clock import LOCAL

# What the applicant sent in, by the form with which it was sent.
SENT_IN = {
    "registration/reminder": lazy_gettext("读完申报提醒"),
    "online_review/upload": lazy_gettext("提交材料"),
    "online_review/correct": lazy_gettext("重新提交材料"),
    "confirmation/correct": lazy_gettext("提交补正"),
}


def build_history(
    application: Application, certificate: Certificate | None, threads: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What happened, the newest first; `threads` as its applicant sees them."""
    told = [_tell(gettext("提交报名，生成报名号"), application.registered_at, own=True)]
    told += _list_state_changes(application)
    told += [*_list_edits(application), *_list_sent_in(application), *_list_uploads(application)]
    told += [*_list_messages(threads), *_certificate_steps(certificate)]
    told.sort(key=lambda one: one["when"] or application.created_at)
    told[-1] = {**told[-1], "now": True}
    return list(reversed(told))


def _tell(title: str, when: datetime | None, *, own: bool = False, **more: Any) -> dict[str, Any]:
    return {"title": title, "when": when, "who": gettext("本人") if own else "", "past": True, **more}


def _list_state_changes(application: Application) -> list[dict[str, Any]]:
    """What the case came into after it was registered, which is told in other words."""
    told = running.list_told_events(application.instance_id)
    events = [event for event in told if event.kind == EventKind.STATE]
    states = [
        public_states.find_named_state(application.instance_id, _new_state(event.detail)) for event in events
    ]
    changes = [(state, event) for state, event in zip(states, events, strict=True) if state.title]
    return [_tell(str(state.past or state.label), event.at) for state, event in changes[1:]]


def _new_state(detail: Any) -> str:
    # The engine notes a change of public state as the old word and the new one.
    return str(detail[1]) if isinstance(detail, list) else ""


def _list_edits(application: Application) -> list[dict[str, Any]]:
    """What was changed after the number was given, each particular before and after."""
    return [
        _tell(
            gettext("修改申报内容"),
            act["at"],
            own=act["by"] == application.person.name,
            text=join_words(field for field, _, _ in act["rows"]),
            rows=act["rows"],
        )
        for act in revisions.list_revisions(application.id)
    ]


def _list_sent_in(application: Application) -> list[dict[str, Any]]:
    """What the applicant finished and sent in."""
    done = [item for item in running.list_items(application.instance_id) if _is_sent_in(item, application)]
    return [_tell(str(SENT_IN[item.form_key or ""]), item.done_at, own=True) for item in done]


def _is_sent_in(item: WorkItem, application: Application) -> bool:
    own = item.done_by == application.person_id
    return item.state == ItemState.DONE and own and item.form_key in SENT_IN


def _list_uploads(application: Application) -> list[dict[str, Any]]:
    """The materials that were uploaded, those of one day and one round together."""
    days: dict[tuple[Any, ...], list[Material]] = {}
    found = sorted(list_material_versions(application.id), key=lambda one: (one.uploaded_at, one.id))
    for one in found:
        own = one.uploaded_by == application.person_id
        days.setdefault((one.uploaded_at.astimezone(LOCAL).date(), one.round, own), []).append(one)
    names = asked_materials.name_materials(application) if found else {}
    return [
        _tell(gettext("上传材料"), files[-1].uploaded_at, own=own, text=_name_files(files, names))
        for (_, _, own), files in days.items()
    ]


def _name_files(files: Sequence[Material], names: dict[str, str]) -> str:
    return join_words(names.get(key, key) for key in dict.fromkeys(one.key for one in files))


def _list_messages(threads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        _tell(
            gettext("写了留言") if one["mine"] else gettext("收到留言"),
            one["when"],
            own=one["mine"],
            text=thread["title"],
        )
        for thread in threads
        for one in thread["messages"]
    ]


def _certificate_steps(row: Certificate | None) -> list[dict[str, Any]]:
    """What became of the certificate, each with its moment."""
    known = (
        ((gettext("证书制好"), row.printed_at), (gettext("领取证书"), row.handed_over_at))
        if row is not None
        else ()
    )
    return [_tell(title, at) for title, at in known if at is not None]
