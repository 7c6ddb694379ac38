"""The flow of the viewflow peer; it can be imported only once Django is set up."""

from __future__ import annotations

from typing import Any

from django.db import connection
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.base import Flow

from benchmarks.peer.work import TASKS


def _body() -> dict[str, Any]:
    body: dict[str, Any] = {"start": flow.StartHandle(this.begin).Next(this.task_0), "end": flow.End()}
    for number in range(TASKS):
        following = getattr(this, f"task_{number + 1}") if number < TASKS - 1 else this.end
        view = flow.View(lambda request: None).Permission("viewflow.view_task")
        body[f"task_{number}"] = view.Next(following)
    is_pg = connection.vendor == "postgresql"
    body["begin"] = lambda self, activation, **_: activation.process
    body["lock_impl"] = lock.SelectForUpdateLock(nowait=False) if is_pg else lock.no_lock
    body["__module__"] = __name__
    return body


BenchFlow = type("BenchFlow", (Flow,), _body())
