"""Photographs for a material: received, put in order, turned, cut, and handed in as one PDF."""

from __future__ import annotations

import io
import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pikepdf
import pytest
from flask import Flask
from pikepdf import Pdf, Stream
from PIL import Image
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from domain import outside
from domain.outside import file_storage
from handlers.entry.access import COOKIE
from models import db
from models.cases.materials import Material, MaterialPage
from models.persons.files import StoredFile
from tests.connectors.test_page_pictures import blank_pdf, jpeg, on_table, sheet, turned_by_exif
from tests.handlers import pagecheck
from tests.handlers.apply.conftest import Applicant, change, errors, the_application
from tests.handlers.apply.test_materials import (
    _address,
    fill,
    numbers,
    online,
    page_of,
    paper,
    pass_time,
    put,
    send_in,
    slot,
    uploader,
)
from workflows.clock import advance_clock

__all__ = ["online", "uploader"]
pytestmark = pytest.mark.manual("Q6")
WRITTEN = jpeg(sheet((900, 1250), lines=30))


def send(who: Applicant, key: str, *contents: bytes, **more: str) -> TestResponse:
    """Send several files to a slot with one form."""
    files = [("file", FileStorage(io.BytesIO(one), f"{at}.jpg")) for at, one in enumerate(contents, start=1)]
    boundary, body = encode_multipart(MultiDict([*more.items(), *files]))
    kind = f'multipart/form-data; boundary="{boundary}"'
    return who.client.post(f"{_address()}/{key}", data=body, content_type=kind)


def act(who: Applicant, key: str, do: str, page: int | None = None) -> TestResponse:
    """Press a button beside the pages."""
    return who.client.post(f"{_address()}/{key}/pages", data={"do": do if page is None else f"{do}-{page}"})


def rows(key: str = "identity") -> list[MaterialPage]:
    """The pages that wait at a slot."""
    db.session.rollback()
    query = db.session.query(MaterialPage).filter_by(key=key)
    return query.order_by(MaterialPage.position).all()


def ids(key: str = "identity") -> list[int]:
    """Their numbers in their order."""
    return [page.id for page in rows(key)]


def versions(key: str = "identity") -> list[Material]:
    """The versions of a material."""
    db.session.rollback()
    return db.session.query(Material).filter_by(key=key).order_by(Material.version).all()


def drawn(who: Applicant, page: int, size: str = "small") -> Image.Image:
    """A page as its picture shows it."""
    answer = who.client.get(f"{_address()}/identity/pages/{page}/{size}.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    return Image.open(io.BytesIO(answer.data))


def test_several_photographs_become_one_pdf_in_their_order(uploader: Applicant) -> None:
    assert (
        send(uploader, "identity", WRITTEN, turned_by_exif(sheet((1250, 900), lines=20), 6)).status_code
        == 303
    )
    page = slot(page_of(uploader), "identity")
    assert "合成一份 PDF，2 页" in page
    assert page.count("<li class=") == 2
    assert numbers("identity") == []
    assert act(uploader, "identity", "hand").status_code == 303
    (version,) = versions()
    assert (version.file.name, version.file.kind) == ("身份证件.pdf", "material")
    assert version.file.size < 1024 * 1024
    with pikepdf.open(io.BytesIO(file_storage.read_file(version.file))) as made:
        assert [float(one.mediabox[3]) > float(one.mediabox[2]) for one in made.pages] == [True, True]
    assert rows() == []
    assert "必交 1 / 4" in page_of(uploader)


def test_pages_are_moved_turned_cut_and_deleted_without_script(uploader: Applicant) -> None:
    send(uploader, "identity", WRITTEN, WRITTEN, WRITTEN)
    first, second, third = ids()
    act(uploader, "identity", "down", first)
    assert ids() == [second, first, third]
    act(uploader, "identity", "up", third)
    assert ids() == [second, third, first]
    act(uploader, "identity", "up", second)  # it is the first already
    assert ids() == [second, third, first]
    act(uploader, "identity", "delete", third)
    assert ids() == [second, first]
    upright = drawn(uploader, first).size
    act(uploader, "identity", "turn", first)
    assert drawn(uploader, first).size == upright[::-1]
    crop = f"{_address()}/identity/pages/{first}"
    answer = uploader.client.get(crop)
    assert pagecheck.faults(answer.text) == []
    sent = {"left": "0", "top": "0", "right": "50", "bottom": "100"}
    assert uploader.client.post(crop, data=sent).status_code == 303
    wide, high = drawn(uploader, first, "large").size
    whole = drawn(uploader, first, "whole").size
    assert abs(wide / high - whole[0] / whole[1] / 2) < 0.02
    act(uploader, "identity", "turn", first)  # what is cut off stays off
    assert rows()[1].crop == [0, 0, 1000, 500]
    uploader.client.post(crop, data={"whole": "yes"})
    assert rows()[1].crop is None
    act(uploader, "identity", "drop")
    assert rows() == []


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"left": "", "top": "0", "right": "x", "bottom": "101"}, 3),
        ({"left": "50", "top": "50", "right": "55", "bottom": "40"}, 2),
    ],
)
def test_a_crop_that_leaves_nothing_is_told_at_its_sides(
    uploader: Applicant, sent: dict[str, str], told: int
) -> None:
    send(uploader, "identity", WRITTEN)
    answer = uploader.client.post(f"{_address()}/identity/pages/{ids()[0]}", data=sent)
    assert answer.status_code == 422
    assert f"有 {told} 处需要修改" in errors(answer)
    assert pagecheck.faults(answer.text) == []
    assert f'value="{sent["bottom"]}"' in answer.text
    assert rows()[0].crop is None


