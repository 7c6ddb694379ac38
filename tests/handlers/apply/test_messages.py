"""有留言 on the applicant's side: seeing what is new, answering, adding to an answer, being too late."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from domain import checking
from domain.messages import threads
from domain.messages.threads import NewMessage, NewThread
from domain.outside.uploads import store_upload
from models import db
from models.cases.threads import Attachment, Thread, ThreadMessage
from models.persons.people import Person, Post
from tests.handlers import papers
from tests.handlers.apply.conftest import Applicant, change, errors
from tests.handlers.pagecheck import faults
from tests.handlers.papers import attached, paper
from workflows.background.worker import Worker
from workflows.clock import advance_clock, now

PAGE = "applications/1/messages"
RUDE = "<script>alert(1)</script>\n第二行"


@pytest.fixture
def known(applicant: Applicant) -> Iterator[Applicant]:
    """Somebody with a number, and a clerk at their site; nothing impossible may come of it."""
    applicant.until("reminder")
    applicant.send("reminder", go="next")
    with change():
        clerk = Person(id=9, kind="staff", login="clerk", name="王敏", password_hash="-", created_at=now())
        clerk.posts = [Post(role="site.clerk", place="site:1")]
        db.session.add(clerk)
    yield applicant
    db.session.rollback()
    assert checking.list_impossible_states() == []


def ask(
    *, days: int = 5, text: str = "请说明姓名。", key: str = "form:first", files: tuple[str, ...] = ()
) -> int:
    """The clerk writes to the applicant."""
    found = [store_upload("message", name, paper(name)) for name in files]
    with change():
        clerk = db.session.query(Person.id).filter_by(login="clerk").scalar()
        until = threads.reply_limit(now(), days) if days else None
        matter = NewThread(application=1, office="site:1", title="请核对姓名", reply_until=until)
        letter = NewMessage(key=key, author=clerk, text=text, files=found)
        return threads.start_thread(matter, letter, now()).id


def answer(person: Applicant, thread: int, **data: Any) -> TestResponse:
    """Answer a thread."""
    values = {"transaction": "one", "text": "曾用名。", **data}
    return person.client.post(f"/apply/{PAGE}/{thread}", **papers.sent(values))


def written() -> int:
    """How many messages there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(ThreadMessage)) or 0


def the_thread() -> Thread:
    """The only thread, read anew."""
    db.session.rollback()
    return db.session.scalars(select(Thread)).one()


@pytest.mark.manual("Q7")
def test_what_is_new_is_marked_until_it_is_read(known: Applicant) -> None:
    assert "未读" not in known.open("applications/1")
    assert '/apply/applications/1/messages"' not in known.open("applications/1")
    ask()
    for address in ("", "applications", "applications/1", "messages"):
        page = known.open(address)
        assert faults(page) == []
        assert "条未读" in page, address
        assert "（1 条未读）" in page, address  # in the menu, which is on every page
    page = known.open(PAGE)
    assert faults(page) == []
    for words in ("请核对姓名", "请说明姓名。", "未读", "请回复", "衢州学院"):
        assert words in page, words
    for address in ("", "applications", "applications/1", "messages", PAGE):
        assert "未读" not in known.open(address), address


@pytest.mark.manual("Q7")
def test_answered_with_files_and_added_to(known: Applicant) -> None:
    thread = ask(files=("样例.pdf",))
    file = db.session.query(Attachment.file_id).scalar()
    assert known.client.get(f"/apply/{PAGE}/files/{file}").data.startswith(b"%PDF")
    sent = answer(known, thread, text=RUDE, **attached(paper("一"), "一.pdf", paper("二"), "二.pdf"))
    assert sent.status_code == 303
    assert sent.headers["Location"].endswith(f"#thread-{thread}")
    page = known.open(PAGE)
    assert faults(page) == []
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>第二行" in page
    assert "补充回复" in page
    assert page.count(".pdf</a>") == 3
    assert answer(known, thread, transaction="two", text="还有一点。").status_code == 303
    assert [one.text for one in the_thread().messages][1:] == [RUDE, "还有一点。"]


def test_sent_twice_it_is_written_once(known: Applicant) -> None:
    thread = ask()
    assert {answer(known, thread).status_code for _ in range(2)} == {303}
    assert written() == 2


