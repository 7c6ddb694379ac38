"""Letters are made at the act, stay as they were, and are read by their addressee and the case's staff."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.diagrams import deploying
from domain.papers import letter_facts, letters
from domain.papers.letter_facts import LetterOccasion
from domain.wording import dates
from handlers.page import display
from models import db
from models.authorities.plans import PlanMaterial
from models.base.database import writing
from models.cases.applications import Application
from models.cases.letters import Letter, LetterTemplate
from models.cases.notices import AuditEntry, Notice
from models.persons.people import Person
from tests.handlers.casework.conftest import LIBRARY, NUMBER, SignedIn, World
from tests.handlers.casework.test_check import ALL, _day, arrive, judged, waiting
from tests.handlers.casework.test_decision import send, take
from tests.translations.catalogue import led_to, make_catalogue
from workflows.clock import LOCAL, now
from workflows.definitions.contents import UndefinedName
from workflows.definitions.letters import TEXT
from workflows.operations import OperationCall

__all__ = ["waiting"]
BEFORE = Path(__file__).parents[2] / "connectors" / "letters_of_before"
REASON = "不属于本机关的认定范围。\n请到户籍所在地的机构申请。"


def the_letters() -> list[Letter]:
    """All letters in the order in which they were issued, read anew."""
    db.session.rollback()
    return list(db.session.query(Letter).order_by(Letter.id))


def text(client: FlaskClient, address: str) -> str:
    """The words of a PDF without the spaces between them."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    assert answer.mimetype == "application/pdf"
    pages = pypdf.PdfReader(BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text().replace("\u200b", "").split()) for page in pages)


def check(client: FlaskClient, world: World, *verdicts: str, **more: str) -> None:
    """Register the arrival and complete the check."""
    sent = judged(*verdicts, **more) | {"transaction_id": uuid4().hex}
    answer = client.post(f"/work/tasks/{arrive(client, world)}", data=sent)
    assert answer.status_code == 302, answer.text


def accept_already(world: World) -> None:
    """Let the application be one that was accepted."""
    writing.set(True)
    db.session.get_one(Application, world.application).accepted_at = now()
    db.session.commit()
    writing.set(None)


def refuse(signed_in: SignedIn) -> None:
    """Review and refuse the case that waits."""
    for step, who, kept in (
        ("first_review", "first", {"first": "refuse", "text": "学历不符合要求"}),
        ("second_review", "second", {"second": "agree"}),
        ("decide", "decider", {"decision": "refused", "text": "学历证书注册未通过\n没有其他学历"}),
    ):
        client = signed_in(who)
        send(client, take(client, step), **kept)


def build_call(world: World, data: dict[str, str]) -> OperationCall:
    """A call by the case's own process."""
    instance = db.session.get_one(Application, world.application).instance_id
    assert instance is not None
    return OperationCall(instance_id=instance, business_key=None, actor=None, now=now(), data=data)


def issue(
    world: World, letter: str, *, until: datetime | None = None, data: dict[str, str] | None = None
) -> None:
    """Issue a letter as a service task does."""
    writing.set(True)
    try:
        letters.issue_letter(build_call(world, data or {}), world.application, letter, until)
        db.session.commit()
    finally:
        db.session.rollback()
        writing.set(None)


