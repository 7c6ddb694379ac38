"""Every word of every diagram of the library is altered in turn: an error is told where it stands or is read.

Only the altered file is checked, beside all the others as they are deployed. Warnings do not count.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from tests.handlers.diagrams.altering import LIBRARY, lint_alone, list_alterations, name_place

DIAGRAMS = sorted(path.relative_to(LIBRARY).as_posix() for path in LIBRARY.glob("*/*.bpmn"))
# What may be altered without an error, and why; none of it can stop a case.
FREE_WORDS = {
    "correlationKey id": "nothing names the key; the engine goes by its properties",
    "correlationKey name": "words for people",
    "correlationProperty name": "words for people; the id is named",
    "error name": "words for people; the code is matched",
    "inputDataItem name": "words for people; the engine keeps an entry under the id",
    "message name": "the wait stays and so does its act, by which whoever sends finds whatever name it has",
    "outputDataItem name": "words for people; the engine takes the id",
    "property label": "words for people",
    "property name": "words for people; repetitions name the id of the list",
}
FREE = {
    "decision/decide: property duty value decide": "no task excludes whoever decides; it is on record",
    "confirmation/approve_return: property duty value return": "no task excludes whoever approves a return",
    "online_review/approve_return: property duty value return": "no task excludes whoever approves a return",
    # The other way of confirmation sets the same group, and a case may go both, one after the other.
    "confirmation/check_materials: property duty value materials": "set by online_review too",
    "online_review/review_materials: property duty value materials": "set by confirmation too",
    "expert_review/resume_clock: serviceTaskOperator resultVariable clock": (
        "the times of before the review stay and can be read; a warning says that nobody reads the new ones"
    ),
}
OUTCOME = "accreditation.bpmn#is_accepted_to_lapsed accreditation.bpmn#is_accepted_to_review"
# Where an error is told that reads what was altered, by the reason why it cannot be told at the word itself.
READERS = {
    "a result or message is kept under any name; the fault is that somebody reads the former one": {
        "accreditation/close_draft: serviceTaskOperator resultVariable registered": (
            "is_registered_to_read_plan"
        ),
        "accreditation/read_plan: serviceTaskOperator resultVariable plan": (
            "which_way_to_confirmation confirmation.bpmn#arrival_missed online_review.bpmn#upload_missed"
        ),
        "accreditation/withdrawn_on_site: messageVariable withdrawal": "withdraw_application",
        "accreditation/withdrawn_online: messageVariable withdrawal": "withdraw_application",
        "accreditation/withdrawn_in_review: messageVariable withdrawal": "withdraw_application",
        "accreditation/await_reopening: messageVariable reopening": "reopen_application",
        "accreditation/set_back_from_review: messageVariable reopening": "reopen_application",
        "background_check/query_register: serviceTaskOperator resultVariable finding": (
            "is_clear_to_found_clear"
        ),
        "certificate/announce_certificate: serviceTaskOperator resultVariable delivery": (
            "which_delivery_to_post_certificate"
        ),
        "confirmation/accept_application: serviceTaskOperator resultVariable outcome": OUTCOME,
        "confirmation/decline_application: serviceTaskOperator resultVariable outcome": OUTCOME,
        "confirmation/lapse_application: serviceTaskOperator resultVariable outcome": OUTCOME,
        "online_review/accept_application: serviceTaskOperator resultVariable outcome": OUTCOME,
        "online_review/decline_application: serviceTaskOperator resultVariable outcome": OUTCOME,
        "online_review/lapse_application: serviceTaskOperator resultVariable outcome": OUTCOME,
        "decision/request_recheck: serviceTaskOperator resultVariable decision": (
            "review.bpmn#is_decided_to_granted review.bpmn#is_decided_to_send_refusal"
            " accreditation.bpmn#is_granted_to_certificate"
        ),
        "expert_review/pause_clock: serviceTaskOperator resultVariable clock": "resume_clock",
        "registration/register_application: serviceTaskOperator resultVariable registered": (
            "accreditation.bpmn#is_registered_to_read_plan"
        ),
        "registration/abandon_application: serviceTaskOperator resultVariable registered": (
            "accreditation.bpmn#is_registered_to_read_plan"
        ),
        "review/start_clock: serviceTaskOperator resultVariable clock": (
            "checks_due checks_due_soon decision_due decision_due_soon"
        ),
        "review/background_checks: inputDataItem id register": "background_check.bpmn#query_register",
        "identity/ask_register: serviceTaskOperator resultVariable finding": (
            "what_found_to_confirm_match what_found_to_count_try"
        ),
        "identity/begin_count: script tries": "count_try",
        "identity/count_try: script tries": "ask_again_due count_try",
    },
    "a duty may have any name; the fault is that a task excludes the former one": {
        "background_check/check_by_hand: property duty value check": "confirm_finding verify_finding",
        "background_check/verify_finding: property duty value verify": "confirm_finding",
        "decision/first_review: property duty value first_review": "decide second_review",
        "decision/second_review: property duty value second_review": "decide",
    },
    "what is declared may have any id or code; the fault is with what names the former one": {
        "accreditation/message_abandoned: message id message_abandoned": "application left",
        "accreditation/message_withdrawn: message id message_withdrawn": (
            "application withdrawn_in_review withdrawn_on_site withdrawn_online"
        ),
        "accreditation/message_set_back: message id message_set_back": (
            "application await_reopening set_back_from_review"
        ),
        "accreditation/application: correlationProperty id application": (
            "accreditation_key await_reopening left set_back_from_review"
            " withdrawn_in_review withdrawn_on_site withdrawn_online"
        ),
        "background_check/error_unavailable: error id error_unavailable": "register_unavailable",
        "background_check/error_unavailable: error errorCode unavailable": "register_unavailable",
        "certificate/message_received: message id message_received": "application await_receipt",
        "certificate/application: correlationProperty id application": "await_receipt certificate_key",
        "confirmation/message_arrived: message id message_arrived": "application arrived_again await_arrival",
        "confirmation/application: correlationProperty id application": (
            "arrived_again await_arrival confirmation_key"
        ),
        "expert_review/experts: property id experts": "give_opinion",
        "expert_review/opinions: property id opinions": "give_opinion",
        "identity/error_unavailable: error id error_unavailable": "register_silent",
        "identity/error_unavailable: error errorCode unavailable": "register_silent",
        "identity/message_identity_settled: message id message_identity_settled": (
            "await_register check checking_settled documents_settled"
        ),
        "identity/check: correlationProperty id check": (
            "await_register checking_settled documents_settled identity_key"
        ),
        "messaging/message_answered: message id message_answered": "await_reply thread",
        "messaging/message_thread_closed: message id message_thread_closed": (
            "reading_closed thread waiting_closed"
        ),
        "messaging/thread: correlationProperty id thread": (
            "await_reply messaging_key reading_closed waiting_closed"
        ),
        "review/checks: property id checks": "background_checks",
        "review/findings: property id findings": "background_checks",
    },
    "a process may have any id; the pool in its file names the former one": {
        f"{Path(path).stem}/{Path(path).stem}: process id {Path(path).stem}": f"{Path(path).stem}_pool"
        for path in DIAGRAMS
    },
    "the path of a key is worked out where a case waits for the message": {
        "accreditation/application: messagePath application": (
            "left withdrawn_in_review withdrawn_on_site withdrawn_online await_reopening set_back_from_review"
        ),
        "certificate/application: messagePath application": "await_receipt",
        "confirmation/application: messagePath application": "arrived_again await_arrival",
        "identity/check: messagePath check": "await_register checking_settled documents_settled",
        "messaging/thread: messagePath thread": "await_reply reading_closed waiting_closed",
    },
}
READ = {key: frozenset(told.split()) for found in READERS.values() for key, told in found.items()}


@pytest.mark.found("D2")
@pytest.mark.parametrize("path", DIAGRAMS)
def test_every_altered_word_is_told_where_it_stands_or_is_read(world: Flask, path: str) -> None:
    root = etree.fromstring((LIBRARY / path).read_bytes())
    assert lint_alone(path, root) == set()
    wrong, unseen = [], {key for key in READ | FREE if key.startswith(f"{Path(path).stem}/")}
    for one in list_alterations(root):
        one.apply()
        told = {name_place(found, path) for found in lint_alone(path, root) if found.severity == "error"}
        one.undo()
        key = f"{Path(path).stem}/{one.key}"
        unseen.discard(key)
        if one.what in FREE_WORDS or key in FREE:
            as_expected = not told
        elif key in READ:
            as_expected = bool(told) and told <= READ[key]
        else:
            as_expected = one.host in told
        if not as_expected:
            wrong.append((key, sorted(told)))
    assert wrong == []
    assert unseen == set()  # an exception for what is no more
