"""上传材料: a slot for each item, judged by content; sending in; replacing what was returned."""

from __future__ import annotations

import io
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pikepdf
import pytest
from flask import Flask
from pikepdf import Dictionary, Name, Pdf, String
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from domain.cases import materials
from handlers.entry.access import COOKIE
from models import db
from models.authorities.places import Authority
from models.authorities.plans import Plan, PlanMaterial
from models.cases.applications import Application
from models.cases.materials import Material, select_material_versions
from models.cases.notices import Notice
from models.persons.files import StoredFile
from models.persons.people import Person, Post
from models.processes.instances import ProcessInstance, WorkItem
from tests.handlers import pagecheck
from tests.handlers.apply.conftest import Applicant, change, errors, open_elements, the_application
from workflows import engine, worklist
from workflows.background.worker import Worker
from workflows.clock import LOCAL, advance_clock, now

REQUIRED = ("identity", "residence", "student", "medical")


def paper(make: Callable[[Pdf], object] = lambda document: None, *, pages: int = 1, **options: Any) -> bytes:
    """A PDF of empty pages."""
    with Pdf.new() as document:
        for _ in range(pages):
            document.add_blank_page()
        make(document)
        document.Root["/Mark"] = String(secrets.token_hex(8))  # no two are the same
        target = io.BytesIO()
        document.save(target, **options)
        return target.getvalue()


def _active(document: Pdf) -> None:
    document.Root["/OpenAction"] = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


@pytest.fixture
def online(world: None) -> None:
    """The authority of 柯城区 handles everything online, with the list that 婺城区 has."""
    with change():
        plans = {one.authority.name: one for one in db.session.query(Plan)}
        here, there = plans["柯城区教育局"], plans["婺城区教育局"]
        here.mode = "online"
        db.session.query(PlanMaterial).filter_by(plan_id=here.id).delete()
        db.session.query(PlanMaterial).filter_by(plan_id=there.id).update({"plan_id": here.id})


@pytest.fixture
def uploader(online: None, applicant: Applicant) -> Applicant:
    """Somebody who has a number, has read the reminder and goes to the slots at once."""
    applicant.until("reminder")
    answer = applicant.send("reminder", then="upload")
    assert answer.headers["Location"] == _address()
    return applicant


@pytest.mark.found("A5")
def test_closing_the_last_step_leaves_the_way_to_the_materials(online: None, applicant: Applicant) -> None:
    applicant.until("reminder")
    status = f"applications/{the_application(1).id}"
    for page in ("", status):
        assert re.search(r'class="btn btn--main" href="/apply/reminder"', applicant.open(page)), page
    assert "/materials" in applicant.open(status)
    assert applicant.client.get(_address()).headers["Location"] == "/apply/reminder"
    assert 'value="upload"' in applicant.open("reminder")
    assert applicant.send("reminder", then="upload").headers["Location"] == _address()
    assert applicant.client.get(_address()).status_code == 200


def test_the_task_of_a_review_is_that_of_its_application(uploader: Applicant) -> None:
    own = the_application(1)
    assert materials.read_review_task(own) is not None
    assert materials.read_review_task(Application(id=own.id + 1, instance_id=None)) is None
    assert materials.read_review_task(own) == materials.find_review_task(own)


@pytest.fixture
def clerk(online: None) -> int:
    """Somebody who reviews at the site."""
    with change():
        person = Person(id=9, kind="staff", login="clerk", name="经办人", password_hash="-", created_at=now())
        person.posts = [Post(role="site.clerk", place="site:1")]
        db.session.add(person)
        db.session.flush()
        return int(person.id)


def _address(person: int = 1) -> str:
    return f"/apply/applications/{the_application(person).id}/materials"


def put(who: Applicant, key: str, content: bytes | None = None, *, owner: int = 1) -> TestResponse:
    """Send a file to a slot."""
    file = FileStorage(io.BytesIO(paper() if content is None else content), f"{key}.pdf")
    boundary, body = encode_multipart({"file": file})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return who.client.post(f"{_address(owner)}/{key}", data=body, content_type=kind)


def page_of(who: Applicant) -> str:
    """The page of the slots; nothing is wrong with it."""
    answer = who.client.get(_address())
    assert answer.status_code == 200
    assert pagecheck.faults(answer.text) == []
    return answer.text


