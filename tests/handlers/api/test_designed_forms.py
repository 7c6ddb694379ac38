"""A form that a designer defined, driven through the API."""

from __future__ import annotations

import jsonschema
import pytest

from tests.handlers.api.calling import Caller
from tests.handlers.api.test_leave_request import refused, told
from tests.workflows.designing import EVERY, build_process, written

pytestmark = pytest.mark.found("D4")


def test_a_designed_form_is_described_answered_and_judged(people: dict[str, Caller]) -> None:
    files = (build_process("site.clerk"), written(EVERY))
    deployed = people["designer"].deploy(*files, names=("leave.bpmn", "leave.form.json"))
    assert deployed.status_code == 201, deployed.text
    instance = told(people["designer"].post("/processes/designed_leave/instances", {}), 201)
    lin = people["lin"]
    (item,) = told(lin.get("/tasks"))["tasks"]
    told(lin.post(f"/tasks/{item['id']}/claim"))
    form = told(lin.get(f"/tasks/{item['id']}"))
    assert form["form"]["title"] == "请假单"
    assert form["view"] == {"answered": {"people": 1}}
    answers = {"name": "林", "sort": "sick", "reason": "发热", "days": 2.5}
    jsonschema.Draft202012Validator(form["form"]).validate(answers)
    wrong = lin.post(f"/tasks/{item['id']}/complete", {"data": {**answers, "reason": None, "days": 31}})
    assert refused(wrong)[0] == 422
    assert all(name in wrong.get_json()["fields"] for name in ("reason", "days"))
    done = told(lin.post(f"/tasks/{item['id']}/complete", {"data": answers}))
    assert (done["id"], done["elements"]) == (instance["id"], ["read"])