@pytest.mark.manual("R3", "R7")
def test_acceptance_makes_the_receipt(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    check(clerk, waiting, *ALL, materials="conform")
    (letter,) = the_letters()
    year = now().astimezone(LOCAL).year
    assert (letter.kind, letter.number) == ("acceptance", f"教资受理〔{year}〕2611000001号")
    address = f"/work/cases/{waiting.application}/letters/{letter.id}.pdf"
    page = clerk.get(f"/work/cases/{waiting.application}").text
    assert address in page
    assert "教资受理" in page
    sheet = text(clerk, address)
    for words in ("郑雨桐", NUMBER, "第1教育局", "第1确认点", "2．学历证书", "员工clerk", "第三十二条"):
        assert words in sheet, words
    assert "letter.viewed" in [row.action for row in db.session.query(AuditEntry)]


@pytest.mark.manual("R4", "Q8")
def test_a_return_makes_one_list_of_everything_and_until_when(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    check(
        clerk,
        waiting,
        "not_conform",
        "conform",
        "missing",
        materials="incomplete",
        correct_until=_day(3),
        opinion="请一次带齐",
    )
    (letter,) = the_letters()
    assert [one["name"] for one in letter.facts["unsound_materials"]] == ["身份证件", "体检合格证明"]
    sheet = text(clerk, f"/work/cases/{waiting.application}/letters/{letter.id}.pdf")
    for words in ("共2项", "身份证件", "体检合格证明", "缺少盖章", "请一次带齐", "一次告知", "第1确认点"):
        assert words in sheet, words
    assert "学历证书" not in sheet
    year, month, day = (int(part) for part in _day(3).split("-"))
    assert f"请于{year}年{month}月{day}日" in sheet
    notice = db.session.query(Notice).filter_by(template="correction").one()
    assert "《补正材料告知书》" in notice.text


def test_letter_and_notice_are_in_the_language_of_the_office(
    app: Flask, waiting: World, signed_in: SignedIn, tmp_path: Path
) -> None:
    said = {
        "%(series)s〔%(year)s〕%(number)s%(again)s号": "%(series)s [%(year)s] %(number)s%(again)s",
        "留言": "Messages",
    }
    make_catalogue(tmp_path / "translations", said)
    with led_to(app, tmp_path / "translations"):
        clerk = signed_in("clerk")
        clerk.set_cookie(display.COOKIE, "system.en")
        bad = {"materials": "incomplete", "correct_until": _day(3)}
        check(clerk, waiting, "not_conform", "conform", "missing", **bad)
    (letter,) = the_letters()
    assert letter.number.startswith("教资补告〔")
    assert "-" not in letter.number
    assert "《补正材料告知书》" in db.session.query(Notice).filter_by(template="correction").one().text


@pytest.mark.manual("R4")
def test_a_second_return_makes_a_second_letter(waiting: World, signed_in: SignedIn) -> None:
    clerk, supervisor = signed_in("clerk"), signed_in("supervisor")
    bad = {"materials": "incomplete", "correct_until": _day(3)}
    check(clerk, waiting, "not_conform", "conform", "missing", opinion="差两项", **bad)
    check(clerk, waiting, "conform", "conform", "missing", opinion="只差一项", **bad)
    assert len(the_letters()) == 1  # the supervisor has not spoken
    item_id = take(supervisor, "approve_return")
    send(supervisor, item_id, return_allowed="true", reason="上次没有看出")
    first, second = the_letters()
    assert second.number == first.number.replace("号", "-2号")
    assert [one["name"] for one in first.facts["unsound_materials"]] == ["身份证件", "体检合格证明"]
    assert [one["name"] for one in second.facts["unsound_materials"]] == ["体检合格证明"]
    assert (second.facts["return_note"], second.facts["unsound_count"]) == (["只差一项"], "1")
    assert db.session.query(LetterTemplate).count() == 1


def test_a_return_that_is_not_allowed_makes_no_letter(waiting: World, signed_in: SignedIn) -> None:
    clerk, supervisor = signed_in("clerk"), signed_in("supervisor")
    bad = {"materials": "incomplete", "correct_until": _day(3)}
    check(clerk, waiting, "conform", "conform", "missing", **bad)
    check(clerk, waiting, "conform", "conform", "missing", **bad)
    send(supervisor, take(supervisor, "approve_return"), return_allowed="false", reason="可以当场补齐")
    assert len(the_letters()) == 1


@pytest.mark.manual("R3", "Q8")
@pytest.mark.corrupts
def test_not_accepting_makes_a_decision_with_reasons_and_remedies(
    waiting: World, signed_in: SignedIn
) -> None:
    clerk = signed_in("clerk")
    check(clerk, waiting, *ALL, materials="ineligible", opinion=REASON)
    (letter,) = the_letters()
    assert letter.kind == "not_accepted"
    sheet = text(clerk, f"/work/cases/{waiting.application}/letters/{letter.id}.pdf")
    for words in (
        *REASON.split(),
        "不予受理决定书",
        "第三十八条第二款",
        "柯城区人民政府申请行政复议",
        "六十日",
    ):
        assert words in sheet, words
    assert "六个月内" in sheet
    assert "20263300000001" in sheet  # the exam certificate that is free again
    notice = db.session.query(Notice).filter_by(template="not_accepted")
    assert all("《不予受理决定书》" in one.text for one in notice)


@pytest.mark.manual("R7")
@pytest.mark.corrupts
def test_a_refusal_is_sent_with_its_reasons(world: World, signed_in: SignedIn) -> None:
    accept_already(world)
    world.start("refusal")
    refuse(signed_in)
    (letter,) = the_letters()
    assert letter.facts["reasons_of_decision"] == ["学历证书注册未通过", "没有其他学历"]
    sheet = text(signed_in("decider"), f"/work/cases/{world.application}/letters/{letter.id}.pdf")
    for words in ("不予认定教师资格决定书", "学历证书注册未通过", "教师法》第十条", "六十日内", "六个月内"):
        assert words in sheet, words
    assert "学历不符合要求" not in sheet  # what reviewers wrote among themselves


def test_what_was_issued_never_changes(waiting: World, signed_in: SignedIn, app: Flask) -> None:
    clerk = signed_in("clerk")
    check(clerk, waiting, *ALL, materials="conform")
    (letter,) = the_letters()
    address = f"/work/cases/{waiting.application}/letters/{letter.id}.pdf"
    before = clerk.get(address).data
    writing.set(True)
    application = db.session.get_one(Application, waiting.application)
    application.person.name, application.subject = "郑语桐", "物理"
    application.authority.name = "新教育局"
    db.session.query(PlanMaterial).update({"name": "改了名"})
    db.session.commit()
    writing.set(None)
    assert clerk.get(address).data == before


@pytest.mark.found("D4")
@pytest.mark.corrupts
def test_two_releases_with_one_letter_name_each_show_their_own(world: World, signed_in: SignedIn) -> None:
    accept_already(world)
    world.start("refusal")
    changed = (LIBRARY / "review/letters/refused.letter.json").read_text(encoding="utf-8")
    changed = changed.replace("不予认定教师资格决定书", "新的决定书").replace('"教资不认"', '"教资新否"')
    deploying.deploy_sources({"refused.letter.json": changed.encode()}, by=None)
    db.session.commit()
    writing.set(None)
    refuse(signed_in)
    world.start("refusal")
    refuse(signed_in)
    old, new = (one.id for one in the_letters())
    clerk = signed_in("decider")
    assert "不予认定教师资格决定书" in text(clerk, f"/work/cases/{world.application}/letters/{old}.pdf")
    sheet = text(clerk, f"/work/cases/{world.application}/letters/{new}.pdf")
    assert "新的决定书" in sheet
    assert "教资新否〔" in sheet
    assert db.session.query(LetterTemplate).count() == 2


@pytest.mark.found("D4")
def test_a_letter_that_a_template_of_before_made_still_reads_the_same(
    waiting: World, signed_in: SignedIn, app: Flask
) -> None:
    files = [
        (name, (BEFORE / name).read_text(encoding="utf-8")) for name in ("acceptance.typ", "official.typ")
    ]
    facts = {
        "authority": "柯城区教育局",
        "name": "郑雨桐",
        "officer": "王敏",
        "number": "教资受理〔2025〕1号",
    }
    writing.set(True)
    db.session.add(LetterTemplate(sha256="0" * 64, files=files, created_at=now()))
    row = {"application_id": waiting.application, "kind": "acceptance", "title": "受理凭证", "sequence": 1}
    made = {"number": facts["number"], "facts": facts, "template_sha256": "0" * 64, "issued_at": now()}
    db.session.add(Letter(**row, **made))
    db.session.commit()
    writing.set(None)
    (letter,) = the_letters()
    clerk = signed_in("clerk")
    sheet = text(clerk, f"/work/cases/{waiting.application}/letters/{letter.id}.pdf")
    for words in ("教师资格认定申请受理凭证", "教资受理〔2025〕1号", "经办人：王敏"):
        assert words in sheet, words
    assert "受理凭证</a>" in clerk.get(f"/work/cases/{waiting.application}").text


@pytest.mark.found("D4")
@pytest.mark.corrupts
def test_the_time_for_a_correction_is_a_parameter_and_in_old_releases_a_variable(
    waiting: World, app: Flask
) -> None:
    wanted = datetime(2026, 4, 28, 17, 0, tzinfo=LOCAL)
    for until, data in (
        (wanted, {"correct_until": "2026-01-01T00:00:00+08:00"}),
        (None, {"correct_until": wanted.isoformat()}),
    ):
        issue(waiting, "correction", until=until, data=data)
    issue(waiting, "correction")
    first, second, third = the_letters()
    assert first.facts["correct_until"] == second.facts["correct_until"] == dates.format_full_deadline(wanted)
    plan = db.session.get_one(Application, waiting.application).plan
    assert third.facts["correct_until"] == dates.format_full_deadline(plan.confirm_until)


@pytest.mark.corrupts
def test_letters_with_one_series_have_numbers_of_their_own(waiting: World, app: Flask) -> None:
    text = (LIBRARY / "confirmation/letters/not_accepted.letter.json").read_text(encoding="utf-8")
    text = text.replace('"key": "not_accepted"', '"key": "not_accepted_at_once"')
    deploying.deploy_sources({"other.letter.json": text.encode()}, by=None)
    db.session.commit()
    writing.set(None)
    for name in ("not_accepted", "not_accepted_at_once", "not_accepted"):
        issue(waiting, name)
    year = now().astimezone(LOCAL).year
    assert [one.number for one in the_letters()] == [
        f"教资不受〔{year}〕2611000001{again}号" for again in ("", "-2", "-3")
    ]


@pytest.mark.corrupts
def test_a_sheet_is_no_letter_and_an_unknown_letter_is_none(waiting: World, app: Flask) -> None:
    with pytest.raises(letters.NoLetter):
        issue(waiting, "certificate")
    with pytest.raises(UndefinedName):
        issue(waiting, "nothing")


@pytest.mark.found("D4")
@pytest.mark.corrupts
def test_whatever_letters_may_take_can_be_read_of_a_case(waiting: World, app: Flask) -> None:
    case = db.session.get_one(Application, waiting.application)
    occasion = LetterOccasion(call=build_call(waiting, {}), case=case, until=now())
    facts = letter_facts.collect_facts(occasion, letter_facts.FIELDS)
    for name, one in letter_facts.FIELDS.items():
        assert isinstance(facts[name], str if one.kind == TEXT else list) or facts[name] is None, name


@pytest.mark.manual("R10")
def test_a_letter_is_for_its_addressee_and_its_staff(waiting: World, signed_in: SignedIn) -> None:
    clerk = signed_in("clerk")
    check(clerk, waiting, *ALL, materials="conform")
    (letter,) = the_letters()
    address = f"/work/cases/{waiting.application}/letters/{letter.id}.pdf"
    assert signed_in("first").get(address).status_code == 200
    for login in ("other_clerk", "other_first", "designer"):
        assert signed_in(login).get(address).status_code == 404
    assert clerk.get(f"/work/cases/{waiting.application}/letters/99.pdf").status_code == 404
    waiting.people |= {"applicant": db.session.query(Person.id).filter_by(login=NUMBER).scalar()}
    own = f"/apply/applications/{waiting.application}/letters/{letter.id}.pdf"
    applicant = signed_in("applicant")
    assert NUMBER in text(applicant, own)
    assert own in applicant.get(f"/apply/applications/{waiting.application}").text
    assert applicant.get(own.replace(f"/{letter.id}.pdf", "/99.pdf")).status_code == 404
    writing.set(True)
    stranger = Person(
        kind="applicant", login="s", name="胡月", password_hash="-", verification="verified", created_at=now()
    )
    db.session.add(stranger)
    db.session.commit()
    waiting.people["stranger"] = stranger.id
    writing.set(None)
    assert signed_in("stranger").get(own).status_code == 404


def test_staff_see_which_characters_the_letter_lacks(waiting: World, signed_in: SignedIn) -> None:
    rare = chr(0xE123)
    writing.set(True)
    db.session.get_one(Application, waiting.application).person.name = f"王{rare}"
    db.session.commit()
    writing.set(None)
    clerk = signed_in("clerk")
    check(clerk, waiting, *ALL, materials="conform")
    assert f"字库缺字：{rare}" in clerk.get(f"/work/cases/{waiting.application}").text
