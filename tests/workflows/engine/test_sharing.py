"""Specs are shared by instances and threads, and no step changes them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.trails import TRAILS
from tests.workflows.engine.world import BEGINNING, interpreter, run_of
from workflows.engine.elements import step_clock
from workflows.engine.elements.instances import Instance, look_ahead
from workflows.engine.moves import step
from workflows.engine.state import codec, pending_work, pruning, specs

SHARED = ["everybody", "one after the other", "branches", "call with a cycle", "race"]
ANSWERS = {"people": ["a", "b", "c"], "redo": False, "first": 1}


def _specs(name: str) -> specs.Specs:
    files = [(file, content) for file, content in TRAILS[name].sources.items() if file.endswith(".bpmn")]
    return specs.load_specs(specs.dump_specs(specs.parse_files(files, {})["p"]))


def _run(shared: specs.Specs) -> list[str]:
    with step_clock.at_moment(BEGINNING):
        workflow = Instance(shared.spec, shared.calls, script_engine=interpreter(shared))
        seen = []
        for _ in range(30):
            step.run_to_rest(run_of(workflow, shared, BEGINNING))
            pruning.prune_instance(workflow)
            workflow = codec.load_state(codec.dump_state(workflow), shared, interpreter(shared))
            ready = [task for task in workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]
            if not ready:
                break
            seen.append(ready[0].task_spec.name)
            ready[0].data.update(ANSWERS if "[child]" not in seen[-1] else {"result": 1})
            look_ahead(ready[0])
            ready[0].run()
        return [
            *seen,
            *(
                pending_work.find_element_id(task)
                for task in pending_work.find_pending_work(workflow).resting
            ),
        ]


@pytest.mark.parametrize("name", SHARED)
def test_eight_threads_share_one_spec(name: str) -> None:
    shared = _specs(name)
    before = specs.dump_specs(shared)
    expected = _run(_specs(name))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: _run(shared), range(40)))
    assert found == [expected] * 40
    assert len(expected) >= 2
    assert specs.dump_specs(shared) == before


@pytest.mark.parametrize("name", SHARED)
def test_a_state_goes_on_in_a_fresh_process(name: str) -> None:
    first, second = _specs(name), _specs(name)
    with step_clock.at_moment(BEGINNING):
        workflow = Instance(first.spec, first.calls, script_engine=interpreter(first))
        step.run_to_rest(run_of(workflow, first, BEGINNING))
        state = codec.dump_state(workflow)
        again = codec.load_state(state, second, interpreter(second))
        assert codec.dump_state(again) == state
