"""The states and kinds of what the engine writes; the words are those of the tables and of the API."""

from __future__ import annotations

from enum import StrEnum


class InstanceState(StrEnum):
    """Whether a process instance still moves."""

    ACTIVE = "active"  # a token waits somewhere
    COMPLETED = "completed"  # no token is left; `end_element` tells where the last one ended


class ItemState(StrEnum):
    """Where a work item stands: open → claimed → done, or withdrawn from either."""

    OPEN = "open"  # for everybody who holds its role at its place, or for whoever it is assigned to
    CLAIMED = "claimed"  # in somebody's hands until the claim expires
    DONE = "done"  # completed; its answers are the instance's
    WITHDRAWN = "withdrawn"  # taken away by an event of the process, named in `withdrawn_by`


LIVE_ITEMS = (ItemState.OPEN, ItemState.CLAIMED)  # somebody's to do


class WaitKind(StrEnum):
    """What a row in `wait` waits for."""

    MESSAGE = "message"  # one that is delivered under the row's correlation key
    TIMER = "timer"  # the moment in `due_at`


class TimerPurpose(StrEnum):
    """What a timer is to the activity that it stands at."""

    DEADLINE = "deadline"  # when it fires, what is open there is over
    REMINDER = "reminder"  # it only tells; what is open goes on


class EventKind(StrEnum):
    """What can happen to an instance."""

    STARTED = "started"  # the first tokens were placed, by a person or by another process
    CLAIMED = "claimed"  # a work item, by whoever does it
    RELEASED = "released"  # given back, by the holder or because the claim expired
    HANDED_OVER = "handed_over"  # to a colleague, with the reason
    COMPLETED = "completed"  # a work item, with its answers
    WITHDRAWN = "withdrawn"  # a work item taken away by the process
    MESSAGE = "message"  # delivered and taken
    TIMER = "timer"  # fired
    QUEUED = "queued"  # an outward operation became a job
    SERVICED = "serviced"  # an operation came back with its result
    FAILED = "failed"  # an operation came back with an error that the diagram knows
    CAUGHT = "caught"  # an error, escalation or cancellation was taken by the boundary event that is named
    STATE = "state"  # the public state changed
    ENDED = "ended"  # the last token is gone
    MOVED = "moved"  # to another release of its process
    REDATED = "redated"  # deadlines were worked out again, as a window or the calendar changed


class JobState(StrEnum):
    """Where a job stands: due → leased → done, or back to due for another try, or dead."""

    DUE = "due"  # to be run at `run_at`
    LEASED = "leased"  # in the hands of a worker until `lease_until`
    DONE = "done"  # run, and what it led to is written
    DEAD = "dead"  # no try is left: an incident, which an operator looks at
    DROPPED = "dropped"  # nobody waits for it any more: its task was withdrawn, or an operator said so


PENDING_JOBS = (JobState.DUE, JobState.LEASED)  # a worker has them, or will
UNFINISHED_JOBS = (*PENDING_JOBS, JobState.DEAD)  # somebody still waits for what they do


class DefinitionSort(StrEnum):
    """What a designer's file defines."""

    PROCESS = "process"  # BPMN
    DECISION = "decision"  # DMN
    FORM = "form"  # form-js JSON
    LETTER = "letter"  # paragraphs with data fields as JSON; raw typst for official forms
    NOTICE = "notice"  # a text with data fields, for each way on which it goes
    STATES = "states"  # the public states of a service and what each of them means and allows
    SERVICE = "service"  # what people can apply for, and which process it is


class OperationKind(StrEnum):
    """Whether an operation leaves the house.

    inward: `perform(call, **parameters) -> value`.
    outward: `prepare(call, **parameters) -> request` reads what is needed, `perform(request, key) -> answer`
    goes out with no transaction open, `record(call, parameters, answer) -> result` keeps it.
    """

    INWARD = "inward"  # in the transaction of the step
    OUTWARD = "outward"  # by a job, after the commit