def test_a_sheet_on_a_table_is_cut_out_and_may_be_shown_whole(uploader: Applicant) -> None:
    send(uploader, "identity", jpeg(on_table(sheet((900, 1250)))))
    (page,) = rows()
    assert page.by_edges
    assert page.crop is not None
    assert "已按纸边裁好" in slot(page_of(uploader), "identity")
    uploader.client.post(f"{_address()}/identity/pages/{page.id}", data={"whole": "yes"})
    (page,) = rows()
    assert (page.by_edges, page.crop) == (False, None)


def _padding(document: Pdf) -> None:
    document.Root["/Padding"] = Stream(document, secrets.token_bytes(1024 * 1024))


def test_a_pdf_that_is_too_large_is_made_smaller(uploader: Applicant) -> None:
    assert put(uploader, "identity", paper(_padding, pages=2)).status_code == 303
    assert len(ids()) == 2
    act(uploader, "identity", "hand")
    (version,) = versions()
    assert version.file.size < 1024 * 1024
    assert version.warnings == ["blank:1", "blank:2"]


def test_a_pdf_beside_photographs_is_pages_like_theirs(uploader: Applicant) -> None:
    send(uploader, "identity", paper(), WRITTEN)
    assert (len(ids()), numbers("identity")) == (2, [])
    put(uploader, "identity", paper())  # those that wait belong together
    assert (len(ids()), numbers("identity")) == (3, [])
    send(uploader, "medical", paper(), among="others")  # of several that a script sends one by one
    assert (len(ids("medical")), numbers("medical")) == (1, [])


def test_what_is_fit_is_kept_beside_what_is_not(uploader: Applicant) -> None:
    answer = send(uploader, "identity", WRITTEN, b"nothing", b"", WRITTEN)
    assert answer.status_code == 422
    assert pagecheck.faults(answer.text) == []
    told = slot(answer.text, "identity")
    assert "“2.jpg”：只能上传照片（JPG、PNG）或者 PDF 文件" in told
    assert "“3.jpg”：这个文件是空的" in told
    assert len(ids()) == 2
    assert told.count('class="pg"') == 2