def send_in(who: Applicant, **more: str) -> TestResponse:
    """Press 提交材料."""
    db.session.rollback()
    item = db.session.scalars(
        select(WorkItem).where(WorkItem.form_key.like("online_review/%"), WorkItem.state == "open")
    ).one()
    data = {"transaction": secrets.token_hex(8), **more}
    return who.client.post(f"/apply/tasks/{item.id}", data=data)


def fill(who: Applicant) -> None:
    """Put a file into every required slot and send them in."""
    for key in REQUIRED:
        assert put(who, key).status_code == 303
    assert send_in(who).status_code == 303


def judge(clerk: int, days: int = 3, **verdicts: str) -> None:
    """The clerk's decision: what is not named conforms."""
    with change():
        item = _the_item("review_materials")
        worklist.claim_item(item.id, clerk)
        application = db.session.get_one(Application, the_id())
        rows = [
            {"key": key, "verdict": verdicts.get(key, "conform"), "reason": "影像不清" * (key in verdicts)}
            for key in REQUIRED
        ]
        answers = {"revision": application.revision, "conclusion": "by_items", "findings": rows}
        if verdicts:
            answers["correct_until"] = (now() + timedelta(days=days)).astimezone(LOCAL).isoformat()
        worklist.complete_item(item.id, answers, actor=clerk, transaction_id=secrets.token_hex(8))


def the_id() -> int:
    """The id of the first person's application."""
    return int(db.session.query(Application.id).filter_by(person_id=1).limit(1).scalar())


def _the_item(element: str) -> WorkItem:
    query = select(WorkItem).where(WorkItem.element == element, WorkItem.state.in_(("open", "claimed")))
    return db.session.scalars(query).one()


def numbers(key: str) -> list[int]:
    """The versions of a material that are kept."""
    db.session.rollback()
    return [
        row.version
        for row in db.session.scalars(select_material_versions(the_application(1).id))
        if row.key == key
    ]


def pass_time(app: Flask, by: timedelta) -> None:
    """Let time pass, and the worker do what is due."""
    with change():
        advance_clock(by)
    Worker(app=app).run_once()
    db.session.rollback()


def slot(page: str, key: str) -> str:
    """The part of the page that is about one material."""
    found = re.search(rf'<(section|div)[^>]* id="slot-{key}".*?</\1>', page, re.DOTALL)
    assert found, key
    return found[0]


@pytest.mark.manual("Q6", "W8")
def test_the_list_depends_on_the_applicant(uploader: Applicant) -> None:
    page = page_of(uploader)
    assert "必交 0 / 4" in page
    assert "<title>材料：还差 4 项" in page
    assert "教育部学籍在线验证报告" in page
    assert "学历证书" not in page
    assert "选交" in slot(page, "putonghua")
    assert "居民身份证正反面" in slot(page, "identity")
    assert "截止" in page


@pytest.mark.manual("Q6", "W8")
def test_the_reminder_offers_now_or_later(online: None, applicant: Applicant) -> None:
    applicant.until("reminder")
    page = applicant.open("reminder")
    assert "现在上传材料" in page
    assert "全程网办" in page
    assert applicant.send("reminder", then="later").headers["Location"] == "/apply/applications"
    for address in ("applications", f"applications/{the_application(1).id}"):
        assert f'href="{_address()}"' in applicant.open(address) or "/apply/tasks/" in applicant.open(address)
    assert "不用到场" in db.session.query(Notice).filter_by(template="pending_confirmation").one().text


@pytest.mark.manual("Q6")
def test_on_site_there_is_nothing_to_upload(applicant: Applicant) -> None:
    applicant.until("reminder")
    assert "上传材料" not in applicant.open("reminder")
    applicant.send("reminder")
    assert "上传材料" not in applicant.open("applications")
    assert "目前不能上传材料" in errors(put(applicant, "identity"))
    assert db.session.query(Material).count() == 0


