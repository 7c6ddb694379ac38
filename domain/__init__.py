"""What is true of accreditation, whoever asks: rules, cases, their times and papers, who may see what."""

from __future__ import annotations

from flask import Flask

from domain import outside
from domain.cases import facts
from domain.messages import courses
from domain.notices import incidents
from workflows import addressees, operations, publicstate
from workflows.background import jobs


def install(app: Flask) -> None:
    """Open the connections to the outside, and answer what the process side asks."""
    outside.install(app)
    operations.register_facts(facts.read_decision_inputs)
    addressees.register_resolver(facts.find_addressee)
    addressees.register_resolver(courses.find_addressee)
    publicstate.on_state_change(facts.store_public_state)
    publicstate.on_state_change(courses.close_open_threads)
    jobs.on_incident(incidents.notify_operators)