def test_a_script_is_answered_without_the_page(uploader: Applicant) -> None:
    file = {"file": (io.BytesIO(WRITTEN), "a.jpg")}
    answer = uploader.client.post(f"{_address()}/identity", data=file, headers={"X-Upload": "1"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert "合成一份 PDF，1 页" in slot(page_of(uploader), "identity")


def test_there_are_not_more_pages_than_a_pdf_may_have(uploader: Applicant) -> None:
    put(uploader, "identity", paper(_padding, pages=19))
    answer = send(uploader, "identity", WRITTEN, WRITTEN)
    assert "一项材料最多 20 页，“2.jpg”没有收下" in slot(answer.text, "identity")
    assert len(ids()) == 20


def test_photographs_that_are_not_handed_in_are_not_forgotten(uploader: Applicant) -> None:
    for key in ("identity", "residence", "student"):
        put(uploader, key)
    send(uploader, "medical", WRITTEN)
    send(uploader, "putonghua", WRITTEN)
    answer = send_in(uploader)
    assert answer.status_code == 422
    assert "“体检合格证明”的照片还没有交" in errors(answer)
    assert "“普通话水平测试等级证书”的照片还没有交" in errors(answer)
    assert pagecheck.faults(answer.text) == []
    assert "合成一份 PDF，1 页" in slot(answer.text, "medical")  # nothing of it is lost on this page either
    act(uploader, "medical", "hand")
    act(uploader, "putonghua", "drop")
    assert send_in(uploader).status_code == 303


def test_the_preview_is_what_would_be_handed_in_and_keeps_nothing(uploader: Applicant) -> None:
    send(uploader, "identity", WRITTEN, WRITTEN)
    before = db.session.query(StoredFile).count()
    answer = uploader.client.get(f"{_address()}/identity/preview.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    act(uploader, "identity", "hand")
    assert file_storage.read_file(versions()[0].file) == answer.data
    assert db.session.query(StoredFile).count() == before + 1
    assert uploader.client.get(f"{_address()}/identity/preview.pdf").status_code == 404


def test_pages_that_cannot_be_made_one_readable_pdf_stay_where_they_are(uploader: Applicant) -> None:
    send(uploader, "identity", WRITTEN)
    crop = {"left": "0", "top": "0", "right": "100", "bottom": "10"}
    uploader.client.post(f"{_address()}/identity/pages/{ids()[0]}", data=crop)
    answer = act(uploader, "identity", "hand")
    assert answer.status_code == 422
    assert "第 1 页剪得太小" in slot(answer.text, "identity")
    assert pagecheck.faults(answer.text) == []
    assert (len(ids()), numbers("identity")) == (1, [])
    assert uploader.client.get(f"{_address()}/identity/preview.pdf").status_code == 422


def test_others_see_and_change_no_page(uploader: Applicant, stranger: Applicant) -> None:
    send(uploader, "identity", WRITTEN)
    (page,) = ids()
    for address in ("", "/small.jpg", "/large.jpg", "/whole.jpg"):
        assert stranger.client.get(f"{_address()}/identity/pages/{page}{address}").status_code == 404
    assert stranger.client.get(f"{_address()}/identity/preview.pdf").status_code == 404
    for do in ("turn", "delete", "up"):
        assert act(stranger, "identity", do, page).status_code == 404
    assert act(stranger, "identity", "hand").status_code == 404
    assert (
        stranger.client.post(f"{_address()}/identity/pages/{page}", data={"whole": "yes"}).status_code == 404
    )
    assert ids() == [page]


@pytest.mark.parametrize("do", ["turn-0", "turn-", "turn", "burn-1", "", "up-99999999999", "turn-１"])
def test_an_act_on_no_page_is_none(uploader: Applicant, do: str) -> None:
    send(uploader, "identity", WRITTEN)
    assert act(uploader, "identity", do).status_code == 404
    assert len(ids()) == 1


@pytest.mark.parametrize("path", ["identity/pages/99", "identity/pages/99/small.jpg", "none/preview.pdf"])
def test_what_is_not_there_has_no_address(uploader: Applicant, path: str) -> None:
    assert uploader.client.get(f"{_address()}/{path}").status_code == 404


def test_a_page_belongs_to_its_material_and_has_its_sizes(uploader: Applicant) -> None:
    send(uploader, "identity", WRITTEN)
    (page,) = ids()
    assert uploader.client.get(f"{_address()}/medical/pages/{page}").status_code == 404
    assert uploader.client.get(f"{_address()}/identity/pages/{page}/huge.jpg").status_code == 404


def test_nothing_to_hand_in_is_told(uploader: Applicant) -> None:
    answer = act(uploader, "identity", "hand")
    assert answer.status_code == 422
    assert "没有照片可以交" in slot(answer.text, "identity")


@pytest.mark.manual("Q8")
def test_while_a_clerk_reviews_no_page_changes(uploader: Applicant) -> None:
    send(uploader, "putonghua", WRITTEN)
    (page,) = ids("putonghua")
    with change():
        waiting = db.session.get_one(MaterialPage, page)
        kept = waiting.file_id
        db.session.delete(waiting)
    fill(uploader)
    with change():  # as if it had come in between
        own = the_application(1)
        at = own.registered_at
        again = MaterialPage(application_id=own.id, key="putonghua", position=1, file_id=kept, added_at=at)
        db.session.add(again)
        db.session.flush()
        page = again.id
    for do in ("hand", f"turn-{page}", "drop"):
        answer = act(uploader, "putonghua", do)
        assert answer.status_code == 422
        assert "材料已经提交，现在不能更换" in errors(answer)
    answer = uploader.client.post(f"{_address()}/putonghua/pages/{page}", data={"whole": "yes"})
    assert answer.status_code == 422
    assert "材料已经提交，现在不能更换" in errors(answer)
    assert "材料已经提交，现在不能更换" in errors(send(uploader, "putonghua", WRITTEN))
    assert (ids("putonghua"), numbers("putonghua")) == ([page], [])


def test_what_is_refused_leaves_nothing_in_the_store(uploader: Applicant) -> None:
    with change():
        advance_clock(timedelta(days=80))
    stored = {key for key, _ in outside.get_store().kept()}
    assert send(uploader, "identity", WRITTEN).status_code == 422
    assert {key for key, _ in outside.get_store().kept()} == stored


def test_handed_in_twice_at_once_it_is_one_version(app: Flask, uploader: Applicant) -> None:
    send(uploader, "identity", WRITTEN)
    address, cookie = _address(), uploader.client.get_cookie(COOKIE)
    assert cookie is not None
    db.session.rollback()
    barrier = Barrier(2)

    def hand() -> int:
        client = app.test_client()
        client.set_cookie(COOKIE, cookie.decoded_value)
        barrier.wait()
        return client.post(f"{address}/identity/pages", data={"do": "hand"}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(one.result() for one in [pool.submit(hand) for _ in range(2)])
    assert answers[0] == 303
    assert answers[1] in (409, 422)
    assert numbers("identity") == [1]


def test_the_photographs_of_a_version_are_swept_away(app: Flask, uploader: Applicant) -> None:
    send(uploader, "identity", WRITTEN)
    act(uploader, "identity", "hand")
    assert db.session.query(StoredFile).filter_by(kind="page").count() == 1
    pass_time(app, timedelta(days=2))
    with change():
        file_storage.sweep_rows()
    assert db.session.query(StoredFile).filter_by(kind="page").count() == 0
    assert db.session.query(StoredFile).filter_by(kind="material").count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (blank_pdf(), "第 1 页是空白的"),
        (blank_pdf((2000, 3000)), "第 1 页的页面尺寸比 A3 大得多"),
        (blank_pdf((100, 1200)), "第 1 页又窄又长"),
    ],
    ids=("blank", "poster", "thin"),
)
def test_what_looks_odd_is_told_at_its_slot_and_may_stay(
    uploader: Applicant, content: bytes, sentence: str
) -> None:
    assert put(uploader, "identity", content).status_code == 303
    page = slot(page_of(uploader), "identity")
    assert sentence in page
    assert "没有错就不用管" in page
    for key in ("residence", "student", "medical"):
        put(uploader, key)
    assert send_in(uploader).status_code == 303


@pytest.mark.parametrize("path", ["identity", "identity/pages"])
def test_an_address_that_refused_something_can_be_loaded_again(uploader: Applicant, path: str) -> None:
    answer = uploader.client.get(f"{_address()}/{path}")
    assert answer.status_code == 200
    assert pagecheck.faults(answer.text) == []
    assert errors(answer) == ""


def test_each_slot_says_what_can_be_sent(uploader: Applicant) -> None:
    page = page_of(uploader)
    inputs = re.findall(r'<input type="file"[^>]*>', page)
    assert len(inputs) == 5
    for one in inputs:
        assert "multiple" in one
        assert 'accept="image/jpeg,image/png,application/pdf"' in one