@pytest.mark.manual("Q6")
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "这个文件是空的（0 字节）"),
        (b"\xff\xd8\xff\xe0 a picture", "照片已损坏或不完整"),
        (b"%PDF-1.7 and nothing else", "PDF 已损坏"),
        (paper(_active), "PDF 含有脚本"),
        (paper(pages=21), "不超过 20 页"),
        (paper(encryption=pikepdf.Encryption(owner="o", user="u")), "设有打开密码"),
    ],
    ids=("empty", "picture", "broken", "active", "long", "encrypted"),
)
def test_an_unfit_file_is_told_at_its_slot(uploader: Applicant, content: bytes, sentence: str) -> None:
    assert put(uploader, "identity").status_code == 303
    answer = put(uploader, "medical", content)
    assert answer.status_code == 422
    assert pagecheck.faults(answer.text) == []
    assert sentence in errors(answer)
    assert 'href="#material-medical"' in answer.text
    assert sentence in slot(answer.text, "medical")
    assert sentence not in slot(answer.text, "identity")
    assert "第 1 版" in slot(answer.text, "identity")
    assert (numbers("identity"), numbers("medical")) == ([1], [])


@pytest.mark.manual("Q6")
def test_no_file_at_all_is_told(uploader: Applicant) -> None:
    answer = uploader.client.post(f"{_address()}/identity", data={})
    assert answer.status_code == 422
    assert "没有收到文件" in errors(answer)


@pytest.mark.manual("Q6")
def test_a_file_can_be_seen_and_replaced_and_both_versions_stay(uploader: Applicant) -> None:
    first, second = paper(), paper(pages=2)
    put(uploader, "identity", first)
    put(uploader, "identity", second)
    page = page_of(uploader)
    assert "必交 1 / 4" in page
    assert "以前的版本（1）" in slot(page, "identity")
    found = re.findall(r'href="(/apply/files/\d+)"', slot(page, "identity"))
    assert [uploader.client.get(address).data for address in found] == [second, first]
    answer = uploader.client.get(found[0])
    assert answer.mimetype == "application/pdf"
    assert "sandbox" not in answer.headers["Content-Security-Policy"]
    rows = list(db.session.scalars(select_material_versions(the_application(1).id)))
    assert [(row.version, row.round, row.uploaded_by) for row in rows] == [(1, 1, 1), (2, 1, 1)]
    assert rows[1].file.name == "identity.pdf"


@pytest.mark.manual("Q6", "R10")
def test_others_see_and_put_nothing(uploader: Applicant, stranger: Applicant) -> None:
    put(uploader, "identity")
    assert stranger.client.get(_address()).status_code == 404
    assert put(stranger, "identity").status_code == 404
    file = db.session.query(StoredFile).filter_by(kind="material", person_id=1).one().id
    assert stranger.client.get(f"/apply/files/{file}").status_code == 404
    item = _the_item("upload_materials").id
    assert stranger.client.get(f"/apply/tasks/{item}").status_code == 404
    assert stranger.client.post(f"/apply/tasks/{item}").status_code == 404
    assert numbers("identity") == [1]


