"""咨询服务 kept by staff: questions in their order, telephones and mailboxes, texts by version."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from models import db
from models.authorities.guidance import Question
from models.authorities.places import Authority
from models.cases.notices import AuditEntry
from models.persons.published_texts import PublishedText
from tests.handlers.conftest import Browser, errors, writes
from workflows.clock import LOCAL, wall_time

SignIn = Callable[[str], Browser]
ASKED = {"topic": "报名", "text": "柯城区怎样体检？", "answer": "到区人民医院体检。\n\n空腹。"}


def ke_office() -> Authority:
    db.session.rollback()
    return db.session.query(Authority).filter_by(name="柯城区教育局").one()


def newest_question() -> Question:
    db.session.rollback()
    return db.session.query(Question).order_by(Question.id.desc()).limit(1).one()


def write_question(planner: Browser, **other: str) -> Question:
    sent = {**ASKED, "place": str(ke_office().id), **other}
    assert planner.send("/authority/questions/new", **sent).status_code == 303
    return newest_question()


@pytest.mark.manual("P4")
def test_a_planner_writes_publishes_and_withdraws_a_question(sign_in: SignIn, visitor: Browser) -> None:
    planner = sign_in("高云")
    made = write_question(planner)
    address = f"/authority/questions/{made.id}"
    assert "草稿" in planner.open(address)
    assert ASKED["text"] not in visitor.open("/help")
    assert planner.send(f"{address}/state", act="publish").status_code == 303
    page = visitor.open("/help?q=柯城区 空腹")
    assert ASKED["text"] in page
    assert "<p>空腹。</p>" in page
    planner.send(f"{address}/state", act="withdraw")
    assert ASKED["text"] not in visitor.open("/help")
    actions = {one.action for one in db.session.query(AuditEntry)}
    assert {"question.written", "question.published", "question.withdrawn"} <= actions


@pytest.mark.manual("P4")
def test_what_is_wrong_with_a_question_is_told_at_once_and_stays(sign_in: SignIn) -> None:
    refused = sign_in("高云").send("/authority/questions/new", topic="", text="", answer="正文", place="")
    told = errors(refused)
    assert refused.status_code == 422
    assert "请填写类别" in told
    assert "请填写问题" in told
    assert "正文" in refused.text
    elsewhere = sign_in("高云").send("/authority/questions/new", **ASKED, place="")
    assert "请选择适用范围" in errors(elsewhere), "a planner speaks for their own authority"


@pytest.mark.manual("P4")
def test_questions_of_others_are_not_theirs_to_change(sign_in: SignIn) -> None:
    planner, admin = sign_in("高云"), sign_in("系统管理员")
    platform = db.session.query(Question).filter_by(authority_id=None).first()
    assert platform is not None
    own = write_question(planner)
    assert planner.client.get(f"/authority/questions/{platform.id}").status_code == 404
    assert platform.text not in planner.open("/authority/questions")
    assert platform.text in admin.open("/authority/questions")
    assert ASKED["text"] in admin.open(f"/authority/questions/{own.id}")
    assert sign_in("王敏").client.get("/authority/questions").status_code == 403


@pytest.mark.manual("P4")
def test_whoever_has_not_seen_the_newest_words_does_not_write_over_them(sign_in: SignIn) -> None:
    planner = sign_in("高云")
    made = write_question(planner)
    address = f"/authority/questions/{made.id}"
    seen = re.search(r'name="stamp" value="([^"]+)"', planner.open(address))
    assert seen is not None
    place = str(ke_office().id)
    first = planner.send(address, **{**ASKED, "text": "第一个改的"}, place=place, stamp=seen[1])
    late = planner.send(address, **{**ASKED, "text": "后来改的"}, place=place, stamp=seen[1])
    assert (first.status_code, late.status_code) == (303, 409)
    assert "刚刚由他人改过" in errors(late)
    assert "后来改的" in late.text
    assert newest_question().text == "第一个改的"


@pytest.mark.manual("P4")
def test_the_order_is_what_everybody_reads(sign_in: SignIn, visitor: Browser) -> None:
    admin = sign_in("系统管理员")
    first, second = db.session.query(Question).order_by(Question.position).limit(2)
    before = visitor.open("/help")
    assert before.index(first.text) < before.index(second.text)
    assert admin.send(f"/authority/questions/{second.id}/move", to="up").status_code == 303
    after = visitor.open("/help")
    assert after.index(second.text) < after.index(first.text)
    admin.send(f"/authority/questions/{second.id}/move", to="up")  # nothing is above it any more
    admin.send(f"/authority/questions/{second.id}/move", to="down")
    again = visitor.open("/help")
    assert again.index(first.text) < again.index(second.text)


@pytest.mark.manual("P4")
def test_telephones_are_links_and_kept_by_the_office(sign_in: SignIn, visitor: Browser) -> None:
    planner = sign_in("高云")
    office = ke_office()
    sent = {"phone": "0570-3020 999、0570-3020 998转12", "hours": "工作日", "address": "荷花西路99号"}
    where = f"/authority/offices/{office.id}"
    answer = planner.client.post(where, data={**sent, "email": "zixun@kecheng.example"})
    assert answer.status_code == 303
    page = visitor.open("/help")
    assert 'href="tel:05703020999">0570-3020 999</a>、' in page
    assert 'href="tel:05703020998,12"' in page
    wrong = planner.client.post(where, data={**sent, "email": "zixun@"})
    assert "请填写正确的电子邮箱" in errors(wrong)
    assert "0570-3020 999" in wrong.text
    other = db.session.query(Authority).filter_by(name="衢州市教育局").one()
    assert planner.client.get(f"/authority/offices/{other.id}").status_code == 404


@pytest.mark.found("A7")
def test_a_new_version_takes_effect_at_its_moment_and_old_ones_stay(
    sign_in: SignIn, visitor: Browser
) -> None:
    admin = sign_in("系统管理员")
    begins = f"{(wall_time() + timedelta(days=2)).astimezone(LOCAL):%Y-%m-%dT%H:%M}"
    sent = {"body": "# 新的标题\n\n新的一条", "changes": "换了标题", "effective_at": begins}
    assert admin.send("/authority/texts/terms/new", **sent).status_code == 303
    assert "新的一条" not in visitor.open("/terms")
    assert visitor.client.get("/texts/terms/2").status_code == 404
    assert "还没有生效" in admin.open("/authority/texts")
    early = admin.send("/authority/texts/terms/new", body="另一版", changes="早一天", effective_at="")
    assert "还有一个版本没有生效" in errors(early)
    with writes():
        made = db.session.query(PublishedText).filter_by(kind="terms", version=2).one()
        made.effective_at = wall_time() - timedelta(seconds=1)
    page = visitor.open("/terms")
    assert "新的一条" in page
    assert '<a href="/texts/terms/1">' in page
    old = visitor.open("/texts/terms/1")
    assert "这是以前的版本" in old
    assert "一个证件只能注册一个账号" in old


@pytest.mark.found("A7")
def test_a_version_can_be_taken_back_until_it_begins(sign_in: SignIn) -> None:
    admin = sign_in("系统管理员")
    begins = f"{(wall_time() + timedelta(days=2)).astimezone(LOCAL):%Y-%m-%dT%H:%M}"
    admin.send("/authority/texts/privacy/new", body="更短", changes="更短", effective_at=begins)
    made = db.session.query(PublishedText).filter_by(kind="privacy", version=2).one()
    first = db.session.query(PublishedText).filter_by(kind="privacy", version=1).one()
    assert admin.send(f"/authority/texts/{first.id}/take-back").status_code == 409
    assert admin.send(f"/authority/texts/{made.id}/take-back").status_code == 303
    db.session.rollback()
    assert [one.version for one in db.session.query(PublishedText).filter_by(kind="privacy")] == [1]
    assert sign_in("高云").client.get("/authority/texts").status_code == 403


@pytest.mark.found("A7")
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"body": "", "changes": "x"}, "请填写正文"),
        ({"body": "正文", "changes": ""}, "请写明有什么变化"),
        ({"body": "正文", "changes": "x", "effective_at": "明天"}, "请填写生效的日期和时间"),
        ({"body": "正文", "changes": "x", "effective_at": "2020-01-01T00:00"}, "生效时间不能早于现在"),
    ],
)
def test_a_version_that_is_not_right_is_shown_again(
    sign_in: SignIn, sent: dict[str, str], sentence: str
) -> None:
    refused = sign_in("系统管理员").send("/authority/texts/terms/new", **sent)
    assert (refused.status_code, sentence in errors(refused)) == (422, True)
