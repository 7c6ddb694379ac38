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
    operations.provide_facts(facts.of_application)
    addressees.register(facts.addressee)
    addressees.register(courses.addressee)
    publicstate.subscribe(facts.keep_state)
    publicstate.subscribe(courses.close_all)
    jobs.on_incident(incidents.tell)