@pytest.mark.parametrize("key", ["passport", "diploma", "identity%00", "../files"])
def test_what_is_not_asked_has_no_slot(uploader: Applicant, key: str) -> None:
    data = {"file": (io.BytesIO(paper()), "x.pdf")}
    answer = uploader.client.post(f"{_address()}/{key}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 404


@pytest.mark.manual("Q6")
def test_what_is_missing_is_named_before_sending(uploader: Applicant) -> None:
    put(uploader, "identity")
    answer = send_in(uploader)
    assert answer.status_code == 422
    assert pagecheck.faults(answer.text) == []
    told = errors(answer)
    for name in ("学生证", "教育部学籍在线验证报告", "体检合格证明"):
        assert f"还没有上传“{name}”" in told
    assert "普通话" not in told
    assert "第 1 版" in slot(answer.text, "identity")
    assert open_elements(1) == ["upload_materials"]


@pytest.mark.manual("Q6")
def test_after_sending_in_the_materials_are_only_read(uploader: Applicant) -> None:
    fill(uploader)
    page = page_of(uploader)
    assert "只能查看" in page
    assert '<input type="file"' not in page
    assert "材料已经提交，现在不能更换" in errors(put(uploader, "identity"))
    assert numbers("identity") == [1]
    item = _the_item("review_materials")
    assert (item.role, item.place) == ("site.clerk", "site:1")
    status = uploader.open(f"applications/{the_application(1).id}")
    assert "等待审核" in status
    assert "查看材料" in status


def test_sending_in_twice_is_done_once(uploader: Applicant) -> None:
    for key in REQUIRED:
        put(uploader, key)
    item = _the_item("upload_materials").id
    data = {"transaction": "once"}
    for _ in range(2):
        assert uploader.client.post(f"/apply/tasks/{item}", data=data).status_code == 303
    assert db.session.query(WorkItem).filter_by(element="review_materials").count() == 1


@pytest.mark.manual("Q6")
def test_who_does_not_upload_in_time_lapses(app: Flask, uploader: Applicant) -> None:
    put(uploader, "identity")
    with change():
        advance_clock(timedelta(days=60))
    for answer in (put(uploader, "medical"), send_in(uploader)):
        assert answer.status_code == 422
        assert "结束" in errors(answer)
    db.session.rollback()
    Worker(app=app).run_once()
    done = the_application(1)
    assert (done.state, done.live_exam_certificate_id) == ("lapsed", None)
    assert "只能查看" in page_of(uploader)


@pytest.mark.manual("R4")
def test_whoever_waits_for_the_authority_does_not_lapse(app: Flask, uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    pass_time(app, timedelta(days=6))
    urged = db.session.query(Notice).filter_by(template="review_overdue")
    assert [notice.person_id for notice in urged] == [clerk]
    pass_time(app, timedelta(days=60))
    assert the_application(1).state == "pending_confirmation"
    assert urged.count() == 1
    judge(clerk)
    assert the_application(1).state == "pending_decision"


@pytest.mark.manual("Q8")
def test_only_what_was_returned_opens_again(uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    judge(clerk, medical="not_conform")
    assert the_application(1).state == "correction"
    page = page_of(uploader)
    assert "影像不清" in slot(page, "medical")
    assert 'type="file"' in slot(page, "medical")
    assert 'type="file"' not in slot(page, "identity")
    assert "符合" in slot(page, "identity")
    fixed = put(uploader, "identity")
    assert fixed.status_code == 422
    assert "没有退回，不用更换" in fixed.text
    assert put(uploader, "medical").status_code == 303
    assert "已替换" in slot(page_of(uploader), "medical")
    assert (numbers("medical"), numbers("identity")) == ([1, 2], [1])
    assert send_in(uploader).status_code == 303
    assert open_elements(1) == []
    assert _the_item("review_materials").state == "open"
    assert db.session.query(Notice).filter_by(template="pending_confirmation").count() == 1


@pytest.mark.manual("Q8")
def test_the_status_page_says_what_to_replace_and_by_when(uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    judge(clerk, medical="not_conform", student="missing")
    page = uploader.open(f"applications/{the_application(1).id}")
    assert "需补正" in page
    assert "请替换退回的材料" in page
    assert "影像不清" in page
    until = (now() + timedelta(days=3)).astimezone(LOCAL)
    assert f"{until.month}月{until.day}日" in page
    put(uploader, "medical")
    assert "请替换退回的材料" in uploader.open(f"applications/{the_application(1).id}")
    put(uploader, "student")
    page = uploader.open(f"applications/{the_application(1).id}")
    assert "请重新提交材料" in page
    assert "还要点“重新提交”" in page


@pytest.mark.manual("Q6")
def test_the_status_page_says_that_what_is_uploaded_still_has_to_be_sent_in(uploader: Applicant) -> None:
    page = f"applications/{the_application(1).id}"
    assert "请上传材料" in uploader.open(page)
    for key in REQUIRED:
        put(uploader, key)
    assert "还要点“提交材料”" in uploader.open(page)
    assert "请上传材料" not in uploader.open(page)
    send_in(uploader)
    assert "材料已提交，等待审核" in uploader.open(page)


@pytest.mark.manual("Q8")
def test_what_was_not_replaced_is_named_before_sending(uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    judge(clerk, medical="not_conform", student="not_conform")
    put(uploader, "student")
    answer = send_in(uploader)
    assert answer.status_code == 422
    assert "“体检合格证明”退回后还没有替换" in errors(answer)
    assert pagecheck.faults(answer.text) == []
    assert 'name="unchanged"' in answer.text
    assert open_elements(1) == ["replace_materials"]
    assert send_in(uploader, unchanged="true").status_code == 303
    assert open_elements(1) == []


@pytest.mark.manual("Q8")
def test_an_unanswered_correction_lapses(app: Flask, uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    judge(clerk, medical="not_conform")
    pass_time(app, timedelta(days=4))
    assert the_application(1).state == "lapsed"


@pytest.mark.manual("R8")
def test_setting_back_reads_the_arrangement_again(uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    judge(clerk)
    with change():
        db.session.query(Plan).filter_by(id=the_application(1).plan_id).update({"mode": "on_site"})
    _set_back(clerk)
    assert _elements() == ["await_arrival"]
    assert 'type="file"' not in page_of(uploader)


@pytest.mark.manual("R8")
def test_setting_back_to_online_opens_every_slot_again(uploader: Applicant, clerk: int) -> None:
    fill(uploader)
    judge(clerk)
    _set_back(clerk)
    assert open_elements(1) == ["upload_materials"]
    assert "必交 4 / 4" in page_of(uploader)
    put(uploader, "medical")
    assert send_in(uploader).status_code == 303
    assert numbers("medical") == [1, 2]


def _set_back(actor: int) -> None:
    number = the_id()
    with change():
        payload = {"application": number, "reason": "材料有误"}
        engine.deliver_message("set_back", key=str(number), payload=payload, actor=actor)


def _elements() -> list[str]:
    db.session.rollback()
    found = the_application(1).instance_id
    return list(db.session.get_one(ProcessInstance, found).elements)


@pytest.mark.manual("Q6")
def test_what_no_register_confirmed_is_not_optional(uploader: Applicant) -> None:
    with change():
        the_application(1).putonghua.source = "manual"
    assert "要交" in slot(page_of(uploader), "putonghua")
    for key in REQUIRED:
        put(uploader, key)
    assert "还没有上传“普通话水平测试等级证书”" in errors(send_in(uploader))


@pytest.mark.manual("Q6")
def test_two_files_for_one_slot_at_once_are_two_versions(app: Flask, uploader: Applicant) -> None:
    address, cookie = _address(), uploader.client.get_cookie(COOKIE)
    assert cookie is not None
    db.session.rollback()
    barrier = Barrier(2)

    def send() -> int:
        client = app.test_client()
        client.set_cookie(COOKIE, cookie.decoded_value)
        data = {"file": (io.BytesIO(paper()), "identity.pdf")}
        barrier.wait()
        return client.post(f"{address}/identity", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(send) for _ in range(2)]
    assert [answer.result() for answer in answers] == [303, 303]
    assert numbers("identity") == [1, 2]


@pytest.mark.manual("Q6")
def test_every_version_stays_so_there_is_a_most(uploader: Applicant) -> None:
    put(uploader, "identity")
    with change():
        db.session.query(Material).update({"version": 30})
        first = db.session.query(Material).one()
        file = {"file_id": first.file_id, "uploaded_at": now(), "uploaded_by": 1}
        for number in range(1, 30):
            known = {"application_id": first.application_id, "key": "identity", "round": 1}
            db.session.add(Material(version=number, **known, **file))
    answer = put(uploader, "identity")
    assert answer.status_code == 422
    assert "已上传 30 次" in errors(answer)


def test_a_withdrawal_ends_the_uploading(uploader: Applicant) -> None:
    number = the_id()
    with change():
        payload = {"application": number, "reason": "不办了"}
        engine.deliver_message("withdrawn", key=str(number), payload=payload, actor=1)
    assert the_application(1).state == "withdrawn"
    assert 'type="file"' not in page_of(uploader)
    assert put(uploader, "identity").status_code == 422


def test_the_sample_world_has_an_authority_to_try(world: None) -> None:
    plan = db.session.query(Plan).join(Authority).filter(Authority.name == "婺城区教育局").one()
    moment: datetime = now()
    assert (plan.mode, plan.stage(moment)) == ("online", "open")
    assert {one.key for one in plan.materials if not one.required} == {"putonghua"}


@pytest.mark.found("A13")
def test_what_is_optional_is_not_counted_as_missing(uploader: Applicant) -> None:
    for key in REQUIRED:
        put(uploader, key)
    page = page_of(uploader)
    assert f"必交 {len(REQUIRED)} / {len(REQUIRED)}" in page
    assert "项必须上传" not in page
    optional = [key for key in re.findall(r'id="slot-([\w-]+)"', page) if key not in REQUIRED]
    assert optional
    put(uploader, optional[0])
    told = "必交 4 / 4，选交 1"
    assert told in page_of(uploader)
    assert told in uploader.open(f"applications/{the_application(1).id}")
