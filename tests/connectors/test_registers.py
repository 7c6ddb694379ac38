"""Every register answers about the seed's people, and about a newcomer, as it is agreed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from connectors.registers import (
    CertificateHistory,
    CriminalRecords,
    Degrees,
    Diplomas,
    DocumentHolder,
    Enrolments,
    ExamCertificates,
    IdentityRegister,
    NormalStudentCertificates,
    Offences,
    Officer,
    Pending,
    PutonghuaCertificates,
    RateLimited,
    Restrictions,
    Unavailable,
)
from simulator.newcomers import local_today

OFFICER = Officer(operator="王敏", organisation="柯城区教育局", authorisation="2611000001")
NEWCOMER = DocumentHolder(document_kind="resident_id", document_number="330802199901010016", name="赵新")


def test_identity_matches_name_and_number(reach, holder):
    identity, person = reach(IdentityRegister), holder("郑雨桐")
    assert identity.ask(person, request_id="1").code == "MATCH"
    assert identity.ask(replace(person, name="郑雨彤"), request_id="2").code == "MISMATCH"
    stranger = DocumentHolder(document_kind="hkm_pass", document_number="H99999999", name="陈大文")
    assert identity.ask(stranger, request_id="3").code == "NOT_FOUND"


def test_a_renewed_hong_kong_pass_is_the_same_person(reach, holder):
    renewed = replace(holder("李嘉欣"), document_number="H0123456702")
    assert reach(IdentityRegister).ask(renewed, request_id="1").code == "MATCH"


def test_wrong_tries_are_limited_a_day(reach, holder):
    identity, wrong = reach(IdentityRegister), replace(holder("郑雨桐"), name="郑桐")
    for number in range(3):
        assert identity.ask(wrong, request_id=f"{number}").code == "MISMATCH"
    with pytest.raises(RateLimited):
        identity.ask(wrong, request_id="4")
    assert identity.ask(wrong, request_id="0").code == "MISMATCH", "a repeated request is no new try"


def test_an_answer_keeps_its_evidence(reach, holder):
    evidence = reach(IdentityRegister).ask(holder("郑雨桐"), request_id="q-7").evidence
    assert json.loads(evidence.raw)["code"] == "MATCH"
    assert evidence.sha256 == hashlib.sha256(evidence.raw).hexdigest()
    assert evidence.request_id == "q-7"
    assert evidence.asked_at <= evidence.answered_at
    assert evidence.asked_at.tzinfo is not None


def test_exam_certificates_come_by_exact_name(reach, holder):
    register, person = reach(ExamCertificates), holder("郑雨桐")
    (certificate,) = register.ask(person, request_id="1").records
    assert (certificate.kind, certificate.subject, certificate.used) == ("junior", "数学", False)
    assert certificate.valid_until == date(2028, 12, 31)
    assert register.ask(replace(person, name="郑雨彤"), request_id="2").code == "EMPTY"
    assert register.ask(holder("沈念"), request_id="3").code == "EMPTY"


@pytest.mark.parametrize(
    ("client", "name", "number"),
    [
        (ExamCertificates, "郑雨桐", "20251122330201845"),
        (NormalStudentCertificates, "方晓雯", "SF2026103450318"),
    ],
)
def test_a_certificate_is_used_for_one_purpose(reach, holder, client, name, number):
    register, person = reach(client), holder(name)
    assert register.mark_used(person, number, purpose="a", request_id="1").code == "OK"
    assert register.mark_used(person, number, purpose="b", request_id="2").code == "ALREADY_USED"
    assert register.ask(person, request_id="3").records[0].used is True
    assert register.mark_free(person, number, purpose="b", request_id="4").code == "ALREADY_USED"
    assert register.mark_free(person, number, purpose="a", request_id="5").code == "OK"
    assert register.ask(person, request_id="6").records[0].used is False
    assert register.mark_used(person, "1", purpose="a", request_id="7").code == "NOT_FOUND"


def test_a_use_that_is_sent_twice_happens_once(reach, holder):
    register, person = reach(ExamCertificates), holder("郑雨桐")
    first = register.mark_used(person, "20251122330201845", purpose="a", request_id="1")
    register.mark_free(person, "20251122330201845", purpose="a", request_id="2")
    assert (
        register.mark_used(person, "20251122330201845", purpose="a", request_id="1").evidence.raw
        == first.evidence.raw
    )
    assert register.ask(person, request_id="3").records[0].used is False


def test_a_request_id_belongs_to_one_request(reach, holder):
    identity = reach(IdentityRegister)
    identity.ask(holder("郑雨桐"), request_id="1")
    with pytest.raises(Unavailable):
        identity.ask(holder("陈子昂"), request_id="1")


def test_putonghua_needs_all_three_to_agree(reach, holder):
    register, person = reach(PutonghuaCertificates), holder("陈子昂")
    (certificate,) = register.ask(person, "3323015004127", request_id="1").records
    assert (certificate.level, certificate.score) == ("2B", 84.1)
    assert register.ask(person, "3324012006671", request_id="2").code == "NOT_FOUND"
    assert register.ask(replace(person, name="陈昂"), "3323015004127", request_id="3").code == "NOT_FOUND"


def test_schooling(reach, holder):
    assert reach(Enrolments).ask(holder("郑雨桐"), request_id="1").records[0].status == "注册学籍"
    several = reach(Enrolments).ask(holder("黄一诺"), request_id="2")
    assert (several.code, len(several.records)) == ("MULTIPLE", 2)
    assert reach(Enrolments).ask(holder("沈念"), request_id="3").code == "EMPTY"
    person = holder("陈子昂")
    assert reach(Diplomas).ask(person, "103451202505002317", request_id="4").records[0].conclusion == "毕业"
    assert reach(Diplomas).ask(person, "1", request_id="5").code == "NOT_FOUND"
    renamed = replace(person, name="陈昂")
    assert reach(Diplomas).ask(renamed, "103451202505002317", request_id="6").code == "MISMATCH"
    assert reach(Degrees).ask(person, "1034542025002317", request_id="7").records[0].name == "文学学士"


@pytest.mark.parametrize("client", [Offences, CriminalRecords])
def test_background_checks_are_clear_by_default(reach, holder, client):
    assert reach(client).ask(holder("郑雨桐"), OFFICER, request_id="1").code == "CLEAR"


def test_background_checks_find_what_the_seed_says(reach, holder):
    assert reach(Offences).ask(holder("周启明"), OFFICER, request_id="1").code == "HIT"
    with pytest.raises(Pending):
        reach(CriminalRecords).ask(holder("邵文博"), OFFICER, request_id="2")


def test_a_pending_check_is_answered_later(reach, holder, simulator):
    check, person = reach(CriminalRecords), holder("邵文博")
    with pytest.raises(Pending) as pending:
        check.ask(person, OFFICER, request_id="1")
    assert b"PENDING" in pending.value.evidence.raw
    simulator.control(pending_seconds=0)
    assert check.ask(person, OFFICER, request_id="1").code == "CLEAR"
    assert check.ask(person, OFFICER, request_id="1").code == "CLEAR"


def test_the_console_decides_about_a_person(reach, holder, simulator):
    person = holder("邵文博")
    with pytest.raises(Pending):
        reach(CriminalRecords).ask(person, OFFICER, request_id="1")
    simulator.control(people={person.document_number: {"criminal_record": "hit", "offence": "unavailable"}})
    assert reach(CriminalRecords).ask(person, OFFICER, request_id="1").code == "HIT"
    with pytest.raises(Unavailable):
        reach(Offences).ask(person, OFFICER, request_id="2")


def test_restrictions_and_earlier_certificates(reach, holder):
    blocked = reach(Restrictions).ask(holder("何静"), request_id="1")
    assert (blocked.code, blocked.records[0].until) == ("BLOCKED", date(2028, 11, 19))
    assert reach(Restrictions).ask(holder("郑雨桐"), request_id="2").code == "CLEAR"
    (earlier,) = reach(CertificateHistory).ask(holder("叶青"), request_id="3").records
    assert (earlier.kind, earlier.state) == ("junior", "valid")
    assert reach(CertificateHistory).ask(holder("郑雨桐"), request_id="4").code == "EMPTY"


def test_a_newcomer_can_go_the_whole_way(reach):
    assert reach(IdentityRegister).ask(NEWCOMER, request_id="1").code == "MATCH"
    (exam,) = reach(ExamCertificates).ask(NEWCOMER, request_id="2").records
    assert exam.kind in {"junior", "senior"}
    assert exam.valid_until > local_today()
    assert reach(ExamCertificates).ask(NEWCOMER, request_id="3").records == (exam,), "always the same"
    (enrolment,) = reach(Enrolments).ask(NEWCOMER, request_id="4").records
    assert enrolment.school == "衢州学院"
    assert reach(Offences).ask(NEWCOMER, OFFICER, request_id="5").code == "CLEAR"


@pytest.mark.parametrize(
    "wrong",
    [{"document_number": "330802199901010017"}, {"document_number": "330802199902300016"}, {"name": "Zhao"}],
)
def test_the_newcomer_rule_wants_a_sound_number_and_a_chinese_name(reach, wrong):
    assert reach(IdentityRegister).ask(replace(NEWCOMER, **wrong), request_id="1").code == "NOT_FOUND"
