"""Whatever goes wrong outside, no client takes it for an answer about a person."""

from __future__ import annotations

import socket

import pytest

from connectors.channels import Mail, OutgoingMail, Sms
from connectors.registers import (
    CertificateHistory,
    CriminalRecords,
    Degrees,
    Diplomas,
    DocumentHolder,
    Enrolments,
    ExamCertificates,
    IdentityRegister,
    MalformedAnswer,
    NoAnswer,
    NormalStudentCertificates,
    Offences,
    Officer,
    OutsideError,
    Pending,
    PutonghuaCertificates,
    RateLimited,
    Rejected,
    Restrictions,
    Unavailable,
)

PERSON = DocumentHolder(document_kind="resident_id", document_number="330802200403120023", name="郑雨桐")
OFFICER = Officer(operator="王敏", organisation="柯城区教育局", authorisation="2611000001")
ASKING = {
    "identity": lambda *way: IdentityRegister(*way).ask(PERSON, request_id="1"),
    "exam": lambda *way: ExamCertificates(*way).ask(PERSON, request_id="1"),
    "normal_student": lambda *way: NormalStudentCertificates(*way).ask(PERSON, request_id="1"),
    "putonghua": lambda *way: PutonghuaCertificates(*way).ask(PERSON, "3324012006671", request_id="1"),
    "enrolment": lambda *way: Enrolments(*way).ask(PERSON, request_id="1"),
    "diploma": lambda *way: Diplomas(*way).ask(PERSON, "1", request_id="1"),
    "degree": lambda *way: Degrees(*way).ask(PERSON, "1", request_id="1"),
    "offence": lambda *way: Offences(*way).ask(PERSON, OFFICER, request_id="1"),
    "criminal_record": lambda *way: CriminalRecords(*way).ask(PERSON, OFFICER, request_id="1"),
    "restriction": lambda *way: Restrictions(*way).ask(PERSON, request_id="1"),
    "certificate_history": lambda *way: CertificateHistory(*way).ask(PERSON, request_id="1"),
    "sms": lambda *way: Sms(*way).send("13805700126", "验证码 102938", key="1"),
    "mail": lambda *way: Mail(*way).send(OutgoingMail(to="a@mail.example", subject="题", text="文"), key="1"),
}
every_register = pytest.mark.parametrize("register", ASKING)


@every_register
@pytest.mark.parametrize(
    ("mode", "failure"),
    [
        ("down", NoAnswer),
        ("malformed", MalformedAnswer),
        ("garbled", MalformedAnswer),
        ("oversized", MalformedAnswer),
        ("failing", NoAnswer),
        ("truncated", MalformedAnswer),
        ("pending", Pending),
        ("dripping", NoAnswer),
        ("closed", NoAnswer),
        ("busy", NoAnswer),
        ("limited", RateLimited),
        ("refusing", Rejected),
        ("unauthorised", Unavailable),
        ("redirecting", Unavailable),
        ("unknown_code", MalformedAnswer),
        ("incomplete", MalformedAnswer),
        ("another", MalformedAnswer),
        ("gbk", MalformedAnswer),
        ("untyped", MalformedAnswer),
    ],
)
def test_a_failure_is_never_an_answer(simulator, register, mode, failure):
    simulator.behave(register, mode)
    patience = 0.5 if mode == "dripping" else 5.0
    with pytest.raises(OutsideError) as raised:
        ASKING[register](simulator.url, simulator.key, patience)
    assert type(raised.value) is failure
    assert raised.value.evidence.request_id == "1", "what came back is kept"


@every_register
def test_it_answers_again_after_the_outage(simulator, register):
    simulator.behave(register, "down")
    with pytest.raises(Unavailable):
        ASKING[register](simulator.url, simulator.key, 5.0)
    simulator.behave(register, "normal")
    assert ASKING[register](simulator.url, simulator.key, 5.0).evidence.request_id == "1"


def test_too_slow_is_unavailable(simulator):
    simulator.behave("identity", "slow", 1.0)
    with pytest.raises(Unavailable, match="Timeout"):
        ASKING["identity"](simulator.url, simulator.key, 0.2)


def test_slow_but_in_time_is_an_answer(simulator):
    simulator.behave("identity", "slow", 0.1)
    assert ASKING["identity"](simulator.url, simulator.key, 5.0).code == "MATCH"


def test_nobody_there_is_unavailable():
    with socket.socket() as taken:  # bound, not listening: connecting is refused
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            ASKING["identity"](f"http://127.0.0.1:{taken.getsockname()[1]}", "simulator", 1.0)


def test_a_wrong_key_is_unavailable(simulator):
    with pytest.raises(Unavailable, match="401"):
        ASKING["identity"](simulator.url, "guess", 5.0)


def test_what_is_wrong_with_an_answer_is_logged_without_its_content(simulator, caplog):
    simulator.behave("exam", "malformed")
    with pytest.raises(MalformedAnswer) as raised:
        ASKING["exam"](simulator.url, simulator.key, 5.0)
    assert raised.value.evidence.raw
    assert "/registers/exam/list" in caplog.text
    assert "Expected `array`" in caplog.text
    assert "fine" not in caplog.text
