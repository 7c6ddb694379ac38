"""What is true of accreditation, whoever asks: rules, cases, their times and papers, who may see what."""

from __future__ import annotations

from flask import Flask

from domain import outside
from domain.accounts import identity_checks
from domain.cases import new_names, process_hooks
from domain.messages import thread_process
from domain.notices import incident_notices
from domain.papers import letter_facts as letter_facts  # the data that letters may name
from domain.papers import sheets as sheets  # tries the sheets of designers
from domain.wording import terms as terms  # whoever reads definitions needs the words that they use
from models.persons.states import IdentityPurpose
from workflows import addressees, operations, state_changes
from workflows.background import jobs


def install(app: Flask) -> None:
    """Open the connections to the outside, and answer what the process side asks."""
    outside.install(app)
    operations.register_facts(process_hooks.read_decision_inputs, process_hooks.DECISION_INPUTS)
    addressees.register_resolver(process_hooks.find_addressee)
    addressees.register_resolver(thread_process.find_addressee)
    addressees.register_resolver(identity_checks.find_addressee)
    identity_checks.on_settled(IdentityPurpose.RENAME, new_names.carry_checked_name)
    state_changes.on_state_change(process_hooks.store_public_state)
    state_changes.on_state_change(thread_process.close_open_threads)
    jobs.on_incident(incident_notices.notify_operators)