@pytest.mark.parametrize(
    ("text", "file", "sentence"),
    [
        (" ", None, "请填写回复内容。"),
        ("长" * 2001, None, "回复内容不超过 2000 个字。"),
        ("曾用名。", b"GIF89a", "图.pdf"),
        ("曾用名。", paper("大") + b"\n" * 1024 * 1024, "图.pdf"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    known: Applicant, text: str, file: bytes | None, sentence: str
) -> None:
    thread = ask()
    sent = answer(known, thread, text=text, **(attached(file, "图.pdf") if file else {}))
    assert sent.status_code == 422
    page = sent.get_data(as_text=True)
    assert faults(page) == []
    assert sentence in errors(sent)
    assert page.count(sentence) >= 2
    assert text.strip()[:2000] in page
    assert written() == 1


def test_a_good_file_beside_a_bad_one_is_kept(known: Applicant) -> None:
    thread = ask()
    page = answer(known, thread, **attached(paper("好"), "好.pdf", b"x", "坏.pdf")).get_data(as_text=True)
    packed = re.findall(r'name="uploaded" value="([^"]+)"', page)
    assert len(packed) == 1
    assert "好.pdf" in page
    sent = answer(known, thread, transaction="two", uploaded=packed[0])
    assert sent.status_code == 303
    assert [one.file.name for one in the_thread().messages[-1].attachments] == ["好.pdf"]


def test_a_file_that_is_dropped_is_not_sent(known: Applicant) -> None:
    thread = ask()
    page = answer(known, thread, text="", **attached(paper("错"), "错.pdf")).get_data(as_text=True)
    packed = re.findall(r'name="uploaded" value="([^"]+)"', page)
    assert answer(known, thread, uploaded=packed[0], dropped=packed[0]).status_code == 303
    assert the_thread().messages[-1].attachments == []


def test_carried_files_are_ones_own(known: Applicant, stranger: Applicant) -> None:
    thread = ask()
    page = answer(known, thread, text="", **attached(paper("错"), "错.pdf")).get_data(as_text=True)
    packed = re.findall(r'name="uploaded" value="([^"]+)"', page)[0]
    sent = answer(known, thread, uploaded=packed[:-4] + "0000")
    assert sent.status_code == 422
    assert "请重新选择" in errors(sent)


@pytest.mark.manual("Q7")
def test_after_the_deadline_it_says_so_and_the_words_stay(app: Flask, known: Applicant) -> None:
    thread = ask(days=2)
    until = the_thread().reply_until
    assert until is not None
    with change():
        advance_clock(until - now() + timedelta(seconds=1))
    page = known.open(PAGE)  # the worker has not come to it yet
    assert faults(page) == []
    assert "不能再回复" in page
    assert "<textarea" not in page
    sent = answer(known, thread, text="写了很久")
    assert sent.status_code == 409
    page = sent.get_data(as_text=True)
    assert faults(page) == []
    assert "已过回复期限" in page
    assert "写了很久" in page
    db.session.rollback()
    Worker(app=app).run_once()
    assert the_thread().outcome == "unanswered"
    assert "不能再回复" in known.open(PAGE)
    assert answer(known, thread).status_code == 409


def test_nothing_of_it_is_somebody_elses(known: Applicant, stranger: Applicant) -> None:
    thread = ask(files=("样例.pdf",))
    file = db.session.query(Attachment.file_id).scalar()
    for address in (PAGE, f"{PAGE}/files/{file}"):
        assert stranger.client.get(f"/apply/{address}").status_code == 404
    assert stranger.client.get(f"/apply/files/{file}").status_code == 404
    assert answer(stranger, thread).status_code == 404
    assert "请核对姓名" not in stranger.open("messages")
    assert "（1 条未读）" not in stranger.open("")
    assert written() == 1


def test_a_message_that_wants_no_answer_takes_none(known: Applicant) -> None:
    thread = ask(days=0)
    page = known.open(PAGE)
    assert "不需要回复" in page
    assert "<textarea" not in page
    assert answer(known, thread).status_code == 409


def test_two_threads_each_have_a_form(known: Applicant) -> None:
    first, second = ask(), ask(key="form:second", text="请说明学历。")
    page = known.open(PAGE)
    assert faults(page) == []
    assert page.count("<textarea") == 2
    sent = answer(known, first, text="")
    assert faults(sent.get_data(as_text=True)) == []
    assert answer(known, second, text="见附件。").status_code == 303
    assert answer(known, first, text="同一份表单").status_code == 409  # its key was used for the other thread
    assert written() == 3
