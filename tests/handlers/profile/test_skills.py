"""其他证书: typed with its page, listed, changed until it is used."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from models.cases.credentials import SkillCertificate
from models.persons.files import StoredFile
from tests.handlers.apply.conftest import picture
from tests.handlers.conftest import Browser, db, errors, words
from tests.handlers.profile.making import an_application
from tests.handlers.profile.test_records import day, pdf, plain
from tests.standings import standing_in

SignIn = Callable[[str], Browser]
SKILL = {
    "occupation": "电工",
    "level": "4",
    "number": "S000033080122400123",
    "issuer": "衢州市技能人才评价中心",
} | day("issued_on", 2022, 5, 4)
ENTER = "/profile/skills/enter"


def photograph() -> bytes:
    """A page as a telephone takes it."""
    return picture(1200, 1600).getvalue()


def page(content: bytes = b"", name: str = "证书.jpg") -> dict[str, Any]:
    """The file of a form."""
    return {"details": (io.BytesIO(content or photograph()), name)}


@pytest.mark.manual("C7")
@pytest.mark.parametrize(("content", "media"), [(b"", "image/jpeg"), (pdf(), "application/pdf")])
def test_a_certificate_is_kept_with_its_page(sign_in: SignIn, content: bytes, media: str) -> None:
    browser, other = sign_in("沈念"), sign_in("郑雨桐")
    assert "其他证书信息" in browser.open("/profile/")
    answer = browser.send(ENTER, **SKILL, **page(content), next="/apply/identity")
    assert answer.headers["Location"] == "/apply/identity"
    row = browser.own(SkillCertificate)
    assert (row.occupation, row.level, row.source) == ("电工", "4", "manual")
    assert db.session.get_one(StoredFile, row.file_id).media_type == media
    listed = browser.open("/profile/skills")
    assert "电工　四级（中级工）" in listed
    assert f'href="/apply/files/{row.file_id}"' in listed
    assert browser.client.get(f"/apply/files/{row.file_id}").mimetype == media
    assert other.client.get(f"/apply/files/{row.file_id}").status_code == 404
    assert other.client.get(f"/profile/skills/{row.id}").status_code == 404


@pytest.mark.manual("C7")
def test_everything_wrong_is_told_at_once_and_the_page_is_not_lost(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    answer = browser.send(ENTER, **SKILL | {"occupation": "", "level": "9", "number": "?"})
    told = errors(answer)
    for sentence in ("请填写职业（工种）", "请选择等级", "证书编号只含数字和字母"):
        assert sentence in told
    answer = browser.send(ENTER, **SKILL)
    assert "请上传证书详情页" in errors(answer)
    assert 'value="衢州市技能人才评价中心"' in words(answer)
    answer = browser.send(ENTER, **SKILL | {"issuer": ""}, **page())
    assert "请填写发证机构" in errors(answer)
    carried = words(answer).split('name="uploaded" value="')[1].split('"')[0]
    assert browser.send(ENTER, **SKILL, uploaded=carried).status_code == 303
    assert "已经录入过" in errors(browser.send(ENTER, **SKILL, **page()))


@pytest.mark.manual("C7")
def test_what_is_no_page_is_refused(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    answer = browser.send(ENTER, **SKILL, **page(b"GIF89a", "证书.gif"))
    assert answer.status_code == 422
    assert 'href="#details"' in words(answer)
    assert browser.own(SkillCertificate) is None


@pytest.mark.manual("C7")
def test_a_certificate_is_corrected_and_removed(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    browser.send(ENTER, **SKILL, **page())
    before = browser.own(SkillCertificate)
    address, first = f"/profile/skills/{before.id}", before.file_id
    assert 'value="电工"' in browser.open(address)
    assert browser.send(address, **SKILL | {"level": "3"}).status_code == 303
    assert (browser.own(SkillCertificate).level, browser.own(SkillCertificate).file_id) == ("3", first)
    browser.send(address, **SKILL, **page())
    assert browser.own(SkillCertificate).file_id != first
    assert browser.send(f"{address}/remove").status_code == 303
    assert browser.own(SkillCertificate) is None


@pytest.mark.manual("C7", "C8")
@pytest.mark.corrupts
def test_what_a_confirmed_application_uses_stays(sign_in: SignIn) -> None:
    browser = sign_in("沈念")
    browser.send(ENTER, **SKILL, **page())
    row = browser.own(SkillCertificate)
    decided = standing_in("pending_decision")
    an_application(browser.person_id, number="2611000001", skill_certificate_id=row.id, **decided)
    listed = plain(browser.open("/profile/skills"))
    assert "申请 2611 0000 01 使用了这里的信息，不能修改或删除" in listed
    assert "修改</a>" not in listed
    for address in (f"/profile/skills/{row.id}", f"/profile/skills/{row.id}/remove"):
        assert browser.send(address, **SKILL, **page()).status_code == 409
